import { AppError } from '#shared/error/appError.ts';
import type { SaveTo } from '#shared/query/exporting.ts';
import type { Column, Saved } from '#shared/query/result.ts';
import type { Spool } from '../spool/spool.ts';
import { layoutOf, rowFileOpener, type OpenRowFile, type RowFile } from './rowFile.ts';
import { TargetFile } from './targetFile.ts';

const messageHeader = 5;

/** What a statement gives goes into a file in the place of a spool: nothing is kept for the screen. */
export class FileOutput implements Spool {
  #rowCount = 0;
  #begun = false;
  #rows: RowFile | undefined;
  #problem: AppError | undefined;
  readonly #file: TargetFile;
  readonly #openRows: OpenRowFile | undefined;
  readonly #options: SaveTo['options'];

  private constructor(file: TargetFile, openRows?: OpenRowFile, options?: SaveTo['options']) {
    this.#file = file;
    this.#openRows = openRows;
    this.#options = options;
  }

  /** For the rows of a statement. Rejects with FILE_NOT_WRITABLE. */
  static async forRows({ path, format, options }: SaveTo, ownFolder: string): Promise<FileOutput> {
    const openRows = await rowFileOpener(format);
    return new FileOutput(await TargetFile.open(path, ownFolder), openRows, options);
  }

  /** For what COPY TO STDOUT sends, byte for byte. Rejects with FILE_NOT_WRITABLE. */
  static async forCopy(path: string, ownFolder: string): Promise<FileOutput> {
    return new FileOutput(await TargetFile.open(path, ownFolder));
  }

  get rowCount(): number {
    return this.#rowCount;
  }
  get bytes(): number {
    return this.#file.bytes;
  }
  get full(): 'disk' | undefined {
    return this.problem ? 'disk' : undefined;
  }
  get problem(): AppError | undefined {
    return this.#problem ?? this.#file.failure;
  }
  /** The file that was made; undefined where the statement gave nothing that could stand in one. */
  get saved(): Saved | undefined {
    if (!this.#begun) return undefined;
    const { path, bytes } = this.#file;
    const warnings = [...(this.#rows?.warnings ?? [])];
    return { path, bytes, ...(warnings.length > 0 ? { warnings } : {}) };
  }

  /** The answer of the statement begins. */
  begin(columns: readonly Column[]): void {
    if (this.#begun) this.#problem = severalResults();
    this.#begun = true;
    this.#rows ??= this.#openRows?.(layoutOf(columns, { options: this.#options }), this.#file);
  }

  append(rows: Buffer, count: number): Promise<void> | undefined {
    if (this.#problem) return undefined;
    this.#rowCount += count;
    return this.#rows?.rows(rows);
  }

  /** Whole CopyData messages, back to back, of which the file gets what is in them. */
  appendCopy(data: Buffer, count: number): Promise<void> | undefined {
    this.#begun = true;
    this.#rowCount += count;
    const bytes = Buffer.allocUnsafe(data.length - count * messageHeader);
    let used = 0;
    for (let at = 0; at < data.length;) {
      const end = at + 1 + data.readInt32BE(at + 1);
      used += data.copy(bytes, used, at + messageHeader, end);
      at = end;
    }
    return this.#file.write(bytes);
  }

  /** There is nothing to look at. */
  slice(): Promise<Buffer[]> {
    return Promise.resolve([]);
  }
  pick(): Promise<Buffer[]> {
    return this.slice();
  }
  part(): Promise<Buffer> {
    return Promise.resolve(Buffer.alloc(0));
  }

  /** The statement ended well: the file takes its place. Rejects with FILE_NOT_WRITABLE. */
  async commit(): Promise<void> {
    if (!this.#begun) return this.#file.discard();
    await this.#rows?.finish();
    await this.#file.commit();
  }

  /** Without `commit` before it, what was in the file's place stays, and nothing is left of the new one. */
  discard(): Promise<void> {
    return this.#file.discard();
  }
  close(): void {
    void this.discard();
  }
}

const severalResults = (): AppError =>
  new AppError('QUERY_FAILED', 'The statement gives several results, and a file holds one.', {
    hint: 'Run it without a file, and export each of its results.',
  });
