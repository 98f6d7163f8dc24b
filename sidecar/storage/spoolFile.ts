import { randomUUID } from 'node:crypto';
import { constants, mkdir, open, rm, statfs, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { noFollow } from './atomicWrite.ts';

const windows = process.platform === 'win32';
/** A disk without any space left harms other programs, a server of the same machine among them: so much is left free. */
const reservedBytes = 256 * 1024 * 1024;
/** The free space is looked at after so many bytes again. */
const bytesPerLook = 64 * 1024 * 1024;

/**
 * A file for the rows of one result, in a folder of their own. Its name goes as soon as it is open, so that nothing is
 * left of it however the process ends; Windows keeps the name until it is closed, and there the next start sweeps.
 */
export class SpoolFile {
  readonly #handle: FileHandle;
  readonly #folder: string;
  /** Where the file still has a name. */
  readonly #path: string | undefined;
  #unlooked = Infinity;

  private constructor(handle: FileHandle, folder: string, path: string | undefined) {
    this.#handle = handle;
    this.#folder = folder;
    this.#path = path;
  }

  /** Rejects with the system's error. */
  static async create(folder: string): Promise<SpoolFile> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${randomUUID()}.rows`);
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | noFollow;
    const handle = await open(path, flags, 0o600);
    if (windows) return new SpoolFile(handle, folder, path);
    try {
      await unlink(path);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new SpoolFile(handle, folder, undefined);
  }

  /** All bytes, at `position`; rejects with the system's error, ENOSPC also where the disk is nearly full. */
  async write(bytes: Buffer, position: number): Promise<void> {
    await this.#lookAtSpace(bytes.length);
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done);
      if (bytesWritten === 0) throw noSpace();
      done += bytesWritten;
    }
  }

  /** Fills `into` with what was written at `position`. */
  async read(into: Buffer, position: number): Promise<void> {
    for (let done = 0; done < into.length;) {
      const { bytesRead } = await this.#handle.read(into, done, into.length - done, position + done);
      if (bytesRead === 0) throw new Error('The file of a result is shorter than what was written to it');
      done += bytesRead;
    }
  }

  /** Frees the space once what is under way has ended. Never rejects. */
  async close(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    if (this.#path !== undefined) await rm(this.#path, { force: true }).catch(() => undefined);
  }

  async #lookAtSpace(bytes: number): Promise<void> {
    this.#unlooked += bytes;
    if (this.#unlooked < bytesPerLook) return;
    this.#unlooked = 0;
    // A disk that does not tell is written to until it says no.
    const disk = await statfs(this.#folder).catch(() => undefined);
    if (disk && disk.bavail * disk.bsize < reservedBytes) throw noSpace();
  }
}

const noSpace = (): Error => Object.assign(new Error('The disk is full'), { code: 'ENOSPC' });

/** Takes away what an earlier process left: to be called by who has the lock of the data folder. */
export const sweepSpoolFiles = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true }).catch(() => undefined);
