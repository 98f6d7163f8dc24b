import { AppError } from '#shared/error/appError.ts';
import { SpoolFile } from '../../storage/spoolFile.ts';
import { isFull, systemCode } from '../../storage/storeErrors.ts';
import { headerBytes, messageLength } from './dataRow.ts';
import { bytesPerMark, pickBytes, RowIndex, type Span } from './rowIndex.ts';
import { RowPicker } from './rowPicker.ts';
import type { Spool, SpoolLimit, SpoolLimits } from './spool.ts';
import type { Block, Blocks } from './spoolBlocks.ts';

/** Of what waits to be written: beyond the first the reading pauses until no more than the second is left. */
const pauseBytes = 4 * 1024 * 1024;
const resumeBytes = 2 * 1024 * 1024;
/** A result that is smaller never goes into a file. */
const smallBytes = 1024 * 1024;

interface FileSpoolOptions {
  folder: string;
  limits: SpoolLimits;
  blocks: Blocks;
  /** False where all results together would take too much. */
  take: (bytes: number) => boolean;
  giveBack: (bytes: number) => void;
}

/**
 * Keeps the rows in memory at first, and in a file once they are many. The file has the bytes up to `#written`, and the
 * blocks have all that follow; what the disk does not take stays in the blocks, so that no row is lost.
 */
export class FileSpool implements Spool {
  #rowCount = 0;
  #bytes = 0;
  #full: SpoolLimit | undefined;
  #problem: AppError | undefined;
  #closed = false;
  readonly #index = new RowIndex();
  #blocks: Block[] = [];
  #written = 0;
  #file: SpoolFile | undefined;
  /** Has it gone, or is it going, into a file? */
  #filing = false;
  #writing = false;
  #room: PromiseWithResolve | undefined;
  readonly #options: FileSpoolOptions;

  constructor(options: FileSpoolOptions) {
    this.#options = options;
  }

  get rowCount(): number {
    return this.#rowCount;
  }
  get bytes(): number {
    return this.#bytes;
  }
  get full(): SpoolLimit | undefined {
    return this.#full;
  }
  get problem(): AppError | undefined {
    return this.#problem;
  }

  append(rows: Buffer, count: number): Promise<void> | undefined {
    if (this.#closed || this.#full) return undefined;
    this.#full = this.#limitFor(rows.length);
    if (this.#full) return undefined;
    this.#index.add(rows, this.#rowCount, this.#bytes);
    this.#copy(rows);
    this.#bytes += rows.length;
    this.#rowCount += count;
    this.#filing ||= this.#isMuch();
    if (!this.#filing) return undefined;
    void this.#write();
    return this.#bytes - this.#written > pauseBytes ? (this.#room ??= withResolve()).promise : undefined;
  }

  async slice(row: number, limit: number, maxBytes: number): Promise<Buffer[]> {
    const parts: Buffer[] = [];
    const endRow = row + limit;
    let bytes = 0;
    for (let at = row; at < endRow && at < this.#rowCount && bytes < maxBytes;) {
      const span = this.#index.span(at, endRow, maxBytes - bytes, this.#bytes);
      const read = await this.#read(span.from, span.to);
      if (this.#closed) return [];
      const part = cut(read, at - span.row, endRow - at, maxBytes - bytes);
      parts.push(part.bytes);
      bytes += part.bytes.length;
      at += part.count;
    }
    return parts;
  }

  async pick(rows: Uint32Array, maxBytes: number): Promise<Buffer[]> {
    const picker = new RowPicker(rows, maxBytes);
    const room = Buffer.allocUnsafe(pickBytes);
    for (let wanted = picker.wanted; wanted.length > 0; wanted = picker.wanted) {
      const spans = this.#index.cover(wanted, this.#bytes);
      const reads = await this.#readAll(spans, room);
      if (this.#closed) return [];
      for (const [at, { row }] of spans.entries()) picker.take(row, reads[at] ?? nothing);
      await picker.standBack();
    }
    return this.#closed ? [] : picker.picked();
  }

  async part(row: number, from: number, to: number): Promise<Buffer> {
    if (row >= this.#rowCount) return nothing;
    const span = this.#index.span(row, row + 1, 1, this.#bytes);
    // The rows before it in the span take less than is between two marks.
    const near = await this.#read(span.from, Math.min(span.to, span.from + bytesPerMark + headerBytes));
    if (this.#closed) return nothing;
    let at = 0;
    for (let left = row - span.row; left > 0; left -= 1) at += messageLength(near, at);
    const length = messageLength(near, at);
    const begin = span.from + at;
    const bytes = await this.#read(begin + Math.min(from, length), begin + Math.min(to, length));
    return this.#closed ? nothing : bytes;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.giveBack(this.#bytes);
    // One that is being written is read by the system still; it goes when that has ended.
    for (const block of this.#blocks.splice(this.#writing ? 1 : 0)) this.#options.blocks.giveBack(block);
    this.#rowCount = 0;
    this.#release();
    void this.#file?.close();
  }

  #limitFor(bytes: number): SpoolLimit | undefined {
    const { limits, take } = this.#options;
    if (this.#problem) return 'disk';
    if (this.#bytes + bytes > limits.maxSpoolBytes) return 'result';
    return take(bytes) ? undefined : 'total';
  }

  #isMuch(): boolean {
    const { limits, blocks } = this.#options;
    return (
      this.#bytes > limits.memoryBytes || (this.#bytes > smallBytes && blocks.used > limits.totalMemoryBytes)
    );
  }

  #copy(rows: Buffer): void {
    let last = this.#blocks.at(-1);
    for (let from = 0; from < rows.length;) {
      if (!last || last.used === last.bytes.length) {
        last = this.#options.blocks.take(last);
        this.#blocks.push(last);
      }
      const copied = rows.copy(last.bytes, last.used, from);
      last.used += copied;
      from += copied;
    }
  }

  /** Writes the blocks that are full, one after the other; the last one is being filled. */
  async #write(): Promise<void> {
    if (this.#writing || this.#problem) return;
    this.#writing = true;
    try {
      this.#file ??= await SpoolFile.create(this.#options.folder);
      while (!this.#closed && this.#blocks.length > 1) {
        const [block] = this.#blocks;
        if (!block) break;
        await this.#file.write(block.bytes, this.#written);
        if (!this.#closed) this.#wrote(block);
      }
    } catch (error) {
      this.#problem = spoolError(error);
    }
    this.#writing = false;
    if (this.#problem) this.#release();
    if (!this.#closed) return;
    for (const block of this.#blocks.splice(0)) this.#options.blocks.giveBack(block);
    void this.#file?.close();
  }

  #wrote(block: Block): void {
    this.#blocks.shift();
    this.#written += block.used;
    this.#options.blocks.giveBack(block);
    if (this.#bytes - this.#written <= resumeBytes) this.#release();
  }

  #release(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  /** Into `room` where they fit, which saves making some for each. */
  #readAll(spans: readonly Span[], room: Buffer): Promise<Buffer[]> {
    let used = 0;
    return Promise.all(
      spans.map(({ from, to }) => {
        const into = room.subarray(used, used + to - from);
        used += to - from;
        return this.#read(from, to, used <= room.length ? into : undefined);
      }),
    );
  }

  /** Of no use where it was closed meanwhile. */
  async #read(from: number, to: number, bytes: Buffer = Buffer.allocUnsafeSlow(to - from)): Promise<Buffer> {
    const inFile = Math.max(0, Math.min(to, this.#written) - from);
    // What is in memory now may be in the file when the file has been read.
    this.#copyTo(bytes.subarray(inFile), from + inFile);
    try {
      if (inFile > 0) await this.#file?.read(bytes.subarray(0, inFile), from);
    } catch (error) {
      if (!this.#closed) throw error;
    }
    return bytes;
  }

  #copyTo(into: Buffer, from: number): void {
    let offset = this.#written;
    for (const block of this.#blocks) {
      const skip = Math.max(0, from - offset);
      if (skip < block.used) block.bytes.copy(into, offset + skip - from, skip, block.used);
      offset += block.used;
      if (offset >= from + into.length) return;
    }
  }
}

const nothing = Buffer.alloc(0);

interface PromiseWithResolve {
  promise: Promise<void>;
  resolve: () => void;
}

function withResolve(): PromiseWithResolve {
  let resolve = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

/** Of whole messages: leaves `skip` out, and takes `limit` at most, the last one reaching `maxBytes`. */
function cut(bytes: Buffer, skip: number, limit: number, maxBytes: number): { bytes: Buffer; count: number } {
  let from = 0;
  for (let left = skip; left > 0; left -= 1) from += messageLength(bytes, from);
  let to = from;
  let count = 0;
  for (; count < limit && to < bytes.length && to - from < maxBytes; count += 1)
    to += messageLength(bytes, to);
  return { bytes: bytes.subarray(from, to), count };
}

function spoolError(error: unknown): AppError {
  const facts = { detail: systemCode(error) ?? String(error), cause: error };
  return isFull(error)
    ? new AppError('STORE_FULL', 'The disk is full, so the rest of the rows was not read.', {
        reason: 'Large results are kept in a file in the data folder. The rows that had come can be seen.',
        hint: 'Free some space and run it again, or select fewer rows.',
        ...facts,
      })
    : new AppError('STORE_READ_ONLY', 'The rest of the rows was not read: they could not be kept.', {
        reason:
          'Large results are kept in a file in the data folder, which cannot be written to. The rows that had come can be seen.',
        hint: 'Look at the owner and the permissions of the data folder, or select fewer rows.',
        ...facts,
      });
}
