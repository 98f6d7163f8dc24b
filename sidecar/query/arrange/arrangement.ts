import { randomUUID } from 'node:crypto';
import { maxPicked } from '../spool/rowPicker.ts';
import type { Spool } from '../spool/spool.ts';

/** What pages, values and exports read rows from. */
export type RowSource = Pick<Spool, 'rowCount' | 'slice' | 'part'>;

/** The rows that are arranged. */
export type ArrangedRows = Pick<Spool, 'rowCount' | 'bytes' | 'slice' | 'pick' | 'part'>;

/** The rows of a spool in another order, or only some of them: a list of their numbers. It dies with its result. */
export class Arrangement implements RowSource {
  readonly id = `arrangement-${randomUUID()}`;
  readonly #spool: ArrangedRows;
  readonly #rows: Uint32Array;
  /** Whether the rows stand as they came: then a place is searched for, and needs no list of its own. */
  readonly #ascending: boolean;
  #places: Uint32Array | undefined;

  constructor(spool: ArrangedRows, rows: Uint32Array, ascending: boolean) {
    this.#spool = spool;
    this.#rows = rows;
    this.#ascending = ascending;
  }

  get rowCount(): number {
    return this.#rows.length;
  }

  async slice(row: number, limit: number, maxBytes: number): Promise<Buffer[]> {
    const { rowCount, bytes } = this.#spool;
    // About as many as take `maxBytes`: what is beyond would be read and dropped.
    const likely = Math.ceil((maxBytes * rowCount) / Math.max(bytes, 1));
    const count = Math.min(limit, this.#rows.length - row, Math.max(likely, 1), maxPicked);
    return count > 0 ? this.#spool.pick(this.#rows.subarray(row, row + count), maxBytes) : [];
  }

  async part(row: number, from: number, to: number): Promise<Buffer> {
    return this.#spool.part(this.#rows[row] ?? Infinity, from, to);
  }

  /** Where a row of the spool stands here; undefined: it was left out. */
  placeOf(row: number): number | undefined {
    const place = this.#ascending ? this.#search(row) : (this.#inverse()[row] ?? 0) - 1;
    return place < 0 ? undefined : place;
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
