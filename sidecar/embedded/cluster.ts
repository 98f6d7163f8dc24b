import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#shared/error/appError.ts';
import { runCommand } from './command.ts';
import type { Launcher } from './launcher.ts';

export const superuser = 'postgres';

const initDeadlineMs = 60_000;
/** The sample takes two or three seconds on an ordinary machine; a slow disk under load may take many times that. */
const statementsDeadlineMs = 120_000;

/**
 * Makes an empty cluster in `folder` (which must not exist): UTF-8, sorted by code point everywhere alike, passwords by
 * scram-sha-256 for everybody. `passwordFile` holds the superuser's password and must be readable by the launcher's account.
 */
export async function createCluster({
  launcher,
  folder,
  passwordFile,
  token,
  signal,
}: {
  launcher: Launcher;
  folder: string;
  passwordFile: string;
  token: string;
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const args = [
    ...['-D', folder, '-U', superuser, '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    // The data is synced to disk once, when all of it is there; small WAL segments keep the folder small.
    ...['--no-sync', '--wal-segsize=1', '--no-instructions', '-c', `cluster_name=${token}`],
  ];
  const { code, output } = await runCommand(launcher.command('initdb', args), {
    deadlineMs: initDeadlineMs,
    cwd: launcher.home,
    ...(signal && { signal }),
  });
  signal?.throwIfAborted();
  if (code !== 0) throw failed('The data folder of the built-in server could not be made.', output);
}

/**
 * Runs statements on a cluster that no server holds, in PostgreSQL's single-user mode: no port, no password, no other client, and the
 * first error ends it. `fsync` is off; `syncCluster` follows. Statements that are empty of a line break after a semicolon only.
 */
export async function runSingleUser({
  launcher,
  folder,
  database,
  statements,
  token,
  signal,
}: {
  launcher: Launcher;
  folder: string;
  database: string;
  statements: readonly string[];
  token: string;
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const settings = {
    cluster_name: token,
    exit_on_error: 'on',
    // A cluster that is interrupted in the making is thrown away: it needs no log to be recovered from.
    full_page_writes: 'off',
    wal_level: 'minimal',
    max_wal_senders: 0,
    min_wal_size: '2MB',
    max_wal_size: '16MB',
    log_checkpoints: 'off',
    log_min_error_statement: 'panic',
    search_path: 'public',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = launcher.command('postgres', ['--single', '-F', '-j', '-D', folder, ...args, database]);
  // With -j a statement ends at a semicolon and an empty line.
  const input = statements.map((text) => `${text.trim().replace(/;$/, '')};\n\n`).join('');
  const { code, output } = await runCommand(command, {
    input,
    deadlineMs: statementsDeadlineMs,
    cwd: launcher.home,
    ...(signal && { signal }),
  });
  signal?.throwIfAborted();
  if (code !== 0)
    throw failed('The sample data of the built-in server could not be made.', withoutPrompts(output));
}

/** Single-user mode greets, and asks for each statement as if somebody sat before it. */
const withoutPrompts = (output: string): string =>
  output
    .replace(/^PostgreSQL stand-alone.*\n/, '')
    .replace(/^(backend> )+/gm, '')
    .trim();

/** Writes everything in the cluster through to the disk. */
export async function syncCluster(launcher: Launcher, folder: string): Promise<void> {
  const { code, output } = await runCommand(launcher.command('initdb', ['-D', folder, '--sync-only']), {
    deadlineMs: initDeadlineMs,
    cwd: launcher.home,
  });
  if (code !== 0) throw failed('The data of the built-in server could not be written to disk.', output);
}

/** The major version that made the cluster, or undefined where there is no cluster. */
export async function clusterVersion(folder: string): Promise<string | undefined> {
  return readFile(path.join(folder, 'PG_VERSION'), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

/** EMBEDDED_FAILED with the server's last lines. */
export function failed(message: string, detail: string, hint?: string): AppError {
  return new AppError('EMBEDDED_FAILED', message, {
    detail,
    ...(hint !== undefined && { hint }),
    actions: [
      { id: 'retry', label: 'Try again' },
      { id: 'embedded.reset', label: 'Reset the sample' },
    ],
  });
}
