import { targetSessionAttrs, tlsModes } from '#shared/connection/config.ts';
import { defaultTlsMode } from '#shared/connection/validate.ts';
import { addressOf } from './hosts.ts';
import { warnOfLeft } from './leftOut.ts';
import { durationMs, serverSettings } from './serverOptions.ts';
import { ConninfoError, isSecret, type Settings } from './settings.ts';
import { Taking, unfilled, type ParsedDraft } from './taking.ts';

/**
 * libpq's settings as a draft of a connection. What they leave out is libpq's default where that says with which server one
 * speaks and as whom, and Hawser's own everywhere else. Throws ConninfoError for a value that libpq would not take.
 * @param osUser libpq's default for the user.
 */
export function draftOf(settings: Settings, { osUser }: { osUser: string }): ParsedDraft {
  const taking = new Taking(settings);
  for (const [keyword, { source, unexpanded }] of settings)
    if (unexpanded && !isSecret(keyword))
      taking.warn(`Put the value of ${keyword} in its place (${source}): ${unfilled}`);
  takeAddress(taking, settings);
  takeWho(taking, osUser);
  taking.hide('password', 'password');
  taking.hide('sslpassword', 'keyPassphrase');
  takeChoice(taking, 'target_session_attrs', 'targetSessionAttrs', targetSessionAttrs);
  takeTls(taking);
  takeNames(taking);
  takeTimeLimit(taking);
  takeServerSettings(taking);
  takePlaces(taking);
  warnOfLeft(taking);
  return taking;
}

/** The sources of what a text does not say, and libpq fills in. */
const byDefault = 'the default';
const fromSystem = 'your name on this computer';
const fromUser = 'the name of the user, as in libpq';
const assumed = [byDefault, fromSystem, fromUser];

/** Whether a field's value was read, and not only filled in. */
export const isRead = (source: string): boolean => !assumed.includes(source);

function takeAddress(taking: Taking, settings: Settings): void {
  const { host, hostaddr, port, warnings } = addressOf(settings);
  const [hostFrom, addressFrom, portFrom] = ['host', 'hostaddr', 'port'].map((keyword) =>
    taking.take(keyword),
  );
  taking.set('host', host ?? 'localhost', (hostFrom ?? addressFrom)?.source ?? byDefault);
  if (hostaddr !== undefined) taking.set('hostaddr', hostaddr, addressFrom?.source ?? byDefault);
  taking.set('port', port, portFrom?.source ?? byDefault);
  if (host === undefined)
    taking.warn('No host is named. libpq would take the socket on its own computer, here it is localhost.');
  for (const warning of warnings) taking.warn(warning);
}

function takeWho(taking: Taking, osUser: string): void {
  const user = taking.take('user') ?? { value: osUser, source: fromSystem };
  taking.set('username', user.value, user.source);
  const database = taking.take('dbname') ?? {
    value: user.value,
    source: fromUser,
  };
  taking.set('database', database.value, database.source);
}

function takeChoice(taking: Taking, keyword: string, path: string, allowed: readonly string[]): void {
  const found = taking.take(keyword);
  if (!found) return;
  if (!allowed.includes(found.value))
    throw new ConninfoError(`There is no such ${keyword}.`, `It is one of ${allowed.join(', ')}.`);
  taking.set(path, found.value, found.source);
}

function takeTls(taking: Taking): void {
  takeChoice(taking, 'sslmode', 'tls.mode', tlsModes);
  const root = taking.take('sslrootcert');
  // An empty CA file means the system's roots here; libpq then verifies in full.
  if (root?.value === 'system') taking.set('tls.mode', 'verify-full', root.source);
  else if (root) taking.set('tls.caFile', root.value, root.source);
  taking.move('sslcert', 'tls.certFile');
  taking.move('sslkey', 'tls.keyFile');
  const { host = '', tls } = taking.config;
  if (tls?.mode === undefined && defaultTlsMode(host) === 'verify-full')
    taking.warn('No sslmode is named: Hawser verifies the server in full, where libpq would not (prefer).');
}

function takeNames(taking: Taking): void {
  const fallback = taking.take('fallback_application_name');
  const name = taking.take('application_name') ?? fallback;
  if (name) taking.set('options.applicationName', name.value, name.source);
}

const longestWaitSec = 300;

function takeTimeLimit(taking: Taking): void {
  const limit = taking.take('connect_timeout');
  if (!limit) return;
  if (!/^\s*[-+]?\d+\s*$/.test(limit.value))
    throw new ConninfoError('The connect_timeout is no whole number of seconds.');
  const seconds = Number(limit.value);
  if (seconds > 0 && seconds <= longestWaitSec)
    return taking.set('options.connectTimeoutSec', seconds, limit.source);
  taking.set('options.connectTimeoutSec', longestWaitSec, limit.source);
  taking.warn(`The time to connect is ${longestWaitSec} s at most: here every wait has an end.`);
}

/** Settings of the server that are a field; times in milliseconds. */
const fields = new Map<string, { path: string; isTime?: boolean }>([
  ['statement_timeout', { path: 'options.statementTimeoutMs', isTime: true }],
  ['lock_timeout', { path: 'options.lockTimeoutMs', isTime: true }],
  ['idle_in_transaction_session_timeout', { path: 'options.idleInTransactionTimeoutMs', isTime: true }],
  ['search_path', { path: 'options.searchPath' }],
  ['role', { path: 'options.role' }],
  ['timezone', { path: 'options.timeZone' }],
]);

function takeServerSettings(taking: Taking): void {
  const options = taking.take('options');
  if (!options) return;
  const { settings, others } = serverSettings(options.value);
  for (const { name, value } of settings) {
    const field = fields.get(name);
    const known = field?.isTime ? durationMs(value) : value;
    const isReadOnly = name === 'default_transaction_read_only';
    if (field && known !== undefined) taking.set(field.path, known, `${options.source}, ${name}`);
    else if (!isReadOnly) taking.warn(`“${name}” in the options was left out: write it as start-up SQL.`);
    else if (/^(on|t(rue)?|y(es)?|1)$/i.test(value))
      taking.set('options.readOnly', 'guarded', `${options.source}, ${name}`);
  }
  if (others > 0) taking.warn('Of the options, only settings like -c name=value can be taken.');
}

/** Files that hold more of the connection. */
function takePlaces(taking: Taking): void {
  const file = taking.take('passfile');
  if (file && taking.secrets.password === undefined) {
    taking.set('credential.source', 'pgpass', file.source);
    taking.set('credential.passfile', file.value, file.source);
  }
  const service = [taking.take('service'), taking.take('servicefile')];
  if (service.some(Boolean))
    taking.warn('A service of pg_service.conf is named: it was not found. What it says is missing here.');
}
