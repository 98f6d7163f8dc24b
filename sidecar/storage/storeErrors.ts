import { basename } from 'node:path';
import { AppError } from '#shared/error/appError.ts';

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Nothing is there: no file, or a part of the way to it is no folder. */
export const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '');

/** The disk, or the user's share of it, has no space left. */
export const isFull = (error: unknown): boolean => fullCodes.has(systemCode(error) ?? '');

/** Why a file could not be written, in words; what was to be saved is still in memory. */
export function writeError(path: string, error: unknown): AppError {
  const file = basename(path);
  const facts = { detail: { file: path, system: systemCode(error) ?? String(error) }, cause: error };
  if (isFull(error))
    return new AppError('STORE_FULL', `The disk is full: ${file} could not be saved.`, {
      reason: 'What was saved before is still there, and the change is kept in memory.',
      hint: 'Free some space; Hawser tries again by itself.',
      ...facts,
    });
  return new AppError('STORE_READ_ONLY', `${file} could not be saved.`, {
    reason: 'The data folder cannot be written to. The change is kept in memory until Hawser ends.',
    hint: 'Look at the owner and the permissions of the data folder; Hawser tries again by itself.',
    ...facts,
  });
}

/** Why a change that was asked for did not come about: unlike what is saved by and by, it is not tried again. */
export function changeError(what: string, path: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const facts = { detail: { file: path, system: systemCode(error) ?? String(error) }, cause: error };
  if (isFull(error))
    return new AppError('STORE_FULL', `${what} could not be changed: the disk is full.`, {
      hint: 'Free some space and try again.',
      ...facts,
    });
  return new AppError('STORE_READ_ONLY', `${what} could not be changed.`, {
    hint: 'Look at the owner and the permissions of its folder, and try again.',
    ...facts,
  });
}

/** The folder itself, or its lock: nothing can be kept, and nothing keeps a second Hawser out. */
export const folderError = (path: string, error: unknown): AppError => {
  const { code, facts } = writeError(path, error);
  return new AppError(code, 'The data folder cannot be written to.', { ...facts, cause: error });
};

/** The file is there, but must not or cannot be read: it is left alone and nothing is saved over it. */
export const unreadableError = (path: string, error: unknown): AppError =>
  new AppError('STORE_READ_ONLY', `${basename(path)} could not be read, so nothing is saved over it.`, {
    reason:
      systemCode(error) === 'ELOOP'
        ? 'It is a symbolic link, and Hawser does not follow links in its data folder.'
        : 'What is changed now is kept in memory until Hawser ends.',
    hint: 'Put a readable file in its place, or move it away, and start Hawser again.',
    detail: { file: path, system: systemCode(error) ?? String(error) },
    cause: error,
  });

export const newerError = (path: string, version: number): AppError =>
  new AppError('STORE_NEWER', `${basename(path)} was written by a newer Hawser and is left as it is.`, {
    reason: 'What is changed now is kept in memory until Hawser ends.',
    hint: 'Use the newer Hawser with this data folder, or another data folder with this one.',
    detail: { file: path, version },
  });

/** The file is good but for some fields, which may have been typed by hand. It is left as it is until the next change. */
export const leftOutError = (path: string, fields: readonly string[]): AppError =>
  new AppError('STORE_RECOVERED', `${basename(path)} says something that cannot be: ${fields.join(', ')}.`, {
    reason: 'The default holds in its place. All else is as the file says.',
    hint: 'Choose it anew in Hawser, or mend the file while Hawser does not run.',
    detail: { file: path, leftOut: fields },
  });

/** @param asides where the damaged files lie now. @param why what is wrong with them, without their content. */
export function recoveredError(
  path: string,
  used: 'copy' | 'nothing',
  why: string,
  asides: string[],
): AppError {
  const file = basename(path);
  return new AppError(
    'STORE_RECOVERED',
    used === 'copy'
      ? `${file} was damaged. Hawser went on with the copy from before the last change.`
      : `${file} and its copy were damaged. Hawser started without them.`,
    {
      reason: why,
      ...(asides.length > 0 && { hint: 'The damaged file was put aside, in the same folder.' }),
      detail: { file: path, setAside: asides },
    },
  );
}
