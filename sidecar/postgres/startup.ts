import type { ConnectionOptions } from '#shared/connection/config.ts';

/** A server setting that every backend of a connection starts with. */
export interface StartupSetting {
  name: string;
  value: string;
}

/**
 * What may be left out where the server, or a pooler before it, does not know it. All else is the user's word: who asked
 * for a role, or for read-only, must not get a session without it. (An empty search_path is ours: the control connection's.)
 */
const optional: ReadonlySet<string> = new Set([
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'client_connection_check_interval',
]);

/** Ours alone is the one that watches the client. */
export const isLimit = ({ name }: StartupSetting): boolean =>
  optional.has(name) && name !== 'client_connection_check_interval';

export const isOptional = ({ name, value }: StartupSetting): boolean => optional.has(name) || value === '';

/**
 * What is left to ask for behind a pooler: the user's word. Limits and read-only go by SET LOCAL there, for a pooler that
 * takes them may give them to others, too.
 */
export const usersSettings = (settings: StartupSetting[]): StartupSetting[] =>
  settings.filter((setting) => !isOptional(setting) && setting.name !== 'default_transaction_read_only');

/**
 * The start-up settings of a connection, so that each backend has them from its first statement and RESET brings them
 * back. `refused` are those that this server did not take before.
 */
export function startupSettings(options: ConnectionOptions, refused: ReadonlySet<string>): StartupSetting[] {
  const wanted: [string, string | number | undefined][] = [
    ['statement_timeout', options.statementTimeoutMs],
    ['lock_timeout', options.lockTimeoutMs],
    ['idle_in_transaction_session_timeout', options.idleInTransactionTimeoutMs],
    ['default_transaction_read_only', options.readOnly === 'off' ? undefined : 'on'],
    ['search_path', options.searchPath],
    ['TimeZone', options.timeZone],
    ['role', options.role],
    // From PostgreSQL 14: a backend whose client has vanished ends its query within two seconds.
    ['client_connection_check_interval', 2_000],
  ];
  return wanted.flatMap(([name, value]) =>
    value === undefined || value === '' || refused.has(name) ? [] : [{ name, value: String(value) }],
  );
}

/** As the start-up packet's `options` wants it: space and backslash in a value are escaped by a backslash. */
export const formatOptions = (settings: StartupSetting[]): string =>
  settings.map(({ name, value }) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`).join(' ');

/**
 * Which settings a refused start-up was about: the one that the message names or, where it names none (a pooler's
 * "unsupported startup parameter: options"), all of them.
 */
export function refusedSettings(message: string, settings: StartupSetting[]): StartupSetting[] {
  const named = settings.filter(({ name }) => message.toLowerCase().includes(name.toLowerCase()));
  return named.length > 0 ? named : settings;
}
