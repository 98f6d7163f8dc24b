import { messageLength } from './dataRow.ts';

/** So many rows are picked at once at most: a sort key holds a row's number and its place in one exact double. */
export const maxPicked = 2 ** 18;
/** The rows are handed on in parts, so that nobody has to look at all of them in one go. */
const bytesPerPart = 256 * 1024;
/** Work goes on for as long as this before others get their turn. */
const turnMs = 8;

/** Puts rows that are read in the order of the spool into another one. Keeps about twice `maxBytes` at most. */
export class RowPicker {
  /** The wanted rows, rising, and the place of each in the order that is asked for. */
  readonly #rows: Uint32Array;
  readonly #places: Uint32Array;
  /** Of those, how many have been taken or passed over. */
  #done = 0;
  /** Rows from this place on are beyond `maxBytes`. */
  #endPlace: number;
  /** By place: where a row stands in `#kept`, and its length, 0 where it is not there yet. */
  readonly #starts: Float64Array;
  readonly #lengths: Uint32Array;
  #kept = Buffer.allocUnsafe(bytesPerPart);
  #keptBytes = 0;
  readonly #maxBytes: number;
  #since = performance.now();

  /** `maxPicked` rows at most. */
  constructor(rows: Uint32Array, maxBytes: number) {
    const keys = new Float64Array(rows.length);
    for (let place = 0; place < rows.length; place += 1) keys[place] = (rows[place] ?? 0) * maxPicked + place;
    keys.sort();
    this.#rows = Uint32Array.from(keys, (key) => Math.floor(key / maxPicked));
    this.#places = Uint32Array.from(keys, (key) => key % maxPicked);
    this.#starts = new Float64Array(rows.length);
    this.#lengths = new Uint32Array(rows.length);
    this.#endPlace = rows.length;
    this.#maxBytes = maxBytes;
  }

  /** Numbers of rows that are still to be read, rising. */
  get wanted(): Uint32Array {
    while (this.#done < this.#rows.length && (this.#places[this.#done] ?? 0) >= this.#endPlace)
      this.#done += 1;
    return this.#rows.subarray(this.#done);
  }

  /** Whole messages that begin with row `first`: those that are wanted are kept. */
  take(first: number, bytes: Buffer): void {
    for (let at = 0, row = first; at < bytes.length; row += 1) {
      const length = messageLength(bytes, at);
      for (; this.#rows[this.#done] === row; this.#done += 1) this.#keep(bytes, at, length);
      at += length;
    }
  }

  /** So that other calls stay quick where nothing has to be waited for. */
  async standBack(): Promise<void> {
    if (performance.now() - this.#since < turnMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#since = performance.now();
  }

  picked(): Buffer[] {
    const end = this.#endWithin();
    const parts: Buffer[] = [];
    for (let from = 0; from < end;) {
      let to = from;
      let bytes = 0;
      for (; to < end && bytes < bytesPerPart; to += 1) bytes += this.#lengths[to] ?? 0;
      parts.push(this.#copied(from, to, bytes));
      from = to;
    }
    return parts;
  }

  #keep(bytes: Buffer, at: number, length: number): void {
    const place = this.#places[this.#done] ?? 0;
    if (place >= this.#endPlace) return;
    if (this.#keptBytes + length > 2 * this.#maxBytes && this.#keptBytes > 0) this.#drop();
    if (place >= this.#endPlace) return;
    if (this.#keptBytes + length > this.#kept.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#kept.length, this.#keptBytes + length));
      this.#kept.copy(larger, 0, 0, this.#keptBytes);
      this.#kept = larger;
    }
    bytes.copy(this.#kept, this.#keptBytes, at, at + length);
    this.#starts[place] = this.#keptBytes;
    this.#lengths[place] = length;
    this.#keptBytes += length;
  }

  /** What is known to be beyond `maxBytes` goes, whatever is still to come before it. */
  #drop(): void {
    this.#endPlace = this.#endWithin();
    const kept = Buffer.allocUnsafe(this.#kept.length);
    let used = 0;
    for (let place = 0; place < this.#endPlace; place += 1) {
      const [start, length] = [this.#starts[place] ?? 0, this.#lengths[place] ?? 0];
      this.#kept.copy(kept, used, start, start + length);
      this.#starts[place] = used;
      used += length;
    }
    this.#kept = kept;
    this.#keptBytes = used;
  }

  /** The place behind the one with which those that are there reach `maxBytes`. */
  #endWithin(): number {
    let place = 0;
    for (let bytes = 0; place < this.#endPlace && bytes < this.#maxBytes; place += 1)
      bytes += this.#lengths[place] ?? 0;
    return place;
  }

  #copied(from: number, to: number, bytes: number): Buffer {
    const part = Buffer.allocUnsafe(bytes);
    let used = 0;
    for (let place = from; place < to; place += 1) {
      const start = this.#starts[place] ?? 0;
      used += this.#kept.copy(part, used, start, start + (this.#lengths[place] ?? 0));
    }
    return part;
  }
}
