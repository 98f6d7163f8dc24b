import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { openDataFolder } from './dataFolder.ts';
import { StoreProblems, type StoreEvent } from './problems.ts';

let base: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'hawser-folder-')));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const modeOf = (path: string) => statSync(path).mode & 0o7777;

describe('a data folder', () => {
  it('is swept of the rows that a killed process left, by who has its lock', async () => {
    const spool = join(base, 'spool');
    mkdirSync(spool);
    writeFileSync(join(spool, 'left.rows'), 'rows');
    const folder = await openDataFolder(base);
    expect(existsSync(spool)).toBe(false);
    mkdirSync(spool);
    await expect(openDataFolder(base)).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' });
    expect(existsSync(spool)).toBe(true);
    await folder.close();
  });

  it('is made with all that leads to it, for its owner alone, whatever the umask', async () => {
    const before = process.umask(0o000);
    try {
      const folder = await openDataFolder(join(base, 'a', 'b'));
      expect([folder.path, modeOf(folder.path), modeOf(folder.paths.lock)]).toEqual([
        join(base, 'a', 'b'),
        0o700,
        0o600,
      ]);
      await folder.close();
    } finally {
      process.umask(before);
    }
  });

  it('is closed to others where it was there, empty or with our own files', async () => {
    for (const files of [[], ['connections.json', 'connections.json.bak', 'lock.takeover']]) {
      const path = join(base, `f${files.length}`);
      mkdirSync(path);
      chmodSync(path, 0o755);
      for (const file of files) writeFileSync(join(path, file), '');
      await (await openDataFolder(path)).close();
      expect(modeOf(path)).toBe(0o700);
    }
  });

  it('is left open where it holds what is not ours, or is for everyone', async () => {
    const home = join(base, 'home');
    mkdirSync(home);
    chmodSync(home, 0o755);
    writeFileSync(join(home, 'letter.txt'), '');
    const temporary = join(base, 'tmp');
    mkdirSync(temporary);
    chmodSync(temporary, 0o1777);
    for (const path of [home, temporary]) await (await openDataFolder(path)).close();
    expect([modeOf(home), modeOf(temporary)]).toEqual([0o755, 0o1777]);
  });

  it('may be reached by a link, and is one and the same then', async () => {
    const path = join(base, 'real');
    mkdirSync(path);
    symlinkSync(path, join(base, 'link'));
    const folder = await openDataFolder(join(base, 'link'));
    expect(folder.path).toBe(path);
    await expect(openDataFolder(path)).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' });
    await folder.close();
  });

  it('can be opened again when it was closed, any number of times', async () => {
    const folder = await openDataFolder(base);
    await Promise.all([folder.close(), folder.close()]);
    expect(existsSync(folder.paths.lock)).toBe(false);
    const again = await openDataFolder(base);
    await folder.close();
    expect(existsSync(again.paths.lock)).toBe(true);
    await again.close();
  });

  it('that cannot be made is told, and does not keep anything from starting', async () => {
    writeFileSync(join(base, 'file'), '');
    const folder = await openDataFolder(join(base, 'file', 'data'));
    expect(folder.problems.list()).toMatchObject([{ code: 'STORE_READ_ONLY' }]);
    await folder.close();
  });
});

describe('the problems of a data folder', () => {
  it('are one a file, told as they come and go', () => {
    const problems = new StoreProblems();
    const events: StoreEvent[] = [];
    problems.events.on((event) => events.push(event));
    const a = problems.reporter('a.json');
    const b = problems.reporter('b.json');
    a(new AppError('STORE_FULL', 'The disk is full.'));
    b(new AppError('STORE_NEWER', 'It is newer.'));
    a(new AppError('STORE_READ_ONLY', 'It cannot be written.'));
    expect(problems.list().map(({ code }) => code)).toEqual(['STORE_READ_ONLY', 'STORE_NEWER']);
    a(undefined);
    expect(problems.list().map(({ code }) => code)).toEqual(['STORE_NEWER']);
    expect(events.map(({ file, problem }) => [file, problem?.code])).toEqual([
      ['a.json', 'STORE_FULL'],
      ['b.json', 'STORE_NEWER'],
      ['a.json', 'STORE_READ_ONLY'],
      ['a.json', undefined],
    ]);
  });
});
