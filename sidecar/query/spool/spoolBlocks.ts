/** A first block is small, for most results are; later ones double up to the largest. */
const smallestBytes = 4 * 1024;
const largestBytes = 1024 * 1024;
/** Blocks of the largest size are used again: left to the garbage collector, tens of them would lie about. */
const keptFree = 4;

/** Bytes in memory that follow each other in a spool. */
export interface Block {
  readonly bytes: Buffer;
  used: number;
}

/** The memory of all spools. */
export class Blocks {
  readonly #free: Buffer[] = [];
  #used = 0;

  /** Bytes that spools have now. */
  get used(): number {
    return this.#used;
  }

  /** A block to follow `last`. */
  take(last: Block | undefined): Block {
    const size = last ? Math.min(last.bytes.length * 2, largestBytes) : smallestBytes;
    const free = size === largestBytes ? this.#free.pop() : undefined;
    this.#used += size;
    return { bytes: free ?? Buffer.allocUnsafeSlow(size), used: 0 };
  }

  /** Nothing reads or writes it any more. */
  giveBack({ bytes }: Block): void {
    this.#used -= bytes.length;
    if (bytes.length === largestBytes && this.#free.length < keptFree) this.#free.push(bytes);
  }
}
