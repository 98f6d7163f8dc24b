import { TargetFile } from './targetFile.ts';

/** Writes a whole text to a file that the user chose. Rejects with FILE_NOT_WRITABLE; then what was there is there still. */
export async function writeTextFile(
  path: string,
  text: string,
  dataFolder: string,
): Promise<{ path: string; bytes: number }> {
  const file = await TargetFile.open(path, dataFolder);
  try {
    await file.write(Buffer.from(text, 'utf8'));
    await file.commit();
    return { path: file.path, bytes: file.bytes };
  } finally {
    await file.discard();
  }
}
