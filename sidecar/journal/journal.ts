import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';

/** A journal that has grown beyond this, and to twice of what still counts, is written anew with that alone. */
const defaultMaxBytes = 4 * 1024 ** 2;

export interface JournalOptions {
  path: string;
  log: { warn(facts: object, words: string): void };
  maxBytes?: number;
}

/**
 * What must outlive this process: values by key, the last one of each counts. Each change is a line at the end of the file,
 * written before the call returns and left to the system to bring to the disk, for it is the process's death that matters,
 * not the machine's. It never throws: a journal that cannot be written keeps nobody from his work.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #values = new Map<string, string>();
  #file: number | undefined;
  #bytes = 0;
  #maxBytes = 0;
  #closed = false;

  private constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** Reads what there is; lines that are torn or damaged are left out. */
  static open(options: JournalOptions): Journal {
    const journal = new Journal(options);
    for (const line of read(options.path).split('\n')) journal.#take(line);
    journal.#attempt(() => journal.#rewrite());
    return journal;
  }

  /** What is kept, as it was written. */
  values(): unknown[] {
    return [...this.#values.values()].map((text) => JSON.parse(text) as unknown);
  }

  /** Keeps a value in place of the key's last one, or forgets it. The same value again is not written. */
  put(key: string, value: object | undefined): void {
    if (this.#closed) return;
    const text = value && JSON.stringify(value);
    if (this.#values.get(key) === text) return;
    if (text === undefined) this.#values.delete(key);
    else this.#values.set(key, text);
    this.#attempt(() => this.#append(lineOf(key, text)));
  }

  /** Nothing is written any more; idempotent. */
  close(): void {
    this.#closed = true;
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) this.#attempt(() => closeSync(file));
  }

  #take(line: string): void {
    try {
      const { key, value } = JSON.parse(line) as { key?: unknown; value?: unknown };
      if (typeof key !== 'string') return;
      if (typeof value === 'object' && value !== null) this.#values.set(key, JSON.stringify(value));
      else this.#values.delete(key);
    } catch {
      // A line that was being written when the process ended, or that somebody has damaged.
    }
  }

  #append(line: string): void {
    if (this.#file === undefined) return;
    this.#bytes += writeSync(this.#file, line);
    if (this.#bytes > this.#maxBytes) this.#rewrite();
  }

  /** Whole or not at all: where it fails, the file that there is stays open. */
  #rewrite(): void {
    const { path, maxBytes = defaultMaxBytes } = this.#options;
    const text = [...this.#values].map(([key, value]) => lineOf(key, value)).join('');
    const file = openSync(`${path}.new`, 'w', 0o600);
    try {
      writeFileSync(file, text);
      renameSync(`${path}.new`, path);
    } catch (error) {
      closeSync(file);
      throw error;
    }
    const before = this.#file;
    this.#file = file;
    this.#bytes = Buffer.byteLength(text);
    this.#maxBytes = Math.max(maxBytes, 2 * this.#bytes);
    if (before !== undefined) closeSync(before);
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#options.log.warn({ error }, 'The journal cannot be written');
    }
  }
}

const lineOf = (key: string, value: string | undefined): string =>
  `{"key":${JSON.stringify(key)}${value === undefined ? '' : `,"value":${value}`}}\n`;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
