import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * One number for all inputs of a target, made of their names and contents: times of change would call everything
 * stale after a fresh checkout, and nothing after a checkout of something older.
 */
export async function fingerprint(root: string, inputs: readonly string[]): Promise<string> {
  const files = (await Promise.all(inputs.map((input) => filesOf(root, input)))).flat().sort();
  const contents = await Promise.all(files.map((file) => readFile(join(root, file))));
  const hash = createHash('sha256');
  for (const [index, file] of files.entries()) {
    const content = contents[index] ?? '';
    hash.update(`${file}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/** The files of an input (a file or a folder) that can end up in a build: tests cannot. */
async function filesOf(root: string, input: string): Promise<string[]> {
  const path = join(root, input);
  if (!existsSync(path)) throw new Error(`${input} is missing, so nothing can be built of it.`);
  if (statSync(path).isFile()) return [input];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

const stampPath = (root: string, name: string): string => join(root, 'dist/inputs', name);

/** Whether a target was made of exactly these inputs and is still there. */
export async function isFresh(root: string, name: string, print: string): Promise<boolean> {
  if (!existsSync(join(root, 'dist', name))) return false;
  const stamp = await readFile(stampPath(root, name), 'utf8').catch(() => undefined);
  return stamp === print;
}

export async function forgetStamp(root: string, name: string): Promise<void> {
  await rm(stampPath(root, name), { force: true });
}

export async function writeStamp(root: string, name: string, print: string): Promise<void> {
  await mkdir(dirname(stampPath(root, name)), { recursive: true });
  await writeFile(stampPath(root, name), print);
}
