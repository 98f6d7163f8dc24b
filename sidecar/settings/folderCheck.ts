import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { AppError } from '#shared/error/appError.ts';
import { withDeadline } from '../lib/deadline.ts';
import { systemCode } from '../storage/storeErrors.ts';

/** A share of the network that is away can keep a call for minutes. */
const deadlineMs = 5_000;

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'You may not write there.',
  EPERM: 'You may not write there.',
  EROFS: 'The disk is read-only.',
  ENOSPC: 'The disk is full.',
  ENOTDIR: 'A part of the path is a file.',
  EEXIST: 'There is a file of that name.',
  ENOENT: 'The path does not exist, and cannot be made.',
  ENAMETOOLONG: 'The path is too long.',
};

/** Makes the folder where it is not there, and writes a file in it once; rejects with why it cannot be used. */
export async function checkFolder(path: string): Promise<void> {
  if (!isAbsolute(path)) throw notWritable(path, 'On this computer a whole path begins otherwise.');
  const onTimeout = () => notWritable(path, 'It did not answer within 5 seconds.');
  await withDeadline(deadlineMs, () => tryFolder(path), { onTimeout });
}

async function tryFolder(path: string): Promise<void> {
  const file = join(path, `.hawser-${randomUUID()}`);
  try {
    await makeFolder(path);
    await writeFile(file, '', { flag: 'wx', mode: 0o600 });
    await rm(file);
  } catch (error) {
    const code = systemCode(error) ?? '';
    throw notWritable(path, reasons[code] ?? `The system says ${code || String(error)}.`);
  }
}

/**
 * Node's own recursive way tries again without end where a folder that is there takes no other, as those of /proc: it
 * would hold a thread for ever.
 */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path || (await isFolder(parent))) throw error;
    await makeFolder(parent);
    await mkdir(path, { mode: 0o700 });
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const notWritable = (path: string, reason: string): AppError =>
  new AppError('FILE_NOT_WRITABLE', `Nothing can be kept in this folder. ${reason}`, {
    hint: 'Choose a folder that you can write to.',
    detail: { file: path },
  });
