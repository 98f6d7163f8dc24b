import type { RowSource } from '../arrange/arrangement.ts';
import { readValue } from '../result/pages.ts';
import { TargetFile } from './targetFile.ts';

/** Even, so that no byte of a bytea is cut in two; each byte of it is written as two digits. */
const partBytes = 1024 * 1024;
const bytesPrefix = '\\x';

interface ValueFileDeps {
  path: string;
  /** Hawser's own, into which nothing is written. */
  dataFolder: string;
  signal: AbortSignal;
}

/**
 * Writes one value to a file: a bytea's own bytes, all else as the server's text; NULL is an empty file. Rejects with
 * NOT_FOUND, FILE_NOT_WRITABLE or the abort, and what was in the file's place is there still then.
 */
export async function writeValue(
  source: Pick<RowSource, 'part'>,
  place: { row: number; column: number; isBytea: boolean },
  { path, dataFolder, signal }: ValueFileDeps,
): Promise<{ bytes: number }> {
  const file = await TargetFile.open(path, dataFolder);
  try {
    let isHex = false;
    for (let offset = 0; ;) {
      const { text, complete } = await readValue(source, place, { offset, limit: partBytes });
      signal.throwIfAborted();
      const part = text ?? '';
      if (offset === 0) isHex = place.isBytea && part.startsWith(bytesPrefix);
      const digits = isHex && offset === 0 ? part.slice(bytesPrefix.length) : part;
      await file.write(Buffer.from(digits, isHex ? 'hex' : 'utf8'));
      if (file.failure) throw file.failure;
      offset += Buffer.byteLength(part);
      if (complete || part === '') break;
    }
    await file.commit();
    return { bytes: file.bytes };
  } finally {
    await file.discard();
  }
}
