import { AppError } from '#shared/error/appError.ts';

const anotherPlace = 'Choose another place. What was there is as it was.';

const causes: Record<string, { why: string; reason?: string }> = {
  EACCES: { why: 'may not be written by you' },
  EPERM: { why: 'may not be written by you' },
  EROFS: { why: 'is on a disk that is read-only' },
  ENOENT: { why: 'cannot be written: its folder is not there' },
  ENOTDIR: { why: 'cannot be written: its folder is not there' },
  EISDIR: { why: 'is a folder' },
  ENAMETOOLONG: { why: 'has a name that is too long' },
  ENOSPC: { why: 'did not fit: the disk is full', reason: 'diskFull' },
  EDQUOT: { why: 'did not fit: your share of the disk is used up', reason: 'diskFull' },
  EFBIG: { why: 'did not fit: the disk takes no file of this size', reason: 'diskFull' },
};

const makeRoom = 'Make room, or choose another disk. What was there before is as it was.';

export const fileNotWritable = (path: string, why: string): AppError =>
  new AppError('FILE_NOT_WRITABLE', `${path} ${why}.`, { hint: anotherPlace });

/** Whatever kept a file from being written, with its path. */
export function notWritable(path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const { code = '' } = cause as NodeJS.ErrnoException;
  const { why, reason } = causes[code] ?? { why: 'could not be written' };
  return new AppError('FILE_NOT_WRITABLE', `${path} ${why}.`, {
    hint: reason === 'diskFull' ? makeRoom : anotherPlace,
    ...(reason === undefined ? {} : { reason }),
    ...(code === '' ? {} : { detail: code }),
    cause,
  });
}

const unreadable: Record<string, string> = {
  EACCES: 'may not be read by you',
  EPERM: 'may not be read by you',
  ENOENT: 'is not there',
  ENOTDIR: 'is not there',
  EISDIR: 'is a folder',
};

/** Whatever kept a file from being read, with its path. */
export function notReadable(path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const { code = '' } = cause as NodeJS.ErrnoException;
  return new AppError('FILE_NOT_FOUND', `${path} ${unreadable[code] ?? 'cannot be read'}.`, {
    ...(code === '' ? {} : { detail: code }),
    hint: 'Choose another file.',
    cause,
  });
}
