import { dirname } from 'node:path';
import { AppError } from '#shared/error/appError.ts';
import { isFull, systemCode } from '../storage/storeErrors.ts';

/** Why a session could not be kept. */
export function keptError(path: string, error: unknown): AppError {
  const facts = {
    reason: 'The texts of open tabs are saved elsewhere; only what is kept beyond them waits.',
    detail: { folder: dirname(path), system: systemCode(error) ?? String(error) },
    cause: error,
  };
  if (isFull(error))
    return new AppError('STORE_FULL', 'The disk is full: the sessions of windows are not being kept.', {
      ...facts,
      hint: 'Free some space; Hawser tries again by itself.',
    });
  return new AppError('STORE_READ_ONLY', 'The folder of kept sessions cannot be written to.', {
    ...facts,
    hint: 'Look at its owner and permissions, or choose another folder in the settings; Hawser tries again by itself.',
  });
}

export const damagedError = (asides: readonly string[], why: string): AppError =>
  new AppError(
    'STORE_RECOVERED',
    asides.length === 1
      ? 'A kept session was damaged and was put aside.'
      : `${asides.length} kept sessions were damaged and were put aside.`,
    {
      reason: why,
      hint: 'The damaged files lie beside the others. The texts of open tabs are saved elsewhere.',
      detail: { setAside: asides.slice(-20) },
    },
  );
