import { countMessages } from '../spool/dataRow.ts';
import type { Spool } from '../spool/spool.ts';
import type { Turns } from '../../lib/turns.ts';

/** What is read at once. */
const bytesPerRead = 256 * 1024;
const rowsPerRead = 16 * 1024;

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
