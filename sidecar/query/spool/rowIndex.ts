import { messageLength } from './dataRow.ts';

/** Looking a row up walks over so many rows at most, which take fewer bytes than that. */
const rowsPerMark = 64;
export const bytesPerMark = 4 * 1024;
const firstCapacity = 16;
/** Rows that are picked are read together where they lie near each other. */
const maxGapBytes = 16 * 1024;
/** What is read at once: more than a single file read only where rows lie far apart. */
const maxSpans = 8;
export const pickBytes = 256 * 1024;

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
  /** The next mark is due at the first of them. */
  #nextRow = 0;
  #nextOffset = 0;

  /** Whole messages, back to back: the first is row `row`, at `offset`. Each call goes on where the last one ended. */
  add(messages: Buffer, row: number, offset: number): void {
    // Counted from here, in small whole numbers: this is what every row costs.
    let dueRow = this.#nextRow - row;
    let dueAt = this.#nextOffset - offset;
    for (let at = 0, count = 0; at < messages.length; count += 1) {
      if (count >= dueRow || at >= dueAt) {
        this.#mark(row + count, offset + at);
        dueRow = count + rowsPerMark;
        dueAt = at + bytesPerMark;
      }
      at += messageLength(messages, at);
    }
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
    return { row: this.#row(first), from, to: this.#endOf(next - 1, end) };
  }

  /**
   * Spans in which the first of these rows stand, which rise: so many as are read at once. Those that lie near each other
   * share one.
   */
  cover(rows: Uint32Array, end: number): Span[] {
    const spans: Span[] = [];
    let bytes = 0;
    for (const row of rows) {
      const mark = this.#lastUpTo(row);
      const [from, to] = [this.#offset(mark), this.#endOf(mark, end)];
      const last = spans.at(-1);
      const isNear = last !== undefined && from - last.to <= maxGapBytes;
      const more = to - (isNear ? last.to : from);
      if (bytes > 0 && bytes + more > pickBytes) break;
      if (isNear) last.to = Math.max(last.to, to);
      else if (spans.length < maxSpans) spans.push({ row: this.#row(mark), from, to });
      else break;
      bytes += more;
    }
    return spans;
  }

  #mark(row: number, offset: number): void {
    if (this.#count === this.#rows.length) this.#grow();
    this.#rows[this.#count] = row;
    this.#offsets[this.#count] = offset;
    this.#count += 1;
    this.#nextRow = row + rowsPerMark;
    this.#nextOffset = offset + bytesPerMark;
  }

  #endOf(mark: number, end: number): number {
    return mark + 1 < this.#count ? this.#offset(mark + 1) : end;
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
