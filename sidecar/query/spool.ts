/** Where the rows of one result are kept: whole DataRow messages, as bytes. What reads is async, so that it may be a file. */
export interface Spool {
  readonly rowCount: number;
  /** Of the rows that are kept. */
  readonly bytes: number;
  /** Which limit was reached: rows that come after that are dropped. */
  readonly full: 'result' | 'total' | undefined;
  /** Takes `count` whole messages, back to back; copies them. A promise asks for a pause until it resolves. */
  append(rows: Buffer, count: number): Promise<void> | undefined;
  /**
   * Whole messages from `row` on: at most `limit` of them, ending with the one that reaches `maxBytes`. None where there
   * is no such row. The bytes belong to the spool and are not to be changed.
   */
  slice(row: number, limit: number, maxBytes: number): Promise<Buffer[]>;
  /** Frees everything. Idempotent; later appends are dropped. */
  close(): void;
}

/** What all results together may take. */
export class SpoolBudget {
  readonly limitBytes: number;
  #used = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  take(bytes: number): boolean {
    if (this.#used + bytes > this.limitBytes) return false;
    this.#used += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#used -= bytes;
  }

  get used(): number {
    return this.#used;
  }
}

/** A first block is small, for most results are; later ones double up to the largest. */
const smallestBlockBytes = 4 * 1024;
const largestBlockBytes = 1024 * 1024;
/** Looking a row up walks over as many rows as this, and those of one read from the socket, at most. */
const rowsPerMark = 256;

interface Block {
  bytes: Buffer;
  used: number;
}

/** A row whose place is known, the rows up to the next mark follow it in the same block. */
interface Mark {
  row: number;
  block: Block;
  offset: number;
}

/** Keeps the rows in memory. What is appended at once lies in one block, so that no row is ever in two. */
export class MemorySpool implements Spool {
  #rowCount = 0;
  #bytes = 0;
  #allocated = 0;
  #full: 'result' | 'total' | undefined;
  #closed = false;
  #block: Block | undefined;
  #marks: Mark[] = [];
  readonly #maxBytes: number;
  readonly #budget: SpoolBudget;

  constructor(maxBytes: number, budget: SpoolBudget) {
    this.#maxBytes = maxBytes;
    this.#budget = budget;
  }

  get rowCount(): number {
    return this.#rowCount;
  }
  get bytes(): number {
    return this.#bytes;
  }
  get full(): 'result' | 'total' | undefined {
    return this.#full;
  }

  append(rows: Buffer, count: number): Promise<void> | undefined {
    if (this.#closed || this.#full) return undefined;
    if (this.#bytes + rows.length > this.#maxBytes) this.#full = 'result';
    const block = this.#full ? undefined : this.#room(rows.length);
    if (!block) return undefined;
    const last = this.#marks.at(-1);
    if (last?.block !== block || this.#rowCount - last.row >= rowsPerMark)
      this.#marks.push({ row: this.#rowCount, block, offset: block.used });
    block.used += rows.copy(block.bytes, block.used);
    this.#bytes += rows.length;
    this.#rowCount += count;
    return undefined;
  }

  slice(row: number, limit: number, maxBytes: number): Promise<Buffer[]> {
    const parts: Buffer[] = [];
    let bytes = 0;
    for (let at = row; at < row + limit && at < this.#rowCount && bytes < maxBytes;) {
      const part = this.#part(at, row + limit - at, maxBytes - bytes);
      parts.push(part.bytes);
      bytes += part.bytes.length;
      at += part.count;
    }
    return Promise.resolve(parts);
  }

  close(): void {
    this.#closed = true;
    this.#budget.giveBack(this.#allocated);
    this.#allocated = 0;
    this.#rowCount = 0;
    this.#block = undefined;
    this.#marks = [];
  }

  /** The rows from `row` on that lie in its block. */
  #part(row: number, limit: number, maxBytes: number): { bytes: Buffer; count: number } {
    const mark = this.#markBefore(row);
    const { bytes, used } = mark.block;
    let from = mark.offset;
    for (let skip = row - mark.row; skip > 0; skip -= 1) from += messageLength(bytes, from);
    let to = from;
    let count = 0;
    for (; count < limit && to < used && to - from < maxBytes; count += 1) to += messageLength(bytes, to);
    return { bytes: bytes.subarray(from, to), count };
  }

  #markBefore(row: number): Mark {
    let low = 0;
    let high = this.#marks.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#marks[middle]?.row ?? Infinity) <= row) low = middle;
      else high = middle - 1;
    }
    const mark = this.#marks[low];
    if (!mark) throw new Error('A row was looked for in an empty spool');
    return mark;
  }

  #room(bytes: number): Block | undefined {
    const present = this.#block;
    if (present && present.bytes.length - present.used >= bytes) return present;
    const grown = Math.min((present?.bytes.length ?? smallestBlockBytes / 2) * 2, largestBlockBytes);
    const size = Math.max(grown, bytes);
    if (!this.#budget.take(size)) {
      this.#full = 'total';
      return undefined;
    }
    this.#allocated += size;
    this.#block = { bytes: Buffer.allocUnsafeSlow(size), used: 0 };
    return this.#block;
  }
}

/** Type byte and length; the length counts itself, but not the type. */
const messageLength = (bytes: Buffer, at: number): number => 1 + bytes.readInt32BE(at + 1);
