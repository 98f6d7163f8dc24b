import { serverOption } from '#shared/connection/formatUri.ts';
import { ConninfoError, type ReadSettings, type Settings } from './settings.ts';
import { cutAt, decode, parseHosts } from './uri.ts';

const source = 'the JDBC URL';

/** Parameters of PostgreSQL's driver that are libpq's settings under another name, or the same. */
const sameMeaning = new Map(
  Object.entries({
    user: 'user',
    password: 'password',
    PGHOST: 'host',
    PGPORT: 'port',
    PGDBNAME: 'dbname',
    sslmode: 'sslmode',
    sslrootcert: 'sslrootcert',
    sslcert: 'sslcert',
    sslkey: 'sslkey',
    sslpassword: 'sslpassword',
    ApplicationName: 'application_name',
    options: 'options',
    loginTimeout: 'connect_timeout',
    connectTimeout: 'connect_timeout',
    service: 'service',
    channelBinding: 'channel_binding',
    gssEncMode: 'gssencmode',
    requireAuth: 'require_auth',
    replication: 'replication',
  }),
);
const serverTypes = new Map(
  Object.entries({
    any: 'any',
    primary: 'primary',
    master: 'primary',
    secondary: 'standby',
    slave: 'standby',
    preferSecondary: 'prefer-standby',
    preferSlave: 'prefer-standby',
  }),
);

/**
 * Reads `jdbc:postgresql://host/db?user=…` as PostgreSQL's own driver for Java does, whose parameters are not libpq's.
 * Throws ConninfoError.
 */
export function parseJdbc(text: string): ReadSettings {
  const settings: Settings = new Map();
  const warnings = ['This is a JDBC URL: parameters of the Java driver alone have no meaning here.'];
  const rest = text.replace(/^jdbc:postgresql:/i, '');
  const [place, query = ''] = cutAt(rest, '?');
  const [, authority = '', name = ''] = /^(?:\/\/([^/]*))?\/?([^]*)$/.exec(place) ?? [];
  const set = (keyword: string, value: string, part: string) => {
    if (value !== '') settings.set(keyword, { value: decode(value, part), source });
  };
  // The driver itself takes no user before the hosts; it is written there all the same.
  const at = authority.lastIndexOf('@');
  if (at >= 0) {
    const [user, password = ''] = cutAt(authority.slice(0, at), ':');
    set('user', user, 'user');
    set('password', password, 'password');
    warnings.push('Java would not take the user before the host: it belongs into the parameters.');
  }
  const hosts = parseHosts(authority.slice(at + 1));
  set('host', hosts.map(({ host }) => host).join(','), 'host');
  set(
    'port',
    hosts
      .map(({ port }) => port)
      .join(',')
      .replace(/^,+$/, ''),
    'port',
  );
  set('dbname', name, 'database');
  takeParameters(parametersOf(query), settings, warnings);
  return { settings, warnings };
}

/** Unlike in libpq, a plus is a blank, the first of two with one name counts for nothing, and a value may be missing. */
function parametersOf(query: string): Map<string, string> {
  const pairs = query.split('&').filter(Boolean);
  return new Map(
    pairs.map((pair) => {
      const [name, value = ''] = cutAt(pair, '=');
      return [name, decode(value.replaceAll('+', ' '), 'value of a parameter')];
    }),
  );
}

function takeParameters(parameters: Map<string, string>, settings: Settings, warnings: string[]): void {
  const take = (name: string): string | undefined => {
    const value = parameters.get(name);
    parameters.delete(name);
    return value;
  };
  for (const [name, keyword] of sameMeaning) {
    const value = take(name);
    if (value) settings.set(keyword, { value, source });
  }
  takeTls(take, settings, warnings);
  takeServerType(take, settings);
  const schema = take('currentSchema');
  const more = [
    ...(schema ? [serverOption('search_path', schema)] : []),
    ...(take('readOnly') === 'true' ? [serverOption('default_transaction_read_only', 'on')] : []),
  ];
  if (more.length > 0) {
    const value = [settings.get('options')?.value, ...more].filter(Boolean).join(' ');
    settings.set('options', { value, source });
  }
  const known = [...parameters.keys()].filter((name) => driversOwn.has(name));
  if (known.length > 0) warnings.push(`Left out, for they are the Java driver's: ${known.join(', ')}.`);
  // Not by its name: it may be the rest of a password that was cut in pieces.
  if (parameters.size > known.length)
    warnings.push('A parameter that nobody knows was left out. In a password “&” is written %26.');
}

type Take = (name: string) => string | undefined;

function takeTls(take: Take, settings: Settings, warnings: string[]): void {
  const ssl = take('ssl');
  const unverified = /NonValidatingFactory$/.test(take('sslfactory') ?? '');
  if (settings.get('sslkey')?.value.match(/\.(pk8|p12)$/i))
    warnings.push('The client key must be a PEM file: Java reads it in other forms, Hawser does not.');
  if (settings.has('sslmode') || (ssl !== 'true' && ssl !== '')) return;
  settings.set('sslmode', { value: unverified ? 'require' : 'verify-full', source });
  warnings.push(
    unverified
      ? 'The factory named here verifies nothing: TLS mode require, which does not either.'
      : 'In JDBC, ssl=true verifies the server in full; libpq would take it as require.',
  );
}

function takeServerType(take: Take, settings: Settings): void {
  const type = take('targetServerType');
  if (!type || type === 'preferPrimary') return;
  const value = serverTypes.get(type);
  if (value === undefined)
    throw new ConninfoError(
      'There is no such targetServerType.',
      `It is one of ${[...serverTypes.keys()].join(', ')}.`,
    );
  settings.set('target_session_attrs', { value, source });
}

/** What changes how Java works with the connection, and nothing here. */
const driversOwn = new Set(
  (
    'adaptiveFetch adaptiveFetchMaximum adaptiveFetchMinimum allowEncodingChanges assumeMinServerVersion ' +
    'authenticationPluginClassName autosave binaryTransfer binaryTransferDisable binaryTransferEnable ' +
    'cancelSignalTimeout cleanupSavepoints databaseMetadataCacheFields databaseMetadataCacheFieldsMiB ' +
    'defaultRowFetchSize disableColumnSanitiser escapeSyntaxCallMode groupStartupParameters gssLib ' +
    'gssResponseTimeout gssUseDefaultCreds hideUnprivilegedObjects hostRecheckSeconds jaasApplicationName ' +
    'jaasLogin kerberosServerName loadBalanceHosts localSocketAddress logServerErrorDetail logUnclosedConnections ' +
    'loggerFile loggerLevel maxResultBuffer maxSendBufferSize preferQueryMode prepareThreshold ' +
    'preparedStatementCacheQueries preparedStatementCacheSizeMiB protocolVersion queryTimeout quoteReturningIdentifiers ' +
    'readOnlyMode receiveBufferSize reWriteBatchedInserts sendBufferSize socketFactory socketFactoryArg ' +
    'socketTimeout sslNegotiation sslResponseTimeout sslfactoryarg sslhostnameverifier sslpasswordcallback ' +
    'sspiServiceClass stringtype tcpKeepAlive tcpNoDelay unknownLength useSpnego xmlFactoryFactory'
  ).split(' '),
);
