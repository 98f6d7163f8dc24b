import { countMessages } from '../spool/dataRow.ts';
import type { Spool } from '../spool/spool.ts';
import type { Turns } from './turns.ts';

/** What is read at once. */
const bytesPerRead = 256 * 1024;
const rowsPerRead = 16 * 1024;
const headerBytes = 7;

/** Reads rows one by one: where the cells of the present one stand. Nothing is decoded and nothing allocated. */
export class RowCursor {
  readonly #starts: Int32Array;
  readonly #lengths: Int32Array;
  bytes: Buffer = Buffer.alloc(0);

  /** Only the columns before `columns` are looked at. */
  constructor(columns: number) {
    this.#starts = new Int32Array(columns);
    this.#lengths = new Int32Array(columns);
  }

  /** Where the cell's bytes begin. */
  start(column: number): number {
    return this.#starts[column] ?? 0;
  }

  /** -1 for NULL. */
  length(column: number): number {
    return this.#lengths[column] ?? -1;
  }

  /** Moves to the message at `at`; returns where the next one begins. */
  move(bytes: Buffer, at: number): number {
    this.bytes = bytes;
    let next = at + headerBytes;
    for (let column = 0; column < this.#starts.length; column += 1) {
      const length = bytes.readInt32BE(next);
      this.#starts[column] = next + 4;
      this.#lengths[column] = length;
      next += 4 + Math.max(length, 0);
    }
    return at + 1 + bytes.readInt32BE(at + 1);
  }
}

/** Whole messages of one read, and the number of the first row in them. */
export interface ReadRows {
  readonly bytes: Buffer;
  readonly firstRow: number;
}

/** Reads rows `from` to `to` (exclusive) piece by piece, standing back between them. Stops when `visit` says false. */
export async function scanRows(
  spool: Pick<Spool, 'slice'>,
  { from, to }: { from: number; to: number },
  turns: Turns,
  visit: (read: ReadRows, rows: number) => boolean,
): Promise<void> {
  for (let row = from; row < to;) {
    const parts = await spool.slice(row, Math.min(rowsPerRead, to - row), bytesPerRead);
    if (parts.length === 0) return;
    for (const bytes of parts) {
      const rows = countMessages(bytes);
      if (!visit({ bytes, firstRow: row }, rows)) return;
      row += rows;
    }
    await turns.next();
  }
}
