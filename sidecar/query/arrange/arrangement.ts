import { randomUUID } from 'node:crypto';
import type { Spool } from '../spool/spool.ts';

/** What pages, values and exports read rows from. */
export type RowSource = Pick<Spool, 'rowCount' | 'slice'>;

/** The rows of a spool in another order, or only some of them: a list of their numbers. It dies with its result. */
export class Arrangement implements RowSource {
  readonly id = `arrangement-${randomUUID()}`;
  readonly #spool: RowSource;
  readonly #rows: Uint32Array;
  /** Whether the rows stand as they came: then those next to each other are read at once. */
  readonly #ascending: boolean;
  #places: Uint32Array | undefined;

  constructor(spool: RowSource, rows: Uint32Array, ascending: boolean) {
    this.#spool = spool;
    this.#rows = rows;
    this.#ascending = ascending;
  }

  get rowCount(): number {
    return this.#rows.length;
  }

  async slice(row: number, limit: number, maxBytes: number): Promise<Buffer[]> {
    const parts: Buffer[] = [];
    let bytes = 0;
    const end = Math.min(row + limit, this.#rows.length);
    for (let at = row; at < end && bytes < maxBytes;) {
      const count = this.#neighbours(at, end);
      const read = await this.#spool.slice(this.#rows[at] ?? 0, count, maxBytes - bytes);
      // Its spool was closed meanwhile.
      if (read.length === 0) break;
      for (const part of read) {
        parts.push(part);
        bytes += part.length;
        at += countMessages(part);
      }
    }
    return parts;
  }

  /** Where a row of the spool stands here; undefined: it was left out. */
  placeOf(row: number): number | undefined {
    const place = this.#ascending ? this.#search(row) : (this.#inverse()[row] ?? 0) - 1;
    return place < 0 ? undefined : place;
  }

  /** How many rows from `at` on follow each other in the spool too. */
  #neighbours(at: number, end: number): number {
    const first = this.#rows[at] ?? 0;
    let count = 1;
    while (at + count < end && this.#rows[at + count] === first + count) count += 1;
    return count;
  }

  #search(row: number): number {
    let low = 0;
    let high = this.#rows.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.#rows[middle] ?? 0;
      if (found === row) return middle;
      if (found < row) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** Made at the first search in rows that were sorted. Places count from 1; 0: left out. */
  #inverse(): Uint32Array {
    if (this.#places) return this.#places;
    let last = 0;
    for (const row of this.#rows) last = Math.max(last, row);
    this.#places = new Uint32Array(last + 1);
    for (let place = 0; place < this.#rows.length; place += 1)
      this.#places[this.#rows[place] ?? 0] = place + 1;
    return this.#places;
  }
}

export function countMessages(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; count += 1) at += 1 + bytes.readInt32BE(at + 1);
  return count;
}
