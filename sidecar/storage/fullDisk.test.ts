import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startProgram } from '../test/childProgram.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hawser-full-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs what follows with a small disk of its own at the folder, seen by nobody else and gone when it ends. */
function ownDisk(options: string): string[] {
  const namespace = process.getuid?.() === 0 ? ['unshare', '-m'] : ['unshare', '-Urm'];
  const mount = `mount -t tmpfs -o ${options} tmpfs "$1" && shift && exec "$@"`;
  return [...namespace, 'sh', '-c', mount, 'sh', folder];
}

/** Why a disk of one's own cannot be had here; undefined where it can. */
function refusal(through: string[]): string | undefined {
  const [command = '', ...args] = through;
  const { status, stderr, error } = spawnSync(command, [...args, 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

async function live(way: string, through: string[]): Promise<unknown> {
  const program = startProgram('fullDisk', [folder, way], through);
  return JSON.parse(await program.line((line) => line.startsWith('{'))) as unknown;
}

/** The same in both ways: the old file stays, memory goes on, the user is told once, and the next write ends it. */
const full = { onDisk: 's', inMemory: 'l', codes: ['STORE_FULL'] };

/** A limit for the size of a file, which the system enforces for every user, needs no disk of its own. */
const limited = ['sh', '-c', 'ulimit -f 256 && exec "$@"', 'sh'];

it('a store on a full disk keeps the old file, goes on in memory, and is well when there is space again', async () => {
  const through = ownDisk('size=1m');
  const why = refusal(through);
  if (why !== undefined) {
    process.stdout.write(
      `No disk can be mounted here (${why}): a limit of the file size stands in for it.\n`,
    );
    expect(await live('limit', limited)).toMatchObject({ first: 's', whenFull: full });
    return;
  }
  expect(await live('ballast', through)).toEqual({
    folderProblems: [],
    first: 's',
    whenFull: full,
    byItself: { onDisk: 'l', codes: ['STORE_FULL', 'well'] },
    nextWrite: { onDisk: 'a', codes: ['STORE_FULL', 'well'] },
  });
});

it('a store that the system lets grow no further keeps the old file, and is well at a smaller write', async () => {
  expect(await live('limit', limited)).toEqual({
    folderProblems: [],
    first: 's',
    whenFull: full,
    nextWrite: { onDisk: 'a', codes: ['STORE_FULL', 'well'] },
  });
  expect(statSync(join(folder, 'texts.json')).size).toBeLessThan(1_000);
});

it('a data folder on a read-only disk can be opened, and tells that nothing is kept', async () => {
  const through = ownDisk('ro,size=1m');
  const why = refusal(through);
  const readOnly = {
    folderProblems: ['STORE_READ_ONLY'],
    first: 'none',
    whenFull: { onDisk: 'none', inMemory: 'l', codes: ['STORE_READ_ONLY'] },
    nextWrite: { onDisk: 'none', codes: ['STORE_READ_ONLY'] },
  };
  if (why === undefined) {
    expect(await live('readOnly', through)).toEqual(readOnly);
    return;
  }
  process.stdout.write(`No disk can be mounted here (${why}): a folder below a file stands in for it.\n`);
  expect(await live('readOnly', ['sh', '-c', 'rmdir "$0" && : > "$0" && exec "$@"', folder])).toEqual(
    readOnly,
  );
});
