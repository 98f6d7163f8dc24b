import { randomBytes } from 'node:crypto';
import { chmod, open, realpath, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { halfFileName, noteHalfFile } from '../../storage/halfFiles.ts';
import { dataPaths } from '../../storage/paths.ts';
import { fileNotWritable, notWritable } from './fileErrors.ts';

/** Small pieces are written together. */
const blockBytes = 256 * 1024;
/** With more than this on its way to the disk, whoever writes is asked to wait. */
const maxQueuedBytes = 4 * 1024 * 1024;

interface HalfFile {
  temporary: string;
  handle: FileHandle;
  /** It is whole or gone: the next process has nothing to do about it. */
  forget: () => Promise<void>;
}

/**
 * A file that is being written. It grows beside its place under another name and takes the place when it is whole, so that
 * what was there stays until then. It is not forced to the disk: as with any export, what a power cut takes is made again.
 */
export class TargetFile {
  readonly path: string;
  #bytes = 0;
  #failure: unknown;
  #block: Buffer[] = [];
  #blockBytes = 0;
  #queuedBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #open = true;
  readonly #handle: FileHandle;
  readonly #temporary: string;
  readonly #forget: () => Promise<void>;

  private constructor(path: string, { temporary, handle, forget }: HalfFile) {
    this.path = path;
    this.#temporary = temporary;
    this.#handle = handle;
    this.#forget = forget;
  }

  /** Rejects with FILE_NOT_WRITABLE. Nothing is ever written into `ownFolder`, where the definitions and secrets are. */
  static async open(path: string, ownFolder: string): Promise<TargetFile> {
    if (!isAbsolute(path)) throw fileNotWritable(path, 'is not a whole path');
    try {
      const place = await placeOf(path);
      const own = await realpath(ownFolder);
      if (place.path === own || place.path.startsWith(own + sep))
        throw fileNotWritable(path, 'lies in the folder where Hawser keeps its own data');
      const name = halfFileName(basename(place.path), randomBytes(6).toString('hex'));
      const temporary = join(dirname(place.path), name);
      const handle = await open(temporary, 'wx');
      const forget = await noteHalfFile(dataPaths(own).spool, temporary);
      if (place.mode !== undefined) await chmod(temporary, place.mode).catch(() => {});
      return new TargetFile(place.path, { temporary, handle, forget });
    } catch (error) {
      throw notWritable(path, error);
    }
  }

  /** How much was handed in so far. */
  get bytes(): number {
    return this.#bytes;
  }
  /** Why it cannot be written any more: FILE_NOT_WRITABLE. */
  get failure() {
    return this.#failure === undefined ? undefined : notWritable(this.path, this.#failure);
  }

  /** It cannot be made, whatever the disk says. */
  fail(error: unknown): void {
    this.#failure ??= error;
  }

  /** The bytes are the file's from here on. A promise asks to wait. */
  write(bytes: Buffer): Promise<void> | undefined {
    if (bytes.length === 0 || !this.#open) return undefined;
    this.#bytes += bytes.length;
    this.#block.push(bytes);
    this.#blockBytes += bytes.length;
    if (this.#blockBytes >= blockBytes) this.#flush();
    return this.#queuedBytes > maxQueuedBytes ? this.#writing : undefined;
  }

  /** All is written: it takes its place. Rejects with FILE_NOT_WRITABLE, and nothing is left then but what was there. */
  async commit(): Promise<void> {
    if (!this.#open) return;
    this.#flush();
    await this.#writing;
    try {
      if (this.#failure !== undefined) throw this.#failure as Error;
      this.#open = false;
      await this.#handle.close();
      await rename(this.#temporary, this.path);
      await this.#forget();
    } catch (error) {
      this.#open = true;
      await this.discard();
      throw notWritable(this.path, error);
    }
  }

  /** It is not wanted any more, and what was there stays. Never rejects; does nothing after `commit`. */
  async discard(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#writing;
    await this.#handle.close().catch(() => {});
    await unlink(this.#temporary).catch(() => {});
    await this.#forget();
  }

  #flush(): void {
    if (this.#blockBytes === 0) return;
    const block = this.#block.length === 1 ? this.#block[0] : Buffer.concat(this.#block, this.#blockBytes);
    this.#block = [];
    this.#queuedBytes += this.#blockBytes;
    this.#blockBytes = 0;
    this.#writing = this.#writing.then(() => this.#append(block ?? Buffer.alloc(0)));
  }

  async #append(block: Buffer): Promise<void> {
    try {
      if (this.#failure === undefined && this.#open) await this.#handle.appendFile(block);
    } catch (error) {
      this.#failure = error;
    }
    this.#queuedBytes -= block.length;
  }
}

/** Where a link leads is what is replaced, and the file there keeps its mode. */
async function placeOf(path: string): Promise<{ path: string; mode?: number }> {
  const present = await stat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (!present) return { path: join(await realpath(dirname(path)), basename(path)) };
  if (!present.isFile())
    throw fileNotWritable(path, present.isDirectory() ? 'is a folder' : 'is no ordinary file');
  // One that may only be read is not to be replaced either, though its folder would allow it.
  await (await open(path, 'r+')).close();
  return { path: await realpath(path), mode: present.mode & 0o777 };
}
