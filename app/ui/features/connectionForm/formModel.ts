import type { ConnectionConfig, ConnectionDraft } from '#shared/connection/config.ts';
import type { FieldIssue } from '#shared/error/envelope.ts';
import { commandWords } from './commandWords.ts';
import { hopPath } from './fieldPaths.ts';
import type { CredentialValues, FormValues, HopValues } from './formValues.ts';

/**
 * The config that the fields describe, over the one they were filled from, so that what this form does not show is
 * kept. May be invalid; validation names what.
 */
export function draftOf(values: FormValues, base: ConnectionConfig | undefined): ConnectionDraft {
  const { tls, options, ssh: _ssh, credential: _credential, ...rest } = base ?? {};
  return pruned({
    ...rest,
    name: values.name.trim() || (base ? '' : suggestedName(values)),
    environment: values.environment,
    groupId: values.groupId,
    color: values.color,
    host: values.host.trim(),
    hostaddr: values.hostaddr.trim(),
    port: number(values.port),
    database: values.database.trim(),
    username: values.username.trim(),
    targetSessionAttrs: values.targetSessionAttrs,
    credential: credentialOf(values),
    tls: pruned({
      ...tls,
      mode: values.tlsMode,
      caFile: values.caFile.trim(),
      certFile: values.certFile.trim(),
      keyFile: values.keyFile.trim(),
      serverName: values.serverName.trim(),
      pinnedSpkiSha256: values.pinnedSpkiSha256.trim(),
    }),
    ssh: sshOf(values),
    options: pruned({ ...options, ...optionsOf(values), reconnect: reconnectOf(values) }),
  });
}

/** What a connection is called that is given no name. */
export function suggestedName({ database = '', host = '' }: { database?: string; host?: string }): string {
  const [name, first = ''] = [database.trim(), host.split(',')[0]?.trim()];
  return name && first ? `${name} on ${first.startsWith('/') ? 'this computer' : first}` : '';
}

const optionsOf = (values: FormValues) => ({
  connectTimeoutSec: number(values.connectTimeoutSec),
  statementTimeoutMs: number(values.statementTimeoutMs),
  lockTimeoutMs: number(values.lockTimeoutMs),
  idleInTransactionTimeoutMs: number(values.idleInTransactionTimeoutMs),
  applicationName: values.applicationName.trim(),
  readOnly: values.readOnly,
  keepaliveIntervalSec: number(values.keepaliveIntervalSec),
  heartbeatIntervalMs: number(values.heartbeatIntervalMs),
  heartbeatDeadlineMs: number(values.heartbeatDeadlineMs),
  maxPoolSize: number(values.maxPoolSize),
  poolWaitMs: number(values.poolWaitMs),
  role: values.role.trim(),
  searchPath: values.searchPath.trim(),
  timeZone: values.timeZone.trim(),
  startupSql: values.startupSql.trim(),
  autoCommit: values.autoCommit,
});

const reconnectOf = (values: FormValues) =>
  pruned({
    enabled: values.reconnectEnabled,
    replay: values.replay,
    maxAttempts: number(values.maxAttempts),
    initialDelayMs: number(values.initialDelayMs),
    factor: number(values.factor),
    maxDelayMs: number(values.maxDelayMs),
    lateMaxDelayMs: number(values.lateMaxDelayMs),
  });

const credentialOf = (values: CredentialValues) =>
  pruned({
    source: values.source,
    ...(values.source === 'command' && {
      command: commandWords(values.command.trim()),
      commandTimeoutSec: number(values.commandTimeoutSec),
      commandLifetimeSec: number(values.commandLifetimeSec),
    }),
    ...(values.source === 'pgpass' && { passfile: values.passfile.trim() }),
  });

/** While it is off, what is half typed is not in anybody's way. */
function sshOf({ sshEnabled, useSshConfig, hops }: FormValues): Record<string, unknown> | undefined {
  const kept = sshEnabled ? hops : hops.filter(isWhole);
  if (!sshEnabled && kept.length === 0) return undefined;
  return { enabled: sshEnabled, useSshConfig, hops: kept.map(hopOf) };
}

const isWhole = (hop: HopValues): boolean => hop.host.trim() !== '' && hop.username.trim() !== '';

const hopOf = (hop: HopValues): Record<string, unknown> => ({
  ...pruned({ id: hop.id, port: number(hop.port), keyFile: hop.keyFile.trim() }),
  host: hop.host.trim(),
  username: hop.username.trim(),
  auth: hop.auth,
  credential: credentialOf(hop),
});

/** What only the form can see: a config holds words, not the line that they are typed as. */
export function lineIssues(values: FormValues): FieldIssue[] {
  const message = 'A quote is not closed';
  const isOpen = ({ source, command }: CredentialValues) =>
    source === 'command' && commandWords(command) === undefined;
  const own = isOpen(values) ? [{ path: 'credential.command', message }] : [];
  const hops = values.sshEnabled ? values.hops : [];
  return hops.reduce(
    (issues, hop, index) =>
      isOpen(hop) ? [...issues, { path: hopPath(index, 'credential.command'), message }] : issues,
    own,
  );
}

/** An empty field means the default; anything that is no number goes through as it is, to be named as wrong. */
const number = (text: string): number | string | undefined => {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
};

/** Fields that must be there stay, though empty: else their default would slip in for what was deleted on purpose. */
const required = new Set(['name', 'host', 'database', 'username']);

const isThere = (key: string, value: unknown): boolean =>
  value !== undefined &&
  (value !== '' || required.has(key)) &&
  !(key === 'command' && Array.isArray(value) && value.length === 0);

const pruned = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([key, value]) => isThere(key, value)));

/** zod's words for a wrong kind of value are for programmers. */
export const fieldMessage = (message: string): string =>
  /^Invalid input: expected (number|int)/.test(message) ? 'A whole number' : message;
