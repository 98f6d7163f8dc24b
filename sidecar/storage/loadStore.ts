import { lstat, rename } from 'node:fs/promises';
import { basename } from 'node:path';
import type { AppError } from '#shared/error/appError.ts';
import { backupOf, readPrivatelySync } from './atomicWrite.ts';
import { isAbsent, leftOutError, newerError, recoveredError, unreadableError } from './storeErrors.ts';
import { decode, type Decoded, type StoreFormat } from './storeFormat.ts';

/** What a file and its copy gave. */
export interface Loaded<T> {
  /** Absent where there is nothing to go on with. */
  value?: T;
  /** Neither file nor copy was there: this store has never been written. */
  fresh: boolean;
  /** The file must not be written over. */
  blocked: boolean;
  /** What the user has to know. */
  problem?: AppError;
  /** The value came from the copy and has to be written again. */
  restored: boolean;
}

type Found<T> = Decoded<T> | { kind: 'absent' } | { kind: 'unreadable'; error: unknown };

/** Reads a store, and its copy where the file is damaged or gone. Damaged files are set aside, never deleted. */
export async function loadStore<T extends object>(
  path: string,
  format: StoreFormat<T>,
  now: number,
): Promise<Loaded<T>> {
  const main = look(path, format);
  if (main.kind === 'good') {
    const { value, leftOut } = main;
    return { ...usable, value, ...(leftOut && { problem: leftOutError(path, leftOut) }) };
  }
  if (main.kind === 'newer') return blocked(newerError(path, main.version));
  if (main.kind === 'unreadable') return blocked(unreadableError(path, main.error));
  return fromCopy(path, format, main.kind === 'damaged' ? main.why : undefined, now);
}

const usable = { fresh: false, blocked: false, restored: false };
const blocked = (problem: AppError) => ({ ...usable, blocked: true, problem });

/** @param why what is wrong with the file; undefined where it is not there. */
async function fromCopy<T extends object>(
  path: string,
  format: StoreFormat<T>,
  why: string | undefined,
  now: number,
): Promise<Loaded<T>> {
  const copy = look(backupOf(path), format);
  if (copy.kind === 'newer') return blocked(newerError(backupOf(path), copy.version));
  if (copy.kind === 'unreadable') return blocked(unreadableError(backupOf(path), copy.error));
  if (copy.kind === 'absent' && why === undefined) return { ...usable, fresh: true };
  const value = copy.kind === 'good' ? copy.value : undefined;
  const damaged = [
    ...(why === undefined ? [] : [path]),
    ...(copy.kind === 'damaged' ? [backupOf(path)] : []),
  ];
  const reason = why ?? (copy.kind === 'damaged' ? copy.why : 'The file was gone.');
  try {
    const asides = await Promise.all(damaged.map((file) => setAside(file, now)));
    const problem = recoveredError(path, value ? 'copy' : 'nothing', reason, asides);
    return { ...usable, problem, restored: value !== undefined, ...(value && { value }) };
  } catch (error) {
    // What cannot be set aside is not written over either.
    return { ...blocked(unreadableError(path, error)), ...(value && { value }) };
  }
}

function look<T extends object>(path: string, format: StoreFormat<T>): Found<T> {
  try {
    return decode(readPrivatelySync(path), format);
  } catch (error) {
    return isAbsent(error) ? { kind: 'absent' } : { kind: 'unreadable', error };
  }
}

/** Renames to `<name>.corrupt-<date>`, with a number behind it where that is taken. Returns the new name. */
export async function setAside(path: string, now: number): Promise<string> {
  const date = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-');
  for (let count = 1; ; count++) {
    const aside = `${path}.corrupt-${date}${count === 1 ? '' : `-${count}`}`;
    if (await isThere(aside)) continue;
    await rename(path, aside);
    return basename(aside);
  }
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: unknown) => !isAbsent(error),
  );
