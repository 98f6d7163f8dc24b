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

/** Settings of a server, and the options of a definition that they come from. */
const settingOptions = [
  ['statement_timeout', 'statementTimeoutMs'],
  ['lock_timeout', 'lockTimeoutMs'],
  ['idle_in_transaction_session_timeout', 'idleInTransactionTimeoutMs'],
  ['default_transaction_read_only', 'readOnly'],
  ['search_path', 'searchPath'],
  ['TimeZone', 'timeZone'],
  ['role', 'role'],
] as const satisfies readonly (readonly [string, keyof ConnectionOptions])[];

/**
 * The start-up settings of a connection, so that each backend has them from its first statement and RESET brings them
 * back. `refused` are those that this server did not take before.
 */
export function startupSettings(options: ConnectionOptions, refused: ReadonlySet<string>): StartupSetting[] {
  const wanted: [string, string | number | undefined][] = [
    ...settingOptions.map(([name, option]): [string, string | number | undefined] => [
      name,
      option === 'readOnly' ? (options.readOnly === 'off' ? undefined : 'on') : options[option],
    ]),
    // From PostgreSQL 14: a backend whose client has vanished ends its query within two seconds.
    ['client_connection_check_interval', 2_000],
  ];
  return wanted.flatMap(([name, value]) =>
    value === undefined || value === '' || refused.has(name) ? [] : [{ name, value: String(value) }],
  );
}

/** The option of a definition that a setting comes from; undefined for those of our own. */
export const optionOf = (setting: string): string | undefined =>
  settingOptions.find(([name]) => name === setting)?.[1];

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
