import { constants, open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { noFollow } from './atomicWrite.ts';

const defaultMaxBytes = 2 * 1024 ** 2;
/** What may wait for a slow disk; more is left out. */
const maxWaitingBytes = 1024 ** 2;

const newline = 10;

export interface RotatedLinesOptions {
  path: string;
  log: { warn(facts: object, words: string): void };
  maxBytes?: number;
}

/**
 * Lines at the end of a file that is never longer than its limit: a full one becomes the former file, and the former one
 * before it goes. Appending waits for nothing and never fails, for what is written here is of use only to whoever looks
 * for a fault: on a full disk lines are lost, and that is logged once.
 */
export class RotatedLines {
  readonly #options: RotatedLinesOptions;
  #waiting = '';
  #writing: Promise<void> = Promise.resolve();
  #file: FileHandle | undefined;
  #bytes = 0;
  #failed = false;
  #closed = false;

  /** Touches nothing before the first line. */
  constructor(options: RotatedLinesOptions) {
    this.#options = options;
  }

  append(lines: readonly string[]): void {
    if (this.#closed || lines.length === 0) return;
    const isUnderWay = this.#waiting !== '';
    if (this.#waiting.length < maxWaitingBytes) this.#waiting += `${lines.join('\n')}\n`;
    if (!isUnderWay) this.#writing = this.#writing.then(() => this.#write());
  }

  /** All that is there, oldest first, what was appended a moment ago too. */
  async read(): Promise<string[]> {
    await this.#writing;
    const texts = await Promise.all([formerOf(this.#options.path), this.#options.path].map(textAt));
    return texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
  }

  /** Writes what waits. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    await this.#closeFile();
  }

  async #write(): Promise<void> {
    const text = this.#waiting;
    this.#waiting = '';
    try {
      let file = this.#file ?? (await this.#open());
      if (this.#bytes > 0 && this.#bytes + Buffer.byteLength(text) > this.#maxBytes)
        file = await this.#rotate();
      await file.appendFile(text);
      this.#bytes += Buffer.byteLength(text);
      this.#failed = false;
    } catch (error) {
      // A part may have been written: what opens the file anew ends that line first.
      await this.#closeFile();
      if (!this.#failed)
        this.#options.log.warn({ error, path: this.#options.path }, 'Lines cannot be written');
      this.#failed = true;
    }
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => {});
  }

  get #maxBytes(): number {
    return this.#options.maxBytes ?? defaultMaxBytes;
  }

  async #open(): Promise<FileHandle> {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | noFollow;
    const file = await open(this.#options.path, flags, 0o600);
    // From here on it is closed by whoever finds that it does not work.
    this.#file = file;
    const { size, mode } = await file.stat();
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) await file.chmod(0o600).catch(() => {});
    this.#bytes = size;
    if (size === 0) return file;
    // A line that a killed process has not ended must not spoil the next one.
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    if (buffer[0] !== newline) await file.appendFile('\n');
    return file;
  }

  async #rotate(): Promise<FileHandle> {
    const { path } = this.#options;
    await this.#closeFile();
    await rename(path, formerOf(path));
    return await this.#open();
  }
}

const formerOf = (path: string): string => `${path}.1`;

const textAt = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
