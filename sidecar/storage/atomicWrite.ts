import { closeSync, fchmodSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { constants, copyFile, link, lstat, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { delay } from '../lib/deadline.ts';
import { isAbsent, systemCode } from './storeErrors.ts';

const windows = process.platform === 'win32';
// Windows has no such flag; its file names in a folder of the user's own need none.
export const noFollow = windows ? 0 : constants.O_NOFOLLOW;

export const backupOf = (path: string): string => `${path}.bak`;
const temporaryOf = (path: string): string => `${path}.tmp`;

/** Pieces are written as they are, one after the other, and are never copied together. */
export type FileContent = string | readonly Uint8Array[];

/**
 * Replaces a file so that after a crash or a power cut either the old or the new text is there, whole. The text before
 * it is kept as `.bak` (not with `backup: false`); the first write makes that too, with the same text. Rejects with the system's error, and then
 * the old file is as it was.
 *
 * Only one process writes a folder (see lock.ts) and only one write of a path is under way, so names are fixed, and
 * what a killed process left is found and replaced by the next.
 */
export async function writeAtomically(
  path: string,
  content: FileContent,
  { backup = true } = {},
): Promise<void> {
  const before = await fileAt(path);
  await writeWhole(temporaryOf(path), content);
  try {
    if (before && backup) await keepAsBackup(path);
    await renameOver(temporaryOf(path), path);
  } catch (error) {
    await rm(temporaryOf(path), { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
  if (backup && !before && !(await fileAt(backupOf(path)))) await writeBackup(path, content);
}

/** Reads a file, refusing to follow a link, and takes from it what rights other users had. */
export async function readPrivately(path: string): Promise<Buffer> {
  const handle = await open(path, constants.O_RDONLY | noFollow);
  try {
    const { mode } = await handle.stat();
    // Best effort: on a read-only disk the rights stay, and reading is still right.
    if (!windows && (mode & 0o077) !== 0) await handle.chmod(0o600).catch(() => undefined);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** The same at once: while the process starts there is nothing to be done meanwhile, and waiting takes longer. */
export function readPrivatelySync(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | noFollow);
  try {
    if (!windows && (fstatSync(file).mode & 0o077) !== 0) closeToOthers(file);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function closeToOthers(file: number): void {
  try {
    fchmodSync(file, 0o600);
  } catch {
    // On a read-only disk the rights stay, and reading is still right.
  }
}

/** Whether something is at the path; a symbolic link is refused, for it would be replaced or followed. */
async function fileAt(path: string): Promise<boolean> {
  try {
    if ((await lstat(path)).isSymbolicLink())
      throw Object.assign(new Error(`${path} is a symbolic link`), { code: 'ELOOP' });
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

async function writeWhole(path: string, content: FileContent): Promise<void> {
  const pieces = typeof content === 'string' ? [Buffer.from(content, 'utf8')] : content;
  await rm(path, { force: true });
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow;
  const handle = await open(path, flags, 0o600);
  try {
    await fill(handle, pieces);
  } catch (error) {
    await handle.close();
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
  await handle.close();
}

async function fill(handle: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  // The mode given to open() is cut by the umask.
  await handle.chmod(0o600);
  await handle.writev(pieces);
  await handle.sync();
  // A full disk was seen to take part of a text without an error; the rename would then destroy the good file.
  const { size } = await handle.stat();
  const whole = pieces.reduce((sum, { length }) => sum + length, 0);
  if (size !== whole)
    throw Object.assign(new Error(`${size} of ${whole} bytes were written`), { code: 'ENOSPC' });
}

/**
 * The current file becomes the copy, by a second name for it: no bytes are written, so it works on a full disk. A
 * rename of one name over another name of the same file does nothing and leaves both, hence the removal at the end.
 */
async function keepAsBackup(path: string): Promise<void> {
  const next = temporaryOf(backupOf(path));
  await rm(next, { force: true });
  try {
    await link(path, next);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(systemCode(error) ?? ''))
      throw error;
    // This file system knows no second names.
    await copyFile(path, next, constants.COPYFILE_EXCL);
  }
  await renameOver(next, backupOf(path));
  await rm(next, { force: true });
}

/** A copy of what the file holds. The text itself is safe by now: a copy that cannot be made is made by the next write. */
export async function writeBackup(path: string, content: FileContent): Promise<void> {
  try {
    await writeWhole(temporaryOf(backupOf(path)), content);
    await renameOver(temporaryOf(backupOf(path)), backupOf(path));
    await syncFolder(dirname(path));
  } catch {
    await rm(temporaryOf(backupOf(path)), { force: true }).catch(() => undefined);
  }
}

/**
 * On Windows a virus scanner or an indexer may hold the target for some milliseconds; then the rename is refused and
 * works soon after.
 */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const held = windows && ['EPERM', 'EACCES', 'EBUSY'].includes(systemCode(error) ?? '');
      if (!held || attempt === 6) throw error;
      await delay(10 * 2 ** attempt);
    }
  }
}

/** Makes the rename itself last through a power cut. Windows cannot open folders, and some file systems refuse. */
async function syncFolder(folder: string): Promise<void> {
  if (windows) return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes(systemCode(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}
