import { open, stat } from 'node:fs/promises';
import { notReadable } from '../exporting/fileErrors.ts';

const chunkBytes = 64 * 1024;
const lineFeed = 0x0a;

/** What one COPY FROM STDIN reads: a file, or the lines behind it in a script. */
export class CopySource {
  readonly totalBytes: number;
  #sentBytes = 0;
  #lines = 0;
  readonly #read: () => AsyncIterable<Buffer>;

  private constructor(totalBytes: number, read: () => AsyncIterable<Buffer>) {
    this.totalBytes = totalBytes;
    this.#read = read;
  }

  /** Rejects with FILE_NOT_FOUND where it cannot be read. */
  static async ofFile(path: string): Promise<CopySource> {
    try {
      const facts = await stat(path);
      if (facts.isDirectory()) throw Object.assign(new Error(path), { code: 'EISDIR' });
      // A pipe or a device may never end, and nobody could stop the reading.
      if (!facts.isFile()) throw new Error('no ordinary file');
      // That it may be read is found out before anything is sent.
      await (await open(path, 'r')).close();
      return new CopySource(facts.size, () => chunksOf(path));
    } catch (error) {
      throw notReadable(path, error);
    }
  }

  static ofText(text: string): CopySource {
    const bytes = Buffer.from(text);
    return new CopySource(bytes.length, async function* () {
      for (let at = 0; at < bytes.length; at += chunkBytes)
        yield await Promise.resolve(bytes.subarray(at, at + chunkBytes));
    });
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }
  /** Lines sent so far; a value may hold several. */
  get lines(): number {
    return this.#lines;
  }

  /** All of it, once; `onSent` is told after each part. */
  async *chunks(onSent: () => void): AsyncGenerator<Buffer> {
    for await (const chunk of this.#read()) {
      yield chunk;
      this.#sentBytes += chunk.length;
      for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) this.#lines += 1;
      onSent();
    }
  }
}

/** A chunk is sent, which copies it, before the next one is read into the same place. */
async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    const handle = await open(path, 'r');
    try {
      const buffer = Buffer.allocUnsafe(chunkBytes);
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, chunkBytes, null);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw notReadable(path, error);
  }
}
