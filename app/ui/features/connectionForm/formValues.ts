import {
  optionsSchema,
  type ConnectionConfig,
  type ConnectionOptions,
  type CredentialSource,
  type Environment,
  type ReadOnlyMode,
  type TlsMode,
} from '#shared/connection/config.ts';
import { commandLine } from './commandWords.ts';

/** Where a secret comes from, and the one that is typed; the same for the server and for each hop. */
export interface CredentialValues {
  source: CredentialSource;
  /** Typed anew; a stored one never comes here. */
  password: string;
  /** A program and its arguments, as one line. */
  command: string;
  commandTimeoutSec: string;
  commandLifetimeSec: string;
  /** Empty: the one of PGPASSFILE, else the user's own. */
  passfile: string;
}

export type SshAuth = 'password' | 'key' | 'agent';

export interface HopValues extends CredentialValues {
  id: string;
  host: string;
  port: string;
  username: string;
  auth: SshAuth;
  keyFile: string;
  passphrase: string;
}

/** What stands in the fields: texts as typed, so that nothing is lost while it is not valid yet. */
export interface FormValues extends CredentialValues {
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
  /** Empty: what suits the host. */
  tlsMode: TlsMode | '';
  caFile: string;
  certFile: string;
  keyFile: string;
  keyPassphrase: string;
  serverName: string;
  pinnedSpkiSha256: string;
  sshEnabled: boolean;
  useSshConfig: boolean;
  hops: HopValues[];
  readOnly: 'off' | 'guarded' | 'strict';
  autoCommit: boolean;
  connectTimeoutSec: string;
  statementTimeoutMs: string;
  lockTimeoutMs: string;
  idleInTransactionTimeoutMs: string;
  keepaliveIntervalSec: string;
  searchPath: string;
  role: string;
  timeZone: string;
  startupSql: string;
  targetSessionAttrs: ConnectionConfig['targetSessionAttrs'];
  hostaddr: string;
  applicationName: string;
  maxPoolSize: string;
  poolWaitMs: string;
  heartbeatIntervalMs: string;
  heartbeatDeadlineMs: string;
  reconnectEnabled: boolean;
  replay: 'ask' | 'auto';
  maxAttempts: string;
  initialDelayMs: string;
  factor: string;
  maxDelayMs: string;
  lateMaxDelayMs: string;
}

export type FieldName = Exclude<keyof FormValues, 'hops'>;
/** The fields in which a text is typed. */
export type TextName = {
  [Name in FieldName]: string extends FormValues[Name] ? Name : never;
}[FieldName];

const text = (value: string | number | undefined): string => (value === undefined ? '' : String(value));

/** What a new definition begins with depends on whether this computer has a keychain. */
/** What a new definition begins with. */
export interface FormDefaults {
  groupId?: string;
  source: CredentialSource;
  tlsMode?: TlsMode | undefined;
  options?: Partial<ConnectionOptions>;
  /** Once its environment is production. */
  productionReadOnly?: ReadOnlyMode;
}

export function valuesOf(config: ConnectionConfig | undefined, defaults: FormDefaults): FormValues {
  return {
    name: config?.name ?? '',
    environment: config?.environment ?? 'none',
    groupId: config ? text(config.groupId) : text(defaults.groupId),
    color: text(config?.color),
    host: config?.host ?? 'localhost',
    port: text(config?.port ?? 5432),
    database: config?.database ?? 'postgres',
    username: config?.username ?? 'postgres',
    ...credentialValues(config?.credential ?? { source: defaults.source }),
    tlsMode: config?.tls.mode ?? defaults.tlsMode ?? '',
    caFile: text(config?.tls.caFile),
    certFile: text(config?.tls.certFile),
    keyFile: text(config?.tls.keyFile),
    keyPassphrase: '',
    serverName: text(config?.tls.serverName),
    pinnedSpkiSha256: text(config?.tls.pinnedSpkiSha256),
    sshEnabled: config?.ssh?.enabled ?? false,
    useSshConfig: config?.ssh?.useSshConfig ?? true,
    hops: (config?.ssh?.hops ?? []).map(hopValues),
    targetSessionAttrs: config?.targetSessionAttrs ?? 'any',
    hostaddr: text(config?.hostaddr),
    ...optionValues(config?.options ?? optionsSchema.parse(defaults.options ?? {})),
  };
}

function optionValues(options: ConnectionOptions) {
  const { reconnect } = options;
  return {
    readOnly: options.readOnly,
    autoCommit: options.autoCommit,
    connectTimeoutSec: text(options.connectTimeoutSec),
    statementTimeoutMs: text(options.statementTimeoutMs),
    lockTimeoutMs: text(options.lockTimeoutMs),
    idleInTransactionTimeoutMs: text(options.idleInTransactionTimeoutMs),
    keepaliveIntervalSec: text(options.keepaliveIntervalSec),
    searchPath: text(options.searchPath),
    role: text(options.role),
    timeZone: text(options.timeZone),
    startupSql: text(options.startupSql),
    applicationName: options.applicationName,
    maxPoolSize: text(options.maxPoolSize),
    poolWaitMs: text(options.poolWaitMs),
    heartbeatIntervalMs: text(options.heartbeatIntervalMs),
    heartbeatDeadlineMs: text(options.heartbeatDeadlineMs),
    reconnectEnabled: reconnect.enabled,
    replay: reconnect.replay,
    maxAttempts: text(reconnect.maxAttempts),
    initialDelayMs: text(reconnect.initialDelayMs),
    factor: text(reconnect.factor),
    maxDelayMs: text(reconnect.maxDelayMs),
    lateMaxDelayMs: text(reconnect.lateMaxDelayMs),
  };
}

const credentialValues = (credential: ConnectionConfig['credential']): CredentialValues => ({
  source: credential.source,
  password: '',
  command: commandLine(credential.command ?? []),
  commandTimeoutSec: text(credential.commandTimeoutSec),
  commandLifetimeSec: text(credential.commandLifetimeSec),
  passfile: text(credential.passfile),
});

const hopValues = (hop: NonNullable<ConnectionConfig['ssh']>['hops'][number]): HopValues => ({
  id: hop.id,
  host: hop.host,
  port: text(hop.port),
  username: hop.username,
  auth: hop.auth,
  keyFile: text(hop.keyFile),
  passphrase: '',
  ...credentialValues(hop.credential),
});

/** A hop as it is added: an agent asks for nothing, and a host of `~/.ssh/config` brings the rest. */
export const newHop = (source: CredentialSource): HopValues => ({
  id: crypto.randomUUID(),
  host: '',
  port: '22',
  username: '',
  auth: 'agent',
  keyFile: '',
  passphrase: '',
  ...credentialValues({ source }),
});
