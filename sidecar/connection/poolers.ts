import type { ConnectionConfig } from '#shared/connection/config.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Backend } from '../postgres/backend.ts';
import type { StartupSetting } from '../postgres/startup.ts';

/**
 * Is something between here and the server that lends us its own connections? It makes its own BackendKeyData, so the
 * process id in there is not the one of the process that answers. Whether it does so for a session or for each transaction
 * cannot be told, so the worse is taken to be true.
 */
export async function isPooled(backend: Backend): Promise<boolean> {
  const [[pid] = []] = await backend.query('select pg_catalog.pg_backend_pid()');
  return Number(pid) !== backend.pid;
}

/** What start-up SQL sets would stay on a connection that others use next. Throws STARTUP_PARAMETER where there is some. */
export function refuseStartupSql({ options }: Pick<ConnectionConfig, 'options'>): void {
  if (options.startupSql)
    throw refused('A pooler stands before this server, where start-up SQL would not last.', {
      detail: 'What it sets may be gone with the next transaction, and may reach sessions of others.',
    });
}

/**
 * A pooler may drop start-up settings without a word. These are the user's: rejects with STARTUP_PARAMETER where the server
 * does not have them.
 */
export async function requireTaken(backend: Backend, settings: StartupSetting[]): Promise<void> {
  const lost: string[] = [];
  for (const { name, value } of settings) {
    const [[now] = []] = await backend.query(`select pg_catalog.current_setting('${name}')`);
    if (now?.toLowerCase() !== value.toLowerCase()) lost.push(name);
  }
  if (lost.length > 0)
    throw refused(`A pooler stands before this server and does not pass on the setting ${lost.join(', ')}.`);
}

/** What can be done where a pooler takes a setting away. */
export const poolerHint =
  'Clear it in the options of this connection, set it on the server (ALTER ROLE ... SET), or connect to the server directly. In PgBouncer track_extra_parameters passes on what the server reports; ignore_startup_parameters only drops it without a word.';

const refused = (message: string, { detail }: { detail?: string } = {}): AppError =>
  new AppError('STARTUP_PARAMETER', message, {
    stage: 'session',
    detail,
    hint: poolerHint,
    retry: 'user',
    actions: [{ id: 'edit', label: 'Edit connection' }],
  });
