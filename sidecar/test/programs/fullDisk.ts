import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { documentSchema } from '#shared/documents/document.ts';
import { systemClock } from '../../lib/clock.ts';
import { delay } from '../../lib/deadline.ts';
import { openDataFolder } from '../../storage/dataFolder.ts';
import { JsonFile } from '../../storage/jsonFile.ts';
import { fileOf } from '../../storage/storeFormat.ts';

/**
 * Lives through a full disk and prints what it saw as JSON: `fullDisk.ts <folder> ballast|limit|readOnly`. With
 * `ballast` it fills the disk itself and frees it again; with `limit` the system lets no file grow over some size.
 */
const [folder = '', way = ''] = process.argv.slice(2);
const path = join(folder, 'texts.json');
const ballast = join(folder, 'ballast');
const small = { text: 's'.repeat(1_000) };
const large = { text: 'l'.repeat(400_000) };
const codes: string[] = [];

const open = () =>
  JsonFile.open({
    path,
    schema: fileOf({ text: documentSchema.shape.text }),
    version: 1,
    initial: { text: '' },
    retryMs: 50,
    onProblem: (problem) => codes.push(problem?.code ?? 'well'),
  });
const onDisk = () => {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { text: string }).text.slice(0, 1);
  } catch {
    return 'none';
  }
};

function fill(): void {
  const handle = openSync(ballast, 'w', 0o600);
  try {
    for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) fillWith(handle, Buffer.alloc(size, 'b'));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function fillWith(handle: number, bytes: Buffer): void {
  try {
    while (writeSync(handle, bytes) > 0);
  } catch {
    // No space for this size any more.
  }
}

const seen: Record<string, unknown> = {};
const data = await openDataFolder(folder);
seen.folderProblems = data.problems.list().map(({ code }) => code);
const file = await open();
await file.write(small);
seen.first = onDisk();
if (way === 'ballast') fill();
await file.write(large);
seen.whenFull = { onDisk: onDisk(), inMemory: file.read().text.slice(0, 1), codes: [...codes] };
if (way === 'ballast') {
  rmSync(ballast);
  const until = systemClock.monotonic() + 10_000;
  while (codes.at(-1) !== 'well' && systemClock.monotonic() < until) await delay(10);
  seen.byItself = { onDisk: onDisk(), codes: [...codes] };
}
await file.write({ text: 'again' });
seen.nextWrite = { onDisk: onDisk(), codes: [...codes] };
await file.close();
await data.close();
process.stdout.write(`${JSON.stringify(seen)}\n`);
