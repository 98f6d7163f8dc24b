import { tlsModes, type TlsMode } from '#shared/connection/config.ts';
import { fieldsOf, flagOf, isFields, numberOf, textOf, unreadable, type Fields } from './fields.ts';
import { takeUrl } from './connectionUrl.ts';
import { add, DraftBuilder, emptyReading, nameFor, type FoundSecrets, type Reading } from './found.ts';
import { readDbeaverTunnel } from './dbeaverTunnel.ts';

/**
 * DBeaver's `data-sources.json`: folders by path, connections by id. Users and passwords lie in an encrypted file of its
 * own, which is not read.
 */
export function readDbeaver(value: unknown): Reading {
  if (!isFields(value) || !isFields(value.connections))
    throw unreadable('No connections of DBeaver are in this file.');
  const reading = emptyReading();
  const folders = fieldsOf(value, 'folders');
  for (const [id, connection] of Object.entries(value.connections))
    readConnection(reading, id, connection, folders);
  if (reading.found.some(({ config }) => config.username === undefined))
    reading.warnings.push(
      'DBeaver keeps users and passwords in an encrypted file of its own, which is not read: set the users in the form.',
    );
  return reading;
}

/** Speak the protocol, and are another server all the same. */
const relatives = /redshift|cockroach|materialize|greenplum/i;

function readConnection(reading: Reading, id: string, connection: unknown, folders: Fields): void {
  const name = nameFor(textOf(connection, 'name'), id);
  const leave = (why: string) => void reading.leftOut.push({ name, why });
  const provider = textOf(connection, 'provider') ?? 'unknown';
  const driver = textOf(connection, 'driver') ?? '';
  if (provider !== 'postgresql') return leave(`It is no PostgreSQL (${provider})`);
  if (relatives.test(driver)) return leave(`It is no PostgreSQL (${driver})`);
  const from = (field: string) => `${field} of “${name}” in DBeaver’s data-sources.json`;
  const configuration = fieldsOf(connection, 'configuration');
  const draft = new DraftBuilder();
  const inUrl = readAddress(draft, configuration, from);
  if (draft.provenance.host === undefined) return leave('It names no host');
  readTls(draft, configuration, from);
  readDbeaverTunnel(draft, fieldsOf(fieldsOf(configuration, 'handlers'), 'ssh_tunnel'), from);
  readHabits(draft, connection, configuration, from);
  const found = draft.build(name, folderPath(textOf(connection, 'folder'), folders));
  const password = textOf(configuration, 'password');
  add(reading, { ...found, secrets: { ...inUrl, ...(password !== undefined && { password }) } });
}

function readAddress(
  draft: DraftBuilder,
  configuration: Fields,
  from: (field: string) => string,
): FoundSecrets {
  const url = textOf(configuration, 'url');
  const isManual =
    textOf(configuration, 'configurationType') !== 'URL' && textOf(configuration, 'host') !== undefined;
  const secrets = isManual || url === undefined ? {} : takeUrl(draft, url, from('url'));
  if (isManual || url === undefined)
    draft
      .set('host', textOf(configuration, 'host'), from('host'))
      .set('port', numberOf(configuration, 'port'), from('port'))
      .set('database', textOf(configuration, 'database'), from('database'));
  draft.set('username', textOf(configuration, 'user'), from('user'));
  if (textOf(configuration, 'auth-model')?.includes('pgpass') === true)
    draft.set('credential.source', 'pgpass', from('auth-model'));
  return secrets;
}

/** Where nothing is said, its driver does as libpq does: TLS where the server offers it, without a look at who it is. */
function readTls(draft: DraftBuilder, configuration: Fields, from: (field: string) => string): void {
  const handler = fieldsOf(fieldsOf(configuration, 'handlers'), 'postgre_ssl');
  const properties = fieldsOf(handler, 'properties');
  const isOn = flagOf(handler, 'enabled') === true;
  const stated = isOn
    ? textOf(properties, 'sslMode')
    : textOf(fieldsOf(configuration, 'properties'), 'sslmode');
  const mode = stated?.toLowerCase();
  if (tlsModes.includes(mode as TlsMode)) draft.set('tls.mode', mode, from(isOn ? 'sslMode' : 'sslmode'));
  else if (isOn) draft.set('tls.mode', 'verify-full', `${from('postgre_ssl')}: on, without a mode`);
  else if (draft.provenance['tls.mode'] === undefined)
    draft.set('tls.mode', 'prefer', 'none given: its driver’s own default');
  if (!isOn) return;
  const first = (...fields: string[]) =>
    fields
      .map((field) => [textOf(properties, field), from(field)] as const)
      .find(([value]) => value !== undefined);
  const [ca, cert, key] = [
    first('ssl.ca.cert', 'rootCert', 'sslRootCert'),
    first('ssl.client.cert', 'clientCert', 'sslCert'),
    first('ssl.client.key', 'clientKey', 'sslKey'),
  ];
  if (ca) draft.set('tls.caFile', ...ca);
  if (cert && key) draft.set('tls.certFile', ...cert).set('tls.keyFile', ...key);
  else if (cert ?? key)
    draft.warn('Only one of client certificate and key is named; choose both in the form.');
}

const environments: Record<string, string> = { dev: 'development', test: 'staging', prod: 'production' };

function readHabits(
  draft: DraftBuilder,
  connection: unknown,
  configuration: Fields,
  from: (field: string) => string,
): void {
  const readOnly = flagOf(connection, 'read-only') === true ? 'guarded' : undefined;
  const bootstrap = fieldsOf(configuration, 'bootstrap');
  const queries = Array.isArray(bootstrap.initQueries) ? bootstrap.initQueries : [];
  const startupSql = queries.filter((query) => typeof query === 'string' && query.trim() !== '').join(';\n');
  draft
    .set('environment', environments[textOf(configuration, 'type') ?? ''], from('type'))
    .set('color', colorOf(textOf(configuration, 'color')), from('color'))
    .set('options.readOnly', readOnly, from('read-only'))
    .set('options.autoCommit', flagOf(bootstrap, 'autocommit'), from('autocommit'))
    .set('options.searchPath', textOf(bootstrap, 'defaultSchema'), from('defaultSchema'))
    .set('options.startupSql', startupSql === '' ? undefined : startupSql, from('initQueries'));
  if (textOf(configuration, 'config-profile') !== undefined)
    draft.warn('It uses a network profile of DBeaver, which is not part of this.');
  if (/\$\{/.test(JSON.stringify(configuration)))
    draft.warn('It uses variables of DBeaver; write them out in the form.');
}

/** `#rrggbb`, or three numbers with commas. */
function colorOf(text: string | undefined): string | undefined {
  if (text === undefined || /^#[0-9a-f]{6}$/i.test(text)) return text;
  const parts = /^(\d{1,3}),(\d{1,3}),(\d{1,3})$/.exec(text.replaceAll(' ', ''))?.slice(1).map(Number);
  if (parts?.every((part) => part < 256) !== true) return undefined;
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** A folder is named by its path; where only its own name is given, its parents are looked up. */
function folderPath(folder: string | undefined, folders: Fields): string[] {
  const path = (folder ?? '').split('/').filter((part) => part.trim() !== '');
  for (let parent = parentOf(folders, path); parent !== undefined && path.length < maxDepth;) {
    path.unshift(...parent.split('/').filter((part) => part.trim() !== ''));
    parent = parentOf(folders, path);
  }
  return path.slice(0, maxDepth);
}

const maxDepth = 32;

function parentOf(folders: Fields, path: readonly string[]): string | undefined {
  const [first] = path;
  return first === undefined ? undefined : textOf(fieldsOf(folders, first), 'parent');
}
