import type { AppError } from '#shared/error/appError.ts';

/** Why no more rows are kept: one result's limit, the limit of all together, or the disk. */
export type SpoolLimit = 'result' | 'total' | 'disk';

export interface SpoolLimits {
  /** One result takes so much at most, then its run is stopped. */
  maxSpoolBytes: number;
  /** All results together. */
  maxTotalBytes: number;
  /** A result stays in memory up to here, then it goes into a file. */
  memoryBytes: number;
  /** Where all results together have so much in memory, smaller ones go into files too. */
  totalMemoryBytes: number;
}

/** Where the rows of one result are kept: whole DataRow messages, as bytes. */
export interface Spool {
  readonly rowCount: number;
  /** Of the rows that are kept. */
  readonly bytes: number;
  /** Which limit was reached: rows that come after that are dropped. */
  readonly full: SpoolLimit | undefined;
  /** Why the disk took no more. */
  readonly problem: AppError | undefined;
  /** Takes `count` whole messages, back to back; copies them. A promise asks for a pause until it resolves. */
  append(rows: Buffer, count: number): Promise<void> | undefined;
  /**
   * Whole messages from `row` on: at most `limit` of them, ending with the one that reaches `maxBytes`. None where there
   * is no such row, or the spool is closed meanwhile. The bytes are the caller's.
   */
  slice(row: number, limit: number, maxBytes: number): Promise<Buffer[]>;
  /**
   * The rows of these numbers, which there are, in this order, back to back: from the first on until they reach
   * `maxBytes`. None where the spool is closed meanwhile.
   */
  pick(rows: Uint32Array, maxBytes: number): Promise<Buffer[]>;
  /** Of the message of a row, its header included, the bytes in this range that there are. */
  part(row: number, from: number, to: number): Promise<Buffer>;
  /** Frees everything. Idempotent; later appends are dropped. */
  close(): void;
}
