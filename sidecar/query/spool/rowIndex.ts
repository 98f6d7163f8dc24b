/** Looking a row up walks over as many rows and bytes as this, and those of one read from the socket, at most. */
const rowsPerMark = 256;
const bytesPerMark = 64 * 1024;
const firstCapacity = 16;

/** A part of a spool: the row that it begins with, and its bytes. */
export interface Span {
  row: number;
  from: number;
  to: number;
}

/** Where some of the rows of a spool begin. Plain numbers, for ten million rows must cost little. */
export class RowIndex {
  #rows = new Float64Array(firstCapacity);
  #offsets = new Float64Array(firstCapacity);
  #count = 0;

  /** Row `row` begins at `offset`. In rising order; those that lie close to the one before are left out. */
  add(row: number, offset: number): void {
    const last = this.#count - 1;
    const isClose =
      last >= 0 && row - this.#row(last) < rowsPerMark && offset - this.#offset(last) < bytesPerMark;
    if (isClose) return;
    if (this.#count === this.#rows.length) this.#grow();
    this.#rows[this.#count] = row;
    this.#offsets[this.#count] = offset;
    this.#count += 1;
  }

  /**
   * A span with `row` in it, and as many of the rows up to `endRow` after it as begin within about `maxBytes`; `end` is
   * where the spool ends.
   */
  span(row: number, endRow: number, maxBytes: number, end: number): Span {
    const first = this.#lastUpTo(row);
    const from = this.#offset(first);
    let next = first + 1;
    while (next < this.#count && this.#row(next) < endRow && this.#offset(next) - from < maxBytes) next += 1;
    return { row: this.#row(first), from, to: next < this.#count ? this.#offset(next) : end };
  }

  #lastUpTo(row: number): number {
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#row(middle) <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #row(mark: number): number {
    return this.#rows[mark] ?? 0;
  }
  #offset(mark: number): number {
    return this.#offsets[mark] ?? 0;
  }

  #grow(): void {
    const [rows, offsets] = [this.#rows, this.#offsets];
    this.#rows = new Float64Array(rows.length * 2);
    this.#offsets = new Float64Array(rows.length * 2);
    this.#rows.set(rows);
    this.#offsets.set(offsets);
  }
}
