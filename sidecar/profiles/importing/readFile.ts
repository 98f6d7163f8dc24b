import { readFile, stat } from 'node:fs/promises';
import { maxDefinitionBytes } from '#shared/connection/definitionLimits.ts';
import { AppError } from '#shared/error/appError.ts';
import { unreadable } from './fields.ts';

/** The text of a file of the user's. Rejects with FILE_NOT_FOUND or IMPORT_UNREADABLE. */
export async function readText(path: string): Promise<string> {
  try {
    const found = await stat(path);
    // Looked at before it is opened: opening a pipe would wait for somebody to write to it.
    if (!found.isFile()) throw unreadable(`${path} is no file.`);
    if (found.size > maxDefinitionBytes) throw tooLarge();
    return await readFile(path, 'utf8');
  } catch (error) {
    throw error instanceof AppError ? error : openError(path, error);
  }
}

const tooLarge = (): AppError =>
  unreadable(
    `This file is larger than ${maxDefinitionBytes / 1024 / 1024} MB: it is no list of connections.`,
  );

function openError(path: string, error: unknown): AppError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new AppError('FILE_NOT_FOUND', `There is no file ${path}.`);
  if (code === 'EACCES' || code === 'EPERM')
    return unreadable(`${path} cannot be read by you.`, 'Look at its owner and permissions.');
  return unreadable(`${path} cannot be read.`);
}
