import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgram } from '../test/childProgram.ts';
import { takeLock, type Lock } from './lock.ts';
import { isRunning, ownIdentity } from './processIdentity.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hawser-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that was there and is gone: its number, and what its lock says. */
async function deadLock(): Promise<string> {
  const taker = startProgram('lockTaker', [folder]);
  taker.process.stdin?.write('go\n');
  await taker.line((line) => line.startsWith('have'));
  taker.process.kill('SIGKILL');
  await taker.ended;
  return readFileSync(path, 'utf8');
}

describe('the lock of a data folder', () => {
  it('names the process that has it, and is gone when given back, any number of times', async () => {
    const lock = await takeLock(path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    await Promise.all([lock.release(), lock.release()]);
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    await (await takeLock(path)).release();
  });

  it('is refused to a second one, who is told the number of the first', async () => {
    const lock = await takeLock(path);
    await expect(takeLock(path)).rejects.toMatchObject({
      code: 'DATA_FOLDER_IN_USE',
      message: `Another Hawser (process ${process.pid}) is using this data folder.`,
      facts: { detail: { pid: process.pid, folder } },
    });
    await lock.release();
  });

  it('is refused to another process while the first lives, and taken over once it was killed', async () => {
    const first = startProgram('lockTaker', [folder]);
    first.process.stdin?.write('go\n');
    await first.line((line) => line === `have ${first.process.pid ?? 0}`);
    await expect(takeLock(path)).rejects.toMatchObject({ facts: { detail: { pid: first.process.pid } } });
    first.process.kill('SIGKILL');
    await first.ended;
    const lock = await takeLock(path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
  });

  it('is taken over where another process has been given the number of the dead one', async () => {
    const identity = await ownIdentity();
    const earlier = { ...identity, startedAt: identity.startedAt - 60_000, start: 'an earlier boot:1' };
    expect([await isRunning(identity), await isRunning(earlier)]).toEqual([true, false]);
    writeFileSync(path, JSON.stringify({ ...earlier, pid: process.ppid }));
    await (await takeLock(path)).release();
  });

  it('is not released by one from whom it was taken', async () => {
    const lock = await takeLock(path);
    const other = JSON.stringify({ pid: process.ppid, startedAt: 0 });
    writeFileSync(path, other);
    await lock.release();
    expect(readFileSync(path, 'utf8')).toBe(other);
  });

  it.each(['', 'garbage', '{"pid":-1}', '{"pid":"1"}', '[]'])(
    'that names no process (%j) is taken over',
    async (text) => {
      writeFileSync(path, text);
      utimesSync(path, 0, 0);
      await (await takeLock(path)).release();
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('that is a link is replaced, and what it leads to is left alone', async () => {
    const target = join(folder, 'elsewhere');
    writeFileSync(target, 'precious');
    symlinkSync(target, path);
    const lock = await takeLock(path);
    expect([readFileSync(target, 'utf8'), readFileSync(path, 'utf8')]).toEqual([
      'precious',
      expect.stringContaining(`"pid":${process.pid}`),
    ]);
    await lock.release();
  });

  it('leaves nothing of starters that were killed while they took it', async () => {
    writeFileSync(`${path}.0000.tmp`, 'left');
    await (await takeLock(path)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('comes through a take-over that was killed in the middle', async () => {
    const dead = await deadLock();
    writeFileSync(`${path}.takeover`, dead);
    await (await takeLock(path)).release();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('many that start at once', () => {
  it('give the lock of a dead one to exactly one of them, within one process', async () => {
    const dead = await deadLock();
    for (let round = 0; round < 12; round++) {
      writeFileSync(path, dead);
      if (round % 2 === 1) writeFileSync(`${path}.takeover`, dead);
      const results = await Promise.allSettled(Array.from({ length: 12 }, () => takeLock(path)));
      const taken = results.filter((r): r is PromiseFulfilledResult<Lock> => r.status === 'fulfilled');
      expect(taken).toHaveLength(1);
      expect(
        results.filter((r) => r.status === 'rejected').map(({ reason }) => (reason as { code: string }).code),
      ).toEqual(Array(11).fill('DATA_FOLDER_IN_USE'));
      await taken[0]?.value.release();
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it(
    'give the lock of a dead one to exactly one of them, each in a process of its own',
    { timeout: 60_000 },
    async () => {
      const dead = await deadLock();
      for (let round = 0; round < 4; round++) {
        writeFileSync(path, dead);
        const takers = Array.from({ length: 5 }, () => startProgram('lockTaker', [folder]));
        await Promise.all(takers.map((taker) => taker.line((line) => line === 'ready')));
        takers.forEach((taker) => taker.process.stdin?.write('go\n'));
        const answers = await Promise.all(takers.map((taker) => taker.line((line) => line !== 'ready')));
        expect(answers.filter((answer) => answer.startsWith('have'))).toHaveLength(1);
        expect(answers.filter((answer) => answer === 'DATA_FOLDER_IN_USE')).toHaveLength(4);
        takers.forEach((taker) => taker.process.stdin?.end());
        await Promise.all(takers.map((taker) => taker.ended));
      }
    },
  );
});
