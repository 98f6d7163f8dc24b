import { flagOf, isFields, numberOf, textOf, unreadable, type Fields } from './fields.ts';
import { add, DraftBuilder, emptyReading, nameFor, type Reading } from './found.ts';
import { parsePropertyList } from './propertyList.ts';

/**
 * TablePlus's `Connections.plist`, a list in XML. Passwords and keys lie in the keychain of macOS. Its groups are in a file
 * of their own beside it.
 */
export function readTablePlus(text: string, groupsText?: string): Reading {
  const rows = listOf(text);
  if (!rows) throw unreadable('No connections of TablePlus are in this file.');
  const reading = emptyReading();
  const groups = new Map((groupsText === undefined ? [] : (listOf(groupsText) ?? [])).map(groupEntry));
  for (const row of rows) readConnection(reading, row, groups);
  if (groupsText === undefined && rows.some((row) => textOf(row, 'GroupID') !== undefined))
    reading.warnings.push(
      'TablePlus keeps its groups in ConnectionGroups.plist, which is not part of this file.',
    );
  return reading;
}

function listOf(text: string): unknown[] | undefined {
  const value = parsePropertyList(text);
  return Array.isArray(value) ? value : undefined;
}

const groupEntry = (row: unknown): [string, string] => [
  textOf(row, 'ID') ?? '',
  nameFor(textOf(row, 'Name'), 'Group'),
];

function readConnection(reading: Reading, row: unknown, groups: Map<string, string>): void {
  const name = nameFor(textOf(row, 'ConnectionName'), textOf(row, 'DatabaseHost') ?? 'TablePlus');
  const driver = textOf(row, 'Driver') ?? 'unknown';
  if (!isFields(row) || driver !== 'PostgreSQL')
    return void reading.leftOut.push({ name, why: `It is no PostgreSQL (${driver})` });
  const from = (field: string) => `${field} of “${name}” in TablePlus’s Connections.plist`;
  const draft = new DraftBuilder();
  const color = textOf(row, 'statusColor') ?? textOf(row, 'StatusColor');
  draft
    .set('host', textOf(row, 'DatabaseHost'), from('DatabaseHost'))
    .set('port', numberOf(row, 'DatabasePort'), from('DatabasePort'))
    .set('database', textOf(row, 'DatabaseName'), from('DatabaseName'))
    .set('username', textOf(row, 'DatabaseUser'), from('DatabaseUser'))
    .set(
      'color',
      color !== undefined && /^#[0-9a-f]{6}$/i.test(color) ? color : undefined,
      from('statusColor'),
    )
    .set('environment', environments[textOf(row, 'Enviroment') ?? ''], from('Enviroment'));
  readTls(draft, row, from);
  readTunnel(draft, row, from);
  if (numberOf(row, 'DatabasePasswordMode') === commandMode)
    draft.warn('Its password comes from a command there; set it anew, as program and arguments.');
  const group = groups.get(textOf(row, 'GroupID') ?? '');
  add(reading, draft.build(name, group === undefined ? [] : [group]));
}

const commandMode = 3;
const environments: Record<string, string> = {
  local: 'development',
  development: 'development',
  testing: 'development',
  staging: 'staging',
  production: 'production',
};
const modes = ['prefer', 'require', 'verify-ca', 'verify-full'];

function readTls(draft: DraftBuilder, row: Fields, from: (field: string) => string): void {
  const mode = modes[numberOf(row, 'tLSMode') ?? -1];
  draft.set(
    'tls.mode',
    mode ?? 'prefer',
    mode === undefined ? 'none given: libpq’s own default' : from('tLSMode'),
  );
  const files = row.TlsKeyPaths;
  if (Array.isArray(files) && files.some((file) => typeof file === 'string' && file !== ''))
    draft.warn('Its certificate files are not taken over; choose them in the form.');
}

function readTunnel(draft: DraftBuilder, row: Fields, from: (field: string) => string): void {
  if (flagOf(row, 'isOverSSH') !== true) return;
  const keyName = textOf(row, 'ServerPrivateKeyName');
  // An imported key is shown by its name alone: its text lies in the keychain.
  const keyFile = keyName !== undefined && /^[~/]/.test(keyName) ? keyName : undefined;
  const withKey = flagOf(row, 'isUsePrivateKey') === true;
  const auth = withKey ? (keyFile === undefined ? 'agent' : 'key') : 'password';
  if (auth === 'agent') draft.warn('Its SSH key lies in TablePlus’s keychain; the agent is asked instead.');
  draft
    .set('ssh.enabled', true, from('isOverSSH'))
    .set('ssh.hops.0.host', textOf(row, 'ServerAddress'), from('ServerAddress'))
    .set('ssh.hops.0.port', numberOf(row, 'ServerPort'), from('ServerPort'))
    .set('ssh.hops.0.username', textOf(row, 'ServerUser'), from('ServerUser'))
    .set('ssh.hops.0.auth', auth, from('isUsePrivateKey'))
    .set('ssh.hops.0.keyFile', auth === 'key' ? keyFile : undefined, from('ServerPrivateKeyName'));
}
