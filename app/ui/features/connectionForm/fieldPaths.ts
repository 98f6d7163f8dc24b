import type { FieldName, HopValues } from './formValues.ts';

export type FormTab = 'general' | 'tls' | 'ssh' | 'options' | 'advanced';

const option = (name: string): string => `options.${name}`;
const reconnect = (name: string): string => `options.reconnect.${name}`;

/** Where each field stands in a config, as issues name it; by tab, in the order in which the form shows them. */
const byTab = {
  head: { name: 'name', environment: 'environment', groupId: 'groupId', color: 'color' },
  general: {
    host: 'host',
    port: 'port',
    database: 'database',
    username: 'username',
    password: 'secrets.password',
    source: 'credential.source',
    command: 'credential.command',
    commandTimeoutSec: 'credential.commandTimeoutSec',
    commandLifetimeSec: 'credential.commandLifetimeSec',
    passfile: 'credential.passfile',
  },
  tls: {
    tlsMode: 'tls.mode',
    caFile: 'tls.caFile',
    serverName: 'tls.serverName',
    certFile: 'tls.certFile',
    keyFile: 'tls.keyFile',
    keyPassphrase: 'secrets.keyPassphrase',
    pinnedSpkiSha256: 'tls.pinnedSpkiSha256',
  },
  ssh: { sshEnabled: 'ssh.enabled', useSshConfig: 'ssh.useSshConfig' },
  options: {
    readOnly: option('readOnly'),
    autoCommit: option('autoCommit'),
    connectTimeoutSec: option('connectTimeoutSec'),
    statementTimeoutMs: option('statementTimeoutMs'),
    lockTimeoutMs: option('lockTimeoutMs'),
    idleInTransactionTimeoutMs: option('idleInTransactionTimeoutMs'),
    keepaliveIntervalSec: option('keepaliveIntervalSec'),
    role: option('role'),
    searchPath: option('searchPath'),
    timeZone: option('timeZone'),
    startupSql: option('startupSql'),
  },
  advanced: {
    targetSessionAttrs: 'targetSessionAttrs',
    hostaddr: 'hostaddr',
    applicationName: option('applicationName'),
    maxPoolSize: option('maxPoolSize'),
    poolWaitMs: option('poolWaitMs'),
    heartbeatIntervalMs: option('heartbeatIntervalMs'),
    heartbeatDeadlineMs: option('heartbeatDeadlineMs'),
    reconnectEnabled: reconnect('enabled'),
    replay: reconnect('replay'),
    maxAttempts: reconnect('maxAttempts'),
    initialDelayMs: reconnect('initialDelayMs'),
    factor: reconnect('factor'),
    maxDelayMs: reconnect('maxDelayMs'),
    lateMaxDelayMs: reconnect('lateMaxDelayMs'),
  },
} as const satisfies Record<FormTab | 'head', Partial<Record<FieldName, string>>>;

export const fieldPaths: Record<FieldName, string> = {
  ...byTab.head,
  ...byTab.general,
  ...byTab.tls,
  ...byTab.ssh,
  ...byTab.options,
  ...byTab.advanced,
};

const tabsByPath = new Map(
  Object.entries(byTab).flatMap(([tab, fields]) =>
    Object.values(fields).map((path): [string, string] => [path, tab]),
  ),
);
const order = [...tabsByPath.keys()];

/** The field that an issue is about. */
export const fieldAt = (path: string): FieldName | undefined =>
  (Object.keys(fieldPaths) as FieldName[]).find((name) => fieldPaths[name] === path);

/** Where a field of a hop stands in a config, as issues name it. */
export const hopPath = (index: number, field: string): string => `ssh.hops.${index}.${field}`;

/** Where the secret of a hop stands, which is known by its id. */
export const hopSecretPath = (id: string, field: 'password' | 'passphrase'): string =>
  `secrets.ssh.${id}.${field}`;

const hopFields: Record<string, keyof HopValues> = {
  host: 'host',
  port: 'port',
  username: 'username',
  auth: 'auth',
  keyFile: 'keyFile',
  'credential.source': 'source',
  'credential.command': 'command',
  'credential.commandTimeoutSec': 'commandTimeoutSec',
  'credential.commandLifetimeSec': 'commandLifetimeSec',
  'credential.passfile': 'passfile',
};

/** Which hop and which of its fields an issue is about. */
export function hopFieldAt(
  path: string,
  hops: readonly HopValues[],
): { index: number; field: keyof HopValues } | undefined {
  const [, at, name] = /^ssh\.hops\.(\d+)\.(.+)$/.exec(path) ?? [];
  const field = name === undefined ? undefined : hopFields[name];
  if (field && Number(at) < hops.length) return { index: Number(at), field };
  const [, id, secret] = /^secrets\.ssh\.(.+)\.(password|passphrase)$/.exec(path) ?? [];
  const index = hops.findIndex((hop, position) => hop.id === id || String(position) === id);
  return index === -1 ? undefined : { index, field: secret as 'password' | 'passphrase' };
}

/** On which tab what an issue names stands; undefined for what is above the tabs. */
export function tabOf(path: string): FormTab | undefined {
  const tab = tabsByPath.get(path);
  if (tab !== undefined) return tab === 'head' ? undefined : (tab as FormTab);
  if (path.startsWith('tls')) return 'tls';
  if (/^(secrets\.)?ssh\b/.test(path)) return 'ssh';
  return path.startsWith('options') ? 'options' : 'general';
}

/** Sorts paths as the eye meets their fields; those of a hop after the switches above them. */
export function inOrder(paths: Iterable<string>, hops: readonly HopValues[]): string[] {
  const fields = Object.values(hopFields);
  const rank = (path: string): number => {
    const known = order.indexOf(path);
    if (known !== -1) return known;
    const last = order.findLastIndex((each) => tabsByPath.get(each) === tabOf(path));
    const hop = hopFieldAt(path, hops);
    const within = hop ? hop.index + (fields.indexOf(hop.field) + 1) / 20 : hops.length;
    return last + (within + 1) / 100;
  };
  return [...paths].sort((a, b) => rank(a) - rank(b));
}
