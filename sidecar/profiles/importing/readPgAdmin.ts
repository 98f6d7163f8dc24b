import { tlsModes, type TlsMode } from '#shared/connection/config.ts';
import { fieldsOf, flagOf, isFields, numberOf, textOf, unreadable, type Fields } from './fields.ts';
import { add, DraftBuilder, emptyReading, nameFor, type Reading } from './found.ts';

/** pgAdmin's "Import/Export Servers": one object of servers under `Servers`. It never holds a password. */
export function readPgAdmin(value: unknown): Reading {
  const servers = fieldsOf(value, 'Servers');
  if (!isFields(value) || !Object.hasOwn(value, 'Servers'))
    throw unreadable('No servers of pgAdmin are in this file.');
  const reading = emptyReading();
  for (const [key, server] of Object.entries(servers)) readServer(reading, key, server);
  return reading;
}

function readServer(reading: Reading, key: string, server: unknown): void {
  const name = nameFor(textOf(server, 'Name'), `Server ${key}`);
  if (!isFields(server)) return void reading.leftOut.push({ name, why: 'It is not written as a server' });
  const service = textOf(server, 'Service');
  const host = textOf(server, 'Host') ?? textOf(server, 'HostAddr');
  if (host === undefined && service !== undefined)
    return void reading.leftOut.push({
      name,
      why: `It names only the service ${service}: import pg_service.conf instead`,
    });
  const from = (field: string) => `${field} of “${name}” in pgAdmin’s export`;
  const draft = new DraftBuilder();
  const user = textOf(server, 'Username') ?? textOf(server, 'SharedUsername');
  draft
    .set(
      'host',
      host ?? '/var/run/postgresql',
      host === undefined ? 'no host given: the local socket' : from('Host'),
    )
    .set('port', numberOf(server, 'Port'), from('Port'))
    .set('database', textOf(server, 'MaintenanceDB'), from('MaintenanceDB'))
    .set('username', user, from('Username'))
    .set('options.role', textOf(server, 'Role'), from('Role'))
    .set('options.startupSql', textOf(server, 'PostConnectionSQL'), from('PostConnectionSQL'))
    .set('color', colorOf(server), from('BGColor'));
  readParameters(draft, server, from);
  readTunnel(draft, server, from);
  readOthers(draft, server);
  const group = textOf(server, 'Group');
  add(reading, draft.build(name, group === undefined || group === 'Servers' ? [] : [group]));
}

/** Older exports have fields of their own for what newer ones keep as libpq's parameters. */
function readParameters(draft: DraftBuilder, server: Fields, from: (field: string) => string): void {
  const parameters = fieldsOf(server, 'ConnectionParameters');
  const either = (parameter: string, field: string): [string | undefined, string] => {
    const value = textOf(parameters, parameter);
    return value === undefined ? [textOf(server, field), from(field)] : [value, from(parameter)];
  };
  const [mode, modeFrom] = either('sslmode', 'SSLMode');
  const isMode = tlsModes.includes(mode as TlsMode);
  if (mode !== undefined && !isMode) draft.warn('Its TLS mode is not known here; prefer is taken instead.');
  draft.set('tls.mode', isMode ? mode : 'prefer', isMode ? modeFrom : 'none given: libpq’s own default');
  const files = { caFile: 'sslrootcert:SSLRootCert', certFile: 'sslcert:SSLCert', keyFile: 'sslkey:SSLKey' };
  const found = Object.entries(files).map(([field, names]) => {
    const [parameter = '', older = ''] = names.split(':');
    const [value, words] = either(parameter, older);
    return { field, value: value !== undefined && inStorage(value) ? undefined : value, words };
  });
  const pair = found.filter(({ field, value }) => field !== 'caFile' && value !== undefined).length;
  if (pair === 1) draft.warn('Only one of client certificate and key is named; choose both in the form.');
  for (const { field, value, words } of found)
    if (field === 'caFile' || pair === 2) draft.set(`tls.${field}`, value, words);
  const [timeout, timeoutFrom] = either('connect_timeout', 'Timeout');
  const seconds = Number(timeout);
  if (timeout !== undefined && seconds >= 1 && seconds <= 300)
    draft.set('options.connectTimeoutSec', Math.round(seconds), timeoutFrom);
  draft.set('hostaddr', textOf(parameters, 'hostaddr'), from('hostaddr'));
  const [passfile, passfileFrom] = either('passfile', 'PassFile');
  if (passfile !== undefined)
    draft
      .set('credential.source', 'pgpass', passfileFrom)
      .set('credential.passfile', inStorage(passfile) ? undefined : passfile, passfileFrom);
}

/** In pgAdmin's server mode paths begin with a word of its own. */
const inStorage = (path: string): boolean => path.startsWith('<STORAGE_DIR>');

function readTunnel(draft: DraftBuilder, server: Fields, from: (field: string) => string): void {
  if (flagOf(server, 'UseSSHTunnel') !== true) return;
  const withKey = flagOf(server, 'TunnelAuthentication') === true;
  const keyFile = textOf(server, 'TunnelIdentityFile');
  // Without its file a key cannot be used; an agent may hold it.
  const auth = withKey ? (keyFile === undefined ? 'agent' : 'key') : 'password';
  if (withKey && keyFile === undefined)
    draft.warn('Its SSH key file is not named; the agent is asked instead.');
  draft
    .set('ssh.enabled', true, from('UseSSHTunnel'))
    .set('ssh.hops.0.host', textOf(server, 'TunnelHost'), from('TunnelHost'))
    .set('ssh.hops.0.port', numberOf(server, 'TunnelPort'), from('TunnelPort'))
    .set('ssh.hops.0.username', textOf(server, 'TunnelUsername'), from('TunnelUsername'))
    .set('ssh.hops.0.auth', auth, from('TunnelAuthentication'))
    .set('ssh.hops.0.keyFile', auth === 'key' ? keyFile : undefined, from('TunnelIdentityFile'));
}

function readOthers(draft: DraftBuilder, server: Fields): void {
  if (textOf(server, 'PasswordExecCommand') !== undefined)
    draft.warn('Its password command is one line for a shell; set it anew, as program and arguments.');
  if (flagOf(server, 'KerberosAuthentication') === true) draft.warn('Kerberos is not supported.');
  if (textOf(server, 'Service') !== undefined)
    draft.warn('What its service in pg_service.conf adds is not part of this.');
}

const colorOf = (server: Fields): string | undefined => {
  const color = textOf(server, 'BGColor');
  return color !== undefined && /^#[0-9a-f]{6}$/i.test(color) ? color : undefined;
};
