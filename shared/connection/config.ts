import * as z from 'zod';
import { timestamp } from '../contract/define.ts';
import { envelopeSchema } from '../error/envelope.ts';

/** A zero byte ends a text for the server, and what follows it would be read as something else. */
const text = z
  .string()
  .max(10_000)
  .refine((value) => !value.includes('\0'), 'A zero byte cannot be part of this');
/** PostgreSQL's limits of names are in bytes. */
const utf8Bytes = (value: string): number =>
  Array.from(value, (character) => character.codePointAt(0) ?? 0).reduce(
    (sum, code) => sum + (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4),
    0,
  );

const filled = (message: string) => text.trim().min(1, message);
const milliseconds = z.int().min(0).max(2_147_483_647);
export const portSchema = z
  .int('A port is a whole number')
  .min(1, 'A port is 1 to 65535')
  .max(65_535, 'A port is 1 to 65535');
export const colorSchema = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'A colour is written as #rrggbb');

export const environments = ['none', 'development', 'staging', 'production'] as const;
export const credentialSources = ['keychain', 'session', 'prompt', 'pgpass', 'command', 'none'] as const;
export const tlsModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export const readOnlyModes = ['off', 'guarded', 'strict'] as const;
export const replayModes = ['ask', 'auto'] as const;
export const targetSessionAttrs = [
  'any',
  'read-write',
  'read-only',
  'primary',
  'standby',
  'prefer-standby',
] as const;

/** Where a password comes from. No field here can hold one. */
export const credentialSchema = z.strictObject({
  source: z.enum(credentialSources).default('keychain'),
  /** Program and arguments whose first line of output is the password; only with source `command`. */
  command: z.array(text).min(1).optional(),
  commandTimeoutSec: z.int().min(1).max(300).optional(),
  commandLifetimeSec: z.int().min(0).optional(),
  /** The password file; absent: the one of PGPASSFILE, else the user's own. Only with source `pgpass`. */
  passfile: text.optional(),
});

export const tlsSchema = z.strictObject({
  mode: z.enum(tlsModes),
  caFile: text.optional(),
  certFile: text.optional(),
  keyFile: text.optional(),
  serverName: text.optional(),
  pinnedSpkiSha256: text.optional(),
});

export const sshHopSchema = z.strictObject({
  id: text.min(1),
  host: filled('The SSH host is missing'),
  port: portSchema.default(22),
  username: filled('The SSH user is missing'),
  auth: z.enum(['password', 'key', 'agent']),
  keyFile: text.optional(),
  credential: credentialSchema.prefault({}),
});

export const sshSchema = z.strictObject({
  enabled: z.boolean().default(false),
  hops: z.array(sshHopSchema).max(16).default([]),
  useSshConfig: z.boolean().default(true),
});

export const reconnectSchema = z.strictObject({
  enabled: z.boolean().default(true),
  initialDelayMs: milliseconds.min(1).default(100),
  factor: z.number().min(1).max(10).default(2),
  maxDelayMs: milliseconds.min(1).default(2_000),
  /** The longest wait after ten minutes of failing. */
  lateMaxDelayMs: milliseconds.min(1).default(10_000),
  maxAttempts: z.int().min(1).optional(),
  /** Settings and roles that tabs lost are set again on the user's word, or by itself. */
  replay: z.enum(replayModes).default('ask'),
});

export const optionsSchema = z.strictObject({
  connectTimeoutSec: z.int().min(1, 'From 1 to 300 seconds').max(300, 'From 1 to 300 seconds').default(10),
  statementTimeoutMs: milliseconds.optional(),
  lockTimeoutMs: milliseconds.optional(),
  idleInTransactionTimeoutMs: milliseconds.optional(),
  applicationName: text.refine((value) => utf8Bytes(value) <= 63, 'At most 63 bytes').default('Hawser'),
  readOnly: z.enum(readOnlyModes).default('off'),
  keepaliveIntervalSec: z.int().min(0).max(86_400).default(60),
  /** 0 switches the heartbeat off, for servers that are billed while awake. */
  heartbeatIntervalMs: milliseconds.default(2_500),
  heartbeatDeadlineMs: milliseconds.min(100).default(4_000),
  maxPoolSize: z.int().min(2, 'From 2 to 10').max(10, 'From 2 to 10').default(10),
  poolWaitMs: milliseconds.default(30_000),
  role: text.optional(),
  searchPath: text.optional(),
  timeZone: text.optional(),
  startupSql: text.optional(),
  autoCommit: z.boolean().default(true),
  reconnect: reconnectSchema.prefault({}),
});

export const connectionConfigSchema = z.strictObject({
  id: z.uuid(),
  /** Unique within its group. */
  name: filled('The name is missing').max(200),
  color: colorSchema.optional(),
  environment: z.enum(environments).default('none'),
  groupId: z.string().optional(),
  sortOrder: z.number().default(0),
  engine: z.enum(['postgres', 'redis', 'memcached']).default('postgres'),
  /** `embedded` is a PostgreSQL that Hawser itself starts. */
  mode: z.enum(['server', 'embedded']).default('server'),
  /** A name, an address, a socket directory, or a list `h1:5433,h2:5434`. */
  host: filled('The host is missing').default('localhost'),
  hostaddr: text.optional(),
  port: portSchema.default(5432),
  database: filled('The database is missing').default('postgres'),
  username: filled('The user is missing').default('postgres'),
  targetSessionAttrs: z.enum(targetSessionAttrs).default('any'),
  credential: credentialSchema.prefault({}),
  tls: tlsSchema,
  ssh: sshSchema.optional(),
  options: optionsSchema.prefault({}),
  createdAt: timestamp,
  updatedAt: timestamp,
  lastConnectedAt: timestamp.optional(),
  lastError: envelopeSchema.optional(),
});

export type ConnectionConfig = z.infer<typeof connectionConfigSchema>;
/** What a form holds before the sidecar has given it an id and times; all else may be left out. */
export const connectionDraftSchema = connectionConfigSchema
  .partial()
  .extend({ tls: tlsSchema.partial().optional() });
export type ConnectionDraft = z.input<typeof connectionDraftSchema>;
export type ConnectionOptions = z.infer<typeof optionsSchema>;
export type CredentialSource = (typeof credentialSources)[number];
export type TlsMode = (typeof tlsModes)[number];
export type ReadOnlyMode = (typeof readOnlyModes)[number];
export type Environment = (typeof environments)[number];

/** Secrets travel inward only, beside a config, never within it. */
export const secretsSchema = z.strictObject({
  password: z.string().max(10_000).optional(),
  ref: z.string().optional(),
  ssh: z
    .record(
      z.string(),
      z.strictObject({ password: z.string().optional(), passphrase: z.string().optional() }),
    )
    .optional(),
  keyPassphrase: z.string().optional(),
});
export type Secrets = z.infer<typeof secretsSchema>;
