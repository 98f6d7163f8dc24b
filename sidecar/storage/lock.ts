import { randomUUID } from 'node:crypto';
import { constants, link, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '#shared/error/appError.ts';
import { delay } from '../lib/deadline.ts';
import { noFollow } from './atomicWrite.ts';
import { isRunning, ownIdentity, type ProcessIdentity } from './processIdentity.ts';
import { isAbsent, systemCode } from './storeErrors.ts';

/** Two starters that clean up after a third are done within milliseconds; five seconds mean that something is wrong. */
const deadlineMs = 5_000;
const pauseMs = 20;
/** A lock without a name in it may be one that is just being written, where the file system knows no second names. */
const youngMs = 2_000;

export interface Lock {
  /** Gives the lock back; more than once does no harm. */
  release(): Promise<void>;
}

interface Holder {
  text: string;
  /** Absent where the text names no process. */
  identity?: ProcessIdentity;
  ageMs: number;
}

/**
 * Takes the lock at `path`, or rejects with DATA_FOLDER_IN_USE, which names the process that has it. A lock whose
 * process is gone is taken over.
 */
export async function takeLock(path: string): Promise<Lock> {
  const text = `${JSON.stringify(await ownIdentity())}\n`;
  await take(path, text, { wait: false, until: performance.now() + deadlineMs });
  await sweep(path);
  return { release: () => release(path, text) };
}

/**
 * A lock appears whole or not at all: its text is written under another name, which is then linked to the path, and
 * that fails where the path is taken.
 *
 * Two starters may find the same dead lock. Were each to remove it and make his own, the second would remove the first
 * one's. So it may only be replaced by whoever holds a second lock, `.takeover`, and has seen within it that the dead
 * one is still there. A starter that died just then leaves a dead `.takeover`, which is dealt with in the same way.
 */
async function take(path: string, text: string, limits: { wait: boolean; until: number }): Promise<void> {
  for (;;) {
    const holder = await readHolder(path);
    if (!holder && (await create(path, text))) return;
    if (performance.now() > limits.until) throw inUse(path, holder);
    if (!holder) continue;
    if (await isDead(holder)) {
      if (await takeOver(path, text, holder, limits.until)) return;
    } else if (!limits.wait && holder.identity) {
      throw inUse(path, holder);
    } else {
      await delay(pauseMs);
    }
  }
}

async function takeOver(path: string, text: string, dead: Holder, until: number): Promise<boolean> {
  const mutex = `${path}.takeover`;
  await take(mutex, text, { wait: true, until });
  try {
    if ((await readHolder(path))?.text !== dead.text) return false;
    await through(path, text, (temporary) => rename(temporary, path));
    return true;
  } finally {
    await rm(mutex, { force: true });
  }
}

const isDead = async ({ identity, ageMs }: Holder): Promise<boolean> =>
  identity ? !(await isRunning(identity)) : ageMs > youngMs;

async function create(path: string, text: string): Promise<boolean> {
  try {
    await through(path, text, (temporary) => link(temporary, path));
    return true;
  } catch (error) {
    const code = systemCode(error) ?? '';
    // ENOENT: whoever has the lock by now swept the temporary file away.
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code)) throw error;
    return createInPlace(path, text);
  }
}

async function createInPlace(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Writes the text under a name of its own beside the path, and leaves nothing of it behind. */
async function through(path: string, text: string, use: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx', mode: 0o600 });
    await use(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Undefined: the lock is gone. A symbolic link is not followed; it names no process. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const handle = await open(path, constants.O_RDONLY | noFollow);
    try {
      const text = await handle.readFile('utf8');
      const identity = parseIdentity(text);
      const ageMs = Math.abs(Date.now() - (await handle.stat()).mtimeMs);
      return { text, ageMs, ...(identity && { identity }) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isAbsent(error)) return undefined;
    if (systemCode(error) === 'ELOOP') return { text: '', ageMs: Infinity };
    throw error;
  }
}

function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    const { pid, startedAt, start } = JSON.parse(text) as Record<string, unknown>;
    if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1) return undefined;
    return {
      pid,
      startedAt: typeof startedAt === 'number' ? startedAt : 0,
      ...(typeof start === 'string' && { start }),
    };
  } catch {
    return undefined;
  }
}

async function release(path: string, text: string): Promise<void> {
  if ((await readHolder(path))?.text === text) await rm(path, { force: true });
}

/** Removes what starters that were killed left behind. One that is alive loses its temporary file and asks again. */
async function sweep(path: string): Promise<void> {
  const names = await readdir(dirname(path));
  const left = names.filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.tmp'));
  await Promise.all(left.map((name) => rm(join(dirname(path), name), { force: true })));
}

function inUse(path: string, holder: Holder | undefined): AppError {
  const pid = holder?.identity?.pid;
  const who = pid === undefined ? 'Another Hawser' : `Another Hawser (process ${pid})`;
  return new AppError('DATA_FOLDER_IN_USE', `${who} is using this data folder.`, {
    hint: 'Go on in its window, or end it, or start with another folder (--data-dir).',
    detail: { folder: dirname(path), ...(pid !== undefined && { pid }) },
  });
}
