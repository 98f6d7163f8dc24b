import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '#shared/error/appError.ts';
import { libpqEnvironment } from '../lib/libpqEnvironment.ts';
import { wholePath } from '../storage/paths.ts';
import { findPgpass, parsePgpass, type PgpassLogin } from './pgpass.ts';

/** No password file is longer; what is named by mistake must not fill the memory. */
const maxBytes = 4 * 1024 * 1024;

/** Where libpq looks: the definition's own file, PGPASSFILE, the user's. */
export function pgpassPath(passfile: string | undefined, env = libpqEnvironment): string {
  const named = passfile || env.PGPASSFILE;
  if (named) return wholePath(named) ?? named;
  return process.platform === 'win32'
    ? join(process.env.APPDATA ?? homedir(), 'postgresql', 'pgpass.conf')
    : join(homedir(), '.pgpass');
}

/** Rejects with CREDENTIAL_REQUIRED, which says what is the matter with the file; it is read anew each time. */
export async function readPgpass(passfile: string | undefined, login: PgpassLogin): Promise<string> {
  const path = pgpassPath(passfile);
  const password = findPgpass(parsePgpass(await readSafely(path)), login);
  if (password) return password;
  const { host, port, database, username } = login;
  throw refused(`The password file ${path} has no line for this login.`, {
    reason: 'pgpassNoEntry',
    hint: `It would begin ${[host, String(port), database, username].map(escaped).join(':')}: and end with the password.`,
  });
}

// Opening a pipe would else wait for somebody who writes into it.
const readFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Looked at and read through one handle, so that it is the file that was looked at. */
async function readSafely(path: string): Promise<string> {
  const file = await open(path, readFlags).catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw missing
      ? refused(`The password file ${path} is not there.`, { reason: 'pgpassMissing' })
      : refused(`The password file ${path} cannot be read.`, {
          reason: 'pgpassUnreadable',
          detail: String(error),
        });
  });
  try {
    const { mode, size } = await file.stat().then((stats) => {
      if (stats.isFile()) return stats;
      throw refused(`The password file ${path} is no plain file.`, { reason: 'pgpassUnreadable' });
    });
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw refused(`The password file ${path} is ignored, because others on this computer may read it.`, {
        reason: 'pgpassMode',
        hint: `Close it to others: chmod 0600 ${path}`,
      });
    if (size > maxBytes)
      throw refused(`The password file ${path} is too long.`, { reason: 'pgpassUnreadable' });
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

const refused = (message: string, facts: { reason: string; hint?: string; detail?: string }): AppError =>
  new AppError('CREDENTIAL_REQUIRED', message, {
    ...facts,
    actions: [
      { id: 'enterPassword', label: 'Enter password' },
      { id: 'edit', label: 'Edit connection' },
    ],
  });

const escaped = (text: string): string => text.replace(/[\\:]/g, '\\$&');
