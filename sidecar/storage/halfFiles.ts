import { mkdir, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

const noteEnding = '.half';
/** As such files are called: whatever stands in a note, nothing else is ever taken away. */
const halfName = /^\..*\.[0-9a-f]{12}\.part$/;

/** The name of a file that is not whole yet, beside its place. */
export function halfFileName(name: string, random: string): string {
  // Not all of a long name: with what is added it would be too long for the system.
  return `.${name.slice(0, 40)}.${random}.part`;
}

/**
 * Writes down that a file is being made, for the next process, should this one be killed before it is whole. Gives what
 * takes the note away. Never rejects: the file itself is more important than what may be left of it.
 */
export async function noteHalfFile(folder: string, path: string): Promise<() => Promise<void>> {
  const note = join(folder, `${basename(path).slice(-17)}${noteEnding}`);
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
  await writeFile(note, path, { mode: 0o600, flag: 'wx' }).catch(() => undefined);
  return () => unlink(note).catch(() => undefined);
}

/** Takes away what a killed process left of its half files: to be called by who has the lock of the data folder. */
export async function sweepHalfFiles(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => each.endsWith(noteEnding))) {
    const path = await readFile(join(folder, name), 'utf8').catch(() => '');
    if (halfName.test(basename(path))) await unlink(path).catch(() => undefined);
  }
}
