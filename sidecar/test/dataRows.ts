import type { Spool } from '../query/spool/spool.ts';
import { SpoolStore } from '../query/spool/spoolStore.ts';

export type Cell = string | Buffer | null;

/** A DataRow message as the server writes it. */
export function dataRow(cells: Cell[]): Buffer {
  const parts = cells.map((cell) => {
    const value = cell === null ? Buffer.alloc(0) : Buffer.from(cell);
    const length = Buffer.alloc(4);
    length.writeInt32BE(cell === null ? -1 : value.length);
    return Buffer.concat([length, value]);
  });
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(7);
  header.write('D');
  header.writeInt32BE(body.length + 6, 1);
  header.writeInt16BE(cells.length, 5);
  return Buffer.concat([header, body]);
}

/** As the socket would have filled it, so many rows at a time. */
export function spoolOf(rows: Cell[][], rowsPerRead = 100): Spool {
  const spool = new SpoolStore('nowhere', { memoryBytes: Infinity }).open();
  for (let at = 0; at < rows.length; at += rowsPerRead) {
    const read = rows.slice(at, at + rowsPerRead);
    void spool.append(Buffer.concat(read.map(dataRow)), read.length);
  }
  return spool;
}
