import * as z from 'zod';
import { timestamp } from '../contract/define.ts';
import { envelopeSchema } from '../error/envelope.ts';
import { connectionConfigSchema, readOnlyModes } from './config.ts';
import { identitySchema } from './identity.ts';
import { rolePowers } from './rolePowers.ts';

export const connectionStatuses = [
  'disconnected',
  'connecting',
  'connected',
  'degraded',
  'reconnecting',
  'error',
] as const;

export const statusSchema = z.enum(connectionStatuses);
export type ConnectionStatus = z.infer<typeof statusSchema>;

/** How a stream is encrypted, and what was checked of the server's certificate. */
export const tlsSessionSchema = z.strictObject({
  version: z.string(),
  cipher: z.string(),
  /** `key`: the pin alone. */
  verified: z.enum(['name and chain', 'chain', 'key', 'no']),
  subject: z.string(),
  issuer: z.string(),
  names: z.string().optional(),
  validFromAt: timestamp,
  validToAt: timestamp,
  fingerprintSha256: z.string(),
  spkiSha256: z.string(),
});
export type TlsSession = z.infer<typeof tlsSessionSchema>;

/** Why a connection is plain though its TLS mode would have had it encrypted: `prefer` goes on so, as libpq does. */
export const plainReasons = ['notOffered', 'handshakeFailed', 'refusedEncrypted'] as const;
export type PlainReason = (typeof plainReasons)[number];

/** What is known of a live connection; read from the server, never guessed. */
export const connectionInfoSchema = z.strictObject({
  id: z.string(),
  serverVersion: z.string(),
  serverVersionNum: z.int(),
  currentDatabase: z.string(),
  currentUser: z.string(),
  backendPid: z.int(),
  encrypted: z.boolean(),
  /** What was agreed on at the control connection's handshake; absent where nothing is encrypted. */
  tls: tlsSessionSchema.optional(),
  /** Where the control connection ended up; of several hosts the one that took it. */
  reached: z.strictObject({ host: z.string(), address: z.string(), port: z.int() }).optional(),
  plainBecause: z.enum(plainReasons).optional(),
  inRecovery: z.boolean(),
  readOnly: z.enum(readOnlyModes),
  systemIdentifier: z.string().optional(),
  timeline: z.int().optional(),
  /** What is different from the last time that this address answered; absent on a first connect. */
  identity: identitySchema.optional(),
  connectedAt: timestamp.optional(),
  /**
   * A pooler is in the way: nothing that is set lasts from one transaction to the next, so limits and read-only go by
   * SET LOCAL in transactions of our own, and what needs a session (temporary tables, LISTEN, SET) is not to be relied on.
   */
  pooled: z.boolean().optional(),
  /** Start-up settings that the server or a pooler did not take; only time limits are ever left out. */
  refusedSettings: z.array(z.string()).optional(),
  /** What the role could write with, whatever we refuse; empty: nothing, it is harmless by itself. Absent: not known. */
  rolePowers: z.array(z.enum(rolePowers)).optional(),
});
export type ConnectionInfo = z.infer<typeof connectionInfoSchema>;

export const statusFacts = {
  status: statusSchema,
  info: connectionInfoSchema.optional(),
  error: envelopeSchema.optional(),
  attempt: z.int().optional(),
  nextRetryAt: timestamp.optional(),
  sinceAt: timestamp.optional(),
  /** With `degraded`: how long the slow beat took, or has taken so far. */
  responseMs: z.int().optional(),
  /** With `error`: the user ended the attempts; `error` is why the last one failed, `sinceAt` when the link was lost. */
  stopped: z.boolean().optional(),
  /** What connecting is busy with, in words, for example while the embedded server starts. */
  activity: z.string().optional(),
  /** This window's own choice, over the definition's; `info.readOnly` is the mode in force. */
  readOnly: z.enum(readOnlyModes).optional(),
};

export const statusReportSchema = z.strictObject(statusFacts);
export type StatusReport = z.infer<typeof statusReportSchema>;

export const connectionRowSchema = z.strictObject({ config: connectionConfigSchema, ...statusFacts });
export type ConnectionRow = z.infer<typeof connectionRowSchema>;
