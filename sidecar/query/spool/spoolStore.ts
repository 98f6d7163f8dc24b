import { FileSpool } from './fileSpool.ts';
import { Blocks } from './spoolBlocks.ts';
import type { Spool, SpoolLimits } from './spool.ts';

const gibibyte = 1024 ** 3;
const mebibyte = 1024 ** 2;

const defaultLimits: SpoolLimits = {
  maxSpoolBytes: 4 * gibibyte,
  maxTotalBytes: 16 * gibibyte,
  memoryBytes: 32 * mebibyte,
  totalMemoryBytes: 96 * mebibyte,
};

/** Opens the spools of all results, which share what they may take and the blocks that they fill. */
export class SpoolStore {
  readonly limits: SpoolLimits;
  readonly #folder: string;
  readonly #blocks = new Blocks();
  #used = 0;
  #taken = 0;

  /** @param folder where files are made once they are needed. */
  constructor(folder: string, limits: Partial<SpoolLimits> = {}) {
    this.#folder = folder;
    this.limits = { ...defaultLimits, ...limits };
  }

  /** Bytes of all rows that are kept. */
  get used(): number {
    return this.#used;
  }
  /** Bytes of all rows that ever were. */
  get taken(): number {
    return this.#taken;
  }
  /** What they take in memory. */
  get memory(): number {
    return this.#blocks.used;
  }

  open(): Spool {
    return new FileSpool({
      folder: this.#folder,
      limits: this.limits,
      blocks: this.#blocks,
      take: (bytes) => this.#take(bytes),
      giveBack: (bytes) => (this.#used -= bytes),
    });
  }

  #take(bytes: number): boolean {
    if (this.#used + bytes > this.limits.maxTotalBytes) return false;
    this.#used += bytes;
    this.#taken += bytes;
    return true;
  }
}
