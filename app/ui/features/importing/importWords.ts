import type { DefinitionSource, FoundDefinition } from '#shared/connection/definitions.ts';

const sources: Record<DefinitionSource, string> = {
  hawser: 'Hawser’s own export',
  service: 'pg_service.conf',
  environment: 'PG variables of the environment',
  pgpass: 'Password file (.pgpass)',
  dbeaver: 'DBeaver',
  pgadmin: 'pgAdmin',
  dbgate: 'DbGate',
  tableplus: 'TablePlus',
};

export const sourceName = (source: DefinitionSource): string => sources[source];

export const countWords = (count: number): string =>
  count === 1 ? '1 connection' : `${count.toLocaleString()} connections`;

/** Where it leads: `user@host:port/database`, with what is not named left to its default. */
export function targetWords({ config }: FoundDefinition): string {
  const { username = 'postgres', host = 'localhost', port = 5432, database = 'postgres' } = config;
  const hasPort = host.includes(',') || host.startsWith('/') || port === 5432;
  return `${username}@${host}${hasPort ? '' : `:${port}`}/${database}`;
}

/** Fields as the form calls them; others by their path. */
const fields: Record<string, string> = {
  host: 'Host',
  hostaddr: 'Address',
  port: 'Port',
  database: 'Database',
  username: 'User',
  color: 'Colour',
  environment: 'Environment',
  'tls.mode': 'TLS mode',
  'tls.caFile': 'CA file',
  'tls.certFile': 'Client certificate',
  'tls.keyFile': 'Client key',
  'credential.source': 'Password from',
  'options.readOnly': 'Read-only',
  'options.role': 'Role',
  'options.searchPath': 'Search path',
  'options.startupSql': 'Start-up SQL',
  'options.applicationName': 'Application name',
  'options.connectTimeoutSec': 'Time to connect (s)',
  'options.autoCommit': 'Auto-commit',
  targetSessionAttrs: 'Kind of server',
  'ssh.enabled': 'SSH',
  'secrets.password': 'Password',
  'secrets.keyPassphrase': 'Passphrase of the client key',
};

const hopFields: Record<string, string> = {
  host: 'host',
  port: 'port',
  username: 'user',
  auth: 'login',
  keyFile: 'key file',
};

export interface FieldLine {
  label: string;
  /** Absent for a secret. */
  value: string | undefined;
  from: string;
}

/** Each field that was found, in the order in which the source gave it. */
export function fieldLines({ config, provenance }: FoundDefinition): FieldLine[] {
  return Object.entries(provenance).map(([path, from]) => {
    const [, hop, field = ''] = /^ssh\.hops\.(\d+)\.(\w+)$/.exec(path) ?? [];
    const hopLabel = hop === undefined ? undefined : `SSH ${Number(hop) + 1}, ${hopFields[field] ?? field}`;
    return { label: hopLabel ?? fields[path] ?? path, value: valueAt(config, path), from };
  });
}

function valueAt(config: object, path: string): string | undefined {
  const value = path
    .split('.')
    .reduce<unknown>((owner, key) => (owner as Record<string, unknown> | undefined)?.[key], config);
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
