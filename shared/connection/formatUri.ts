import { optionsSchema, type ConnectionConfig, type ConnectionOptions } from './config.ts';
import { places } from './places.ts';

/** What a connection string can say of a connection; SSH is no part of it, and a password never is. */
type Described = Pick<
  ConnectionConfig,
  'host' | 'port' | 'hostaddr' | 'database' | 'username' | 'targetSessionAttrs' | 'tls' | 'options'
>;

/** The connection as a URI for libpq, that is for psql, pg_dump and most drivers: without its password. */
export function formatUri(config: Described): string {
  const hosts = places(config).map(({ host, port }) => `${hostPart(host)}:${port}`);
  const query = parameters(config).map(([keyword, value]) => `${keyword}=${encoded(value)}`);
  const question = query.length > 0 ? '?' : '';
  return `postgresql://${encoded(config.username)}@${hosts.join(',')}/${encoded(config.database)}${question}${query.join('&')}`;
}

/** As a line for a shell; nothing in the URI means anything to one within double quotes. */
export const formatPsqlCommand = (config: Described): string => `psql "${formatUri(config)}"`;

/** One setting of the server as it stands in libpq's `options`. */
export const serverOption = (name: string, value: string): string =>
  `-c ${name}=${value.replace(/[\\\s]/g, '\\$&')}`;

function parameters({ hostaddr, targetSessionAttrs, tls, options }: Described): [string, string][] {
  const defaults = optionsSchema.parse({});
  // For Hawser no CA file means the roots of the system; libpq must be told, and has a word for it in verify-full only.
  const root = tls.caFile ?? (tls.mode === 'verify-full' ? 'system' : undefined);
  const all: [string, string | undefined][] = [
    ['sslmode', tls.mode],
    ['sslrootcert', root],
    ['sslcert', tls.certFile],
    ['sslkey', tls.keyFile],
    ['hostaddr', hostaddr],
    ['target_session_attrs', targetSessionAttrs === 'any' ? undefined : targetSessionAttrs],
    ['application_name', unlessSame(options.applicationName, defaults.applicationName)],
    ['connect_timeout', unlessSame(options.connectTimeoutSec, defaults.connectTimeoutSec)],
    ['options', serverOptions(options)],
  ];
  return all.filter((each): each is [string, string] => Boolean(each[1]));
}

const unlessSame = <T extends string | number>(value: T, usual: T): string | undefined =>
  value === usual ? undefined : String(value);

function serverOptions(options: ConnectionOptions): string {
  const all: [string, string | number | undefined][] = [
    ['statement_timeout', options.statementTimeoutMs],
    ['lock_timeout', options.lockTimeoutMs],
    ['idle_in_transaction_session_timeout', options.idleInTransactionTimeoutMs],
    ['default_transaction_read_only', options.readOnly === 'off' ? undefined : 'on'],
    ['search_path', options.searchPath],
    ['role', options.role],
    ['TimeZone', options.timeZone],
  ];
  return all
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => serverOption(name, String(value)))
    .join(' ');
}

/**
 * An IPv6 address stands in brackets, with its zone encoded; a socket's folder has its slashes encoded. What only looks like
 * an address is no exception: somebody else's file may have brought it, and a shell will read it.
 */
const hostPart = (host: string): string =>
  /^[\da-f:.]*:[\da-f:.]*(%[\w.-]+)?$/i.test(host) ? `[${host.replace('%', '%25')}]` : encoded(host);

/** Also those characters that a URI could hold but a shell would stumble over. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${(character.codePointAt(0) ?? 0).toString(16)}`,
  );
