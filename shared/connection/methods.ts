import * as z from 'zod';
import { empty, identifier, method, timestamp } from '../contract/define.ts';
import { sessionRecordSchema } from '../session/record.ts';
import { envelopeSchema } from '../error/envelope.ts';
import { connectionConfigSchema, connectionDraftSchema, credentialSources, readOnlyModes } from './config.ts';
import { groupSchema } from './group.ts';
import { hostKeyTrustSchema } from './hostKey.ts';
import { promptSchema } from './prompt.ts';
import {
  connectionInfoSchema,
  connectionRowSchema,
  statusFacts,
  statusReportSchema,
  statusSchema,
} from './status.ts';
import { stageReportSchema, testReportSchema } from './testReport.ts';

const byId = z.strictObject({ id: identifier });
/** In this order, at a place that is counted among those of their kind that are not moved. */
const placed = z.strictObject({ ids: z.array(identifier).min(1), index: z.int().nonnegative() });
const named = z.array(z.strictObject({ id: identifier, name: z.string() }));
const info = z.strictObject({ info: connectionInfoSchema });
const config = z.strictObject({ config: connectionConfigSchema });
/** Opaque here: save, test and connect validate them and answer INVALID_CONFIG, which names each wrong field. */
const opaque = z.unknown().optional();

export const connectionMethods = {
  /** All definitions with the state of each connection, and the groups they stand in. */
  'connection.list': method(
    empty,
    z.strictObject({ connections: z.array(connectionRowSchema), groups: z.array(groupSchema) }),
  ),
  /** `problem`: why what was typed could not be kept in the keychain; it is kept for this session. */
  'connection.save': method(
    z.strictObject({ config: opaque, secrets: opaque }),
    config.extend({ problem: envelopeSchema.optional() }),
  ),
  /** Makes a copy of a definition, under a name that is free. */
  'connection.duplicate': method(byId, config),
  /** Removes a definition, and the secrets that are kept for it. What was connected is disconnected first. */
  'connection.delete': method(byId, empty),
  /** `groupId` null or absent is the top level; `index` is the place among its connections. Several: `group.gather`. */
  'connection.move': method(
    z.strictObject({ id: identifier, groupId: z.string().nullish(), index: z.int().nonnegative() }),
    empty,
  ),
  /**
   * Reads a URI, a key=value string, a psql command line or the like; INVALID_CONFIG with the path `text` where it is none.
   * `provenance` names where each field was read, by its path; `secretRef` is a handle to the secrets that were found, good
   * for ten minutes in `secrets.ref`, and `provenance` says which those are (`secrets.password`, `secrets.keyPassphrase`).
   */
  'connection.parse': method(
    z.strictObject({ text: z.string().max(100_000) }),
    z.strictObject({
      config: connectionDraftSchema,
      provenance: z.record(z.string(), z.string()),
      warnings: z.array(z.string()),
      secretRef: z.string().optional(),
    }),
  ),
  /** A test waits for nobody: `trust` holds the host keys that were looked at after an earlier one. */
  'connection.test': method(
    z.strictObject({
      config: opaque,
      secrets: opaque,
      testId: identifier.optional(),
      trust: hostKeyTrustSchema.optional(),
    }),
    testReportSchema,
  ),
  /** Keeps a certificate as a file that `tls.caFile` can name. */
  'certificate.keep': method(
    z.strictObject({ pem: z.string().max(100_000) }),
    z.strictObject({ caFile: z.string(), sha256: z.string() }),
  ),
  /** Connects, and answers once the server has let us in. It never waits for a person: where a secret is missing it fails, and names the prompt. */
  'connection.connect': method(z.strictObject({ id: identifier, secrets: opaque }), info),
  /** Ends a connection and everything that runs on it. Does nothing where there is none. */
  'connection.disconnect': method(byId, empty),
  /** While reconnecting: the next attempt at once, or none any more. Idempotent. */
  'connection.retryNow': method(byId, empty),
  /** Gives up coming back by itself. */
  'connection.stopRetry': method(byId, empty),
  /** The user has seen that another server answers: statements that write may run again. */
  'connection.acknowledgeIdentity': method(byId, empty),
  /** Own backends, those of everybody, how many there may be, and how many of these are kept for superusers. */
  'connection.budget': method(
    byId,
    z.strictObject({ own: z.int(), used: z.int(), allowed: z.int(), reserved: z.int() }),
  ),
  /** Ends own backends that lie idle. */
  'connection.closeIdle': method(byId, z.strictObject({ closed: z.int() })),
  /**
   * How far this window may write on a connection, over its definition, until its session ends. In force for every run that
   * is asked for from then on; a `connection.statusChanged` follows, whose `info.readOnly` is the mode in force.
   */
  'connection.override': method(
    z.strictObject({ id: identifier, readOnly: z.enum(readOnlyModes) }),
    z.strictObject({ readOnly: z.enum(readOnlyModes) }),
  ),
  /** Makes a connection the one in front, and connects it. With the setting `exclusive` the one before it is disconnected first. */
  'connection.switch': method(
    z.strictObject({ id: identifier, secrets: opaque }),
    z.strictObject({ session: sessionRecordSchema }),
  ),
  /** The state of one connection, as it is in `connection.list`. */
  'connection.status': method(byId, statusReportSchema),
  /** Answers a prompt: stores the secret as asked, and goes on connecting. */
  'credential.provide': method(
    z.strictObject({
      promptId: identifier,
      secret: z.string().max(10_000).optional(),
      remember: z.enum(['none', 'session', 'keychain']).optional(),
      trust: z.enum(['once', 'remember']).optional(),
    }),
    info,
  ),
  /**
   * Where a password can come from on this computer, with the reason where it cannot, and which secrets of a connection are
   * kept: `field` is its path in the `secrets` of a request. May take two seconds, where a keychain does not answer.
   */
  'credential.sources': method(
    z.strictObject({ id: identifier.optional() }),
    z.strictObject({
      sources: z.array(
        z.strictObject({
          source: z.enum(credentialSources),
          available: z.boolean(),
          problem: envelopeSchema.optional(),
        }),
      ),
      kept: z.array(z.strictObject({ field: z.string(), where: z.enum(['keychain', 'session']) })),
    }),
  ),
  /** Answers a prompt with no. */
  'credential.refuse': method(z.strictObject({ promptId: identifier }), empty),
  /** Changes a group; without an id it is made. */
  'group.save': method(
    z.strictObject({ group: groupSchema.extend({ id: identifier.optional() }) }),
    z.strictObject({ group: groupSchema }),
  ),
  /** Its connections and groups move to its parent. */
  'group.delete': method(byId, empty),
  /** Puts a group elsewhere, between its new neighbours. */
  'group.move': method(
    z.strictObject({ id: identifier, parentId: z.string().nullish(), index: z.int().nonnegative() }),
    empty,
  ),
  /** Puts connections and groups into a group, or to the top level (null or absent): all of them, or none. */
  'group.gather': method(
    z.strictObject({
      parentId: z.string().nullish(),
      connections: placed.optional(),
      groups: placed.optional(),
    }),
    empty,
  ),
  /**
   * Takes a `group.delete` back: the group as it was, with what it held under the names that it had there. What has been
   * moved elsewhere or deleted since is left alone.
   */
  'group.restore': method(z.strictObject({ group: groupSchema, connections: named, groups: named }), empty),
  /** Throws the embedded server's data away; the next connect makes the sample anew. */
  'embedded.reset': method(byId, empty),
};

export const connectionNotifications = {
  /** A connection has another state, with the reason for it. */
  'connection.statusChanged': z.strictObject({
    connectionId: identifier,
    previous: statusSchema,
    at: timestamp,
    ...statusFacts,
  }),
  /** A stage of `connection.test` has begun or ended. */
  'connection.testProgress': z.strictObject({ testId: identifier.optional(), ...stageReportSchema.shape }),
  /** A definition was made, changed or removed. */
  'connection.changed': z.strictObject({ id: identifier, row: connectionRowSchema.optional() }),
  /** A group was made, changed or removed. */
  'group.changed': z.strictObject({ id: identifier, group: groupSchema.optional() }),
  /** A secret, or a word on a host key, is wanted; the prompt stays open for 5 minutes. */
  'credential.requested': promptSchema,
  /** A prompt was answered, or its time is over. */
  'credential.settled': z.strictObject({ promptId: identifier }),
};
