import { decodeText, readCells } from '../query/spool/dataRow.ts';
import type { StatementSink } from '../postgres/statement.ts';

/** Takes the rows of a query of our own as text. */
export class RowCollector implements StatementSink {
  readonly found: (string | null)[][] = [];
  bytes = 0;

  columns(): void {}
  ended(): void {}
  notice(): void {}

  rows(bytes: Buffer, count: number): void {
    this.bytes += bytes.length;
    let at = 0;
    for (let row = 0; row < count; row += 1) {
      const { starts, lengths, end } = readCells(bytes, at);
      this.found.push(
        starts.map((start, cell) => {
          const length = lengths[cell] ?? -1;
          return length < 0 ? null : decodeText(bytes, start, start + length);
        }),
      );
      at = end;
    }
  }
}
