import {
  optionsSchema,
  type ConnectionConfig,
  type ConnectionDraft,
  type CredentialSource,
  type Environment,
  type Secrets,
  type TlsMode,
} from '#shared/connection/config.ts';

/** What stands in the fields: texts as typed, so that nothing is lost while it is not valid yet. */
export interface FormValues {
  name: string;
  environment: Environment;
  /** Empty: the top level. */
  groupId: string;
  /** Empty: none. */
  color: string;
  host: string;
  port: string;
  database: string;
  username: string;
  source: CredentialSource;
  password: string;
  /** Empty: what suits the host. */
  tlsMode: TlsMode | '';
  caFile: string;
  connectTimeoutSec: string;
  statementTimeoutMs: string;
  lockTimeoutMs: string;
  idleInTransactionTimeoutMs: string;
  applicationName: string;
  readOnly: 'off' | 'guarded' | 'strict';
  replay: 'ask' | 'auto';
  keepaliveIntervalSec: string;
  maxPoolSize: string;
  searchPath: string;
  role: string;
  timeZone: string;
  startupSql: string;
}

export type FieldName = keyof FormValues;
export type FormTab = 'general' | 'tls' | 'options';

const option = (name: string): string => `options.${name}`;

/** Where each field stands in a config, as issues name it. */
export const fieldPaths: Record<FieldName, string> = {
  name: 'name',
  environment: 'environment',
  groupId: 'groupId',
  color: 'color',
  host: 'host',
  port: 'port',
  database: 'database',
  username: 'username',
  source: 'credential.source',
  password: 'secrets.password',
  tlsMode: 'tls.mode',
  caFile: 'tls.caFile',
  connectTimeoutSec: option('connectTimeoutSec'),
  statementTimeoutMs: option('statementTimeoutMs'),
  lockTimeoutMs: option('lockTimeoutMs'),
  idleInTransactionTimeoutMs: option('idleInTransactionTimeoutMs'),
  applicationName: option('applicationName'),
  readOnly: option('readOnly'),
  replay: option('reconnect.replay'),
  keepaliveIntervalSec: option('keepaliveIntervalSec'),
  maxPoolSize: option('maxPoolSize'),
  searchPath: option('searchPath'),
  role: option('role'),
  timeZone: option('timeZone'),
  startupSql: option('startupSql'),
};

/** On which tab the field of an issue stands; undefined for those above the tabs. */
export function tabOf(path: string): FormTab | undefined {
  if (['name', 'environment', 'groupId', 'color'].includes(path)) return undefined;
  if (path.startsWith('tls.')) return 'tls';
  return path.startsWith('options.') ? 'options' : 'general';
}

const numberText = (value: number | undefined): string => (value === undefined ? '' : String(value));

export function valuesOf(config: ConnectionConfig | undefined, groupId = ''): FormValues {
  const options = config?.options ?? optionsSchema.parse({});
  return {
    name: config?.name ?? '',
    environment: config?.environment ?? 'none',
    groupId: config ? (config.groupId ?? '') : groupId,
    color: config?.color ?? '',
    host: config?.host ?? 'localhost',
    port: String(config?.port ?? 5432),
    database: config?.database ?? 'postgres',
    username: config?.username ?? 'postgres',
    source: config?.credential.source ?? 'session',
    password: '',
    tlsMode: config?.tls.mode ?? '',
    caFile: config?.tls.caFile ?? '',
    connectTimeoutSec: String(options.connectTimeoutSec),
    statementTimeoutMs: numberText(options.statementTimeoutMs),
    lockTimeoutMs: numberText(options.lockTimeoutMs),
    idleInTransactionTimeoutMs: numberText(options.idleInTransactionTimeoutMs),
    applicationName: options.applicationName,
    readOnly: options.readOnly,
    replay: options.reconnect.replay,
    keepaliveIntervalSec: String(options.keepaliveIntervalSec),
    maxPoolSize: String(options.maxPoolSize),
    searchPath: options.searchPath ?? '',
    role: options.role ?? '',
    timeZone: options.timeZone ?? '',
    startupSql: options.startupSql ?? '',
  };
}

/**
 * The config that the fields describe, over the one they were filled from, so that what this form does not show is
 * kept. May be invalid; validation names what.
 */
export function draftOf(values: FormValues, base: ConnectionConfig | undefined): ConnectionDraft {
  const { credential, tls, options, ...rest } = base ?? {};
  return pruned({
    ...rest,
    name: values.name.trim(),
    environment: values.environment,
    groupId: values.groupId,
    color: values.color,
    host: values.host.trim(),
    port: number(values.port),
    database: values.database.trim(),
    username: values.username.trim(),
    credential: { ...credential, source: values.source },
    tls: pruned({ ...tls, mode: values.tlsMode, caFile: values.caFile.trim() }),
    options: pruned({
      ...options,
      connectTimeoutSec: number(values.connectTimeoutSec),
      statementTimeoutMs: number(values.statementTimeoutMs),
      lockTimeoutMs: number(values.lockTimeoutMs),
      idleInTransactionTimeoutMs: number(values.idleInTransactionTimeoutMs),
      applicationName: values.applicationName.trim(),
      readOnly: values.readOnly,
      reconnect: { ...options?.reconnect, replay: values.replay },
      keepaliveIntervalSec: number(values.keepaliveIntervalSec),
      maxPoolSize: number(values.maxPoolSize),
      searchPath: values.searchPath.trim(),
      role: values.role.trim(),
      timeZone: values.timeZone.trim(),
      startupSql: values.startupSql.trim(),
    }),
  });
}

/** Which of them are sent: only a password that was typed, and only where the source takes one. */
export const secretsOf = ({ source, password }: FormValues): Secrets =>
  password === '' || (source !== 'session' && source !== 'prompt') ? {} : { password };

/** An empty field means the default; anything that is no number goes through as it is, to be named as wrong. */
const number = (text: string): number | string | undefined => {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
};

/** Fields that must be there stay, though empty: else their default would slip in for what was deleted on purpose. */
const required = new Set(['name', 'host', 'database', 'username']);

const pruned = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([key, value]) => value !== undefined && (value !== '' || required.has(key)),
    ),
  );

/** zod's words for a wrong kind of value are for programmers. */
export const fieldMessage = (message: string): string =>
  /^Invalid input: expected (number|int)/.test(message) ? 'A whole number' : message;
