import { flagOf, isFields, numberOf, textOf, unreadable, type Fields } from './fields.ts';
import { takeUrl } from './connectionUrl.ts';
import { add, DraftBuilder, emptyReading, nameFor, type FoundSecrets, type Reading } from './found.ts';

/** DbGate's `connections.jsonl`: a connection a line, the later one of an id counts. Its export is a list in JSON. */
export function readDbGate(text: string): Reading {
  const rows = rowsOf(text);
  if (rows.length === 0) throw unreadable('No connections of DbGate are in this file.');
  const reading = emptyReading();
  for (const row of rows) readConnection(reading, row);
  return reading;
}

function rowsOf(text: string): Fields[] {
  const whole = tryJson(text);
  const listed = Array.isArray(whole) ? whole : isFields(whole) ? whole.connections : undefined;
  const values: unknown[] = Array.isArray(listed) ? listed : text.split('\n').map(tryJson);
  const byId = new Map<string, Fields>();
  for (const value of values) {
    if (!isFields(value) || textOf(value, 'engine') === undefined) continue;
    const id = textOf(value, '_id') ?? `${byId.size}`;
    if (flagOf(value, '$$deleted') === true) byId.delete(id);
    else byId.set(id, value);
  }
  return [...byId.values()];
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function readConnection(reading: Reading, row: Fields): void {
  const target = [textOf(row, 'server'), textOf(row, 'defaultDatabase')].filter(Boolean).join('/');
  const name = nameFor(textOf(row, 'displayName'), target);
  const engine = textOf(row, 'engine')?.split('@')[0] ?? '';
  if (engine !== 'postgres')
    return void reading.leftOut.push({ name, why: `It is no PostgreSQL (${engine})` });
  const from = (field: string) => `${field} of “${name}” in DbGate’s connections`;
  const draft = new DraftBuilder();
  const secrets = readAddress(draft, row, from);
  readTls(draft, row, from);
  readTunnel(draft, row, from);
  const color = textOf(row, 'connectionColor');
  draft
    .set('options.readOnly', flagOf(row, 'isReadOnly') === true ? 'guarded' : undefined, from('isReadOnly'))
    .set(
      'color',
      color !== undefined && /^#[0-9a-f]{6}$/i.test(color) ? color : undefined,
      from('connectionColor'),
    );
  const parent = textOf(row, 'parent');
  const found = draft.build(
    name,
    parent === undefined ? [] : parent.split('/').filter((part) => part.trim() !== ''),
  );
  add(reading, { ...found, secrets });
}

/** Gives the password, where it stands there in plain. */
function readAddress(draft: DraftBuilder, row: Fields, from: (field: string) => string): FoundSecrets {
  const url = flagOf(row, 'useDatabaseUrl') === true ? textOf(row, 'databaseUrl') : undefined;
  const secrets = url === undefined ? {} : takeUrl(draft, url, from('databaseUrl'));
  const socket = textOf(row, 'authType') === 'socket' ? textOf(row, 'socketPath') : undefined;
  if (url === undefined)
    draft
      .set('host', socket ?? textOf(row, 'server'), from(socket === undefined ? 'server' : 'socketPath'))
      .set('port', numberOf(row, 'port'), from('port'))
      .set('database', textOf(row, 'defaultDatabase') ?? textOf(row, 'database'), from('defaultDatabase'))
      .set('username', textOf(row, 'user'), from('user'));
  const mode = textOf(row, 'passwordMode') ?? '';
  if (mode.startsWith('ask')) draft.set('credential.source', 'prompt', from('passwordMode'));
  const password = textOf(row, 'password');
  if (password === undefined) return secrets;
  if (!password.startsWith('crypt:')) return { ...secrets, password };
  draft.warn('Its password is encrypted by DbGate and is not taken over.');
  return secrets;
}

/** It checks the server's certificate only where it was told to. */
function readTls(draft: DraftBuilder, row: Fields, from: (field: string) => string): void {
  if (flagOf(row, 'useSsl') !== true) {
    if (draft.provenance['tls.mode'] === undefined)
      draft.set('tls.mode', 'prefer', 'TLS is off there: here it is used where the server offers it');
    return;
  }
  const checks = flagOf(row, 'sslRejectUnauthorized') === true;
  draft.set(
    'tls.mode',
    checks ? 'verify-full' : 'require',
    from(checks ? 'sslRejectUnauthorized' : 'useSsl'),
  );
  draft.set('tls.caFile', textOf(row, 'sslCaFile'), from('sslCaFile'));
  const [cert, key] = [textOf(row, 'sslCertFile'), textOf(row, 'sslKeyFile')];
  if (cert !== undefined && key !== undefined)
    draft.set('tls.certFile', cert, from('sslCertFile')).set('tls.keyFile', key, from('sslKeyFile'));
  else if (cert ?? key)
    draft.warn('Only one of client certificate and key is named; choose both in the form.');
}

function readTunnel(draft: DraftBuilder, row: Fields, from: (field: string) => string): void {
  if (flagOf(row, 'useSshTunnel') !== true) return;
  const ways: Record<string, 'password' | 'key' | 'agent'> = { keyFile: 'key', agent: 'agent' };
  const keyFile = textOf(row, 'sshKeyfile');
  const stated = ways[textOf(row, 'sshMode') ?? ''] ?? 'password';
  const auth = stated === 'key' && keyFile === undefined ? 'agent' : stated;
  if (auth !== stated) draft.warn('Its SSH key file is not named; the agent is asked instead.');
  draft.set('ssh.enabled', true, from('useSshTunnel'));
  // A bastion is logged in to with the same user and key.
  const hosts = ['sshBastionHost', 'sshHost'].filter((field) => textOf(row, field) !== undefined);
  hosts.forEach((field, index) => {
    const path = `ssh.hops.${index}`;
    draft
      .set(`${path}.host`, textOf(row, field), from(field))
      .set(`${path}.port`, numberOf(row, 'sshPort'), from('sshPort'))
      .set(`${path}.username`, textOf(row, 'sshLogin'), from('sshLogin'))
      .set(`${path}.auth`, auth, from('sshMode'))
      .set(`${path}.keyFile`, auth === 'key' ? keyFile : undefined, from('sshKeyfile'));
  });
  if ((textOf(row, 'sshPassword') ?? textOf(row, 'sshKeyfilePassword')) !== undefined)
    draft.warn('Its SSH password or passphrase is not taken over; it is asked for when you connect.');
}
