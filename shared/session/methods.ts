import * as z from 'zod';
import { empty, method, timestamp } from '../contract/define.ts';
import { envelopeSchema } from '../error/envelope.ts';
import { attachParamsSchema } from './attach.ts';
import { sessionRecordSchema } from './record.ts';
import { snapshotSchema } from './snapshot.ts';

export const attachOutcomes = ['admitted', 'queued', 'failed', 'timeout'] as const;

export const sessionMethods = {
  /** Not admitted is a result, never an error. `protocolVersion` is looked at before all else. */
  'session.attach': method(
    attachParamsSchema,
    z.strictObject({
      outcome: z.enum(attachOutcomes),
      reason: z.string().optional(),
      position: z.int().optional(),
      retryAfterMs: z.int().optional(),
      token: z.string().optional(),
      revision: z.int().optional(),
      snapshot: snapshotSchema.optional(),
    }),
  ),
  /** Starts the grace in which the token finds everything again; ends nothing. */
  'session.detach': method(empty, empty),
  /** All that a window needs to draw itself, anew. */
  'session.snapshot': method(empty, z.strictObject({ snapshot: snapshotSchema })),
  /** The network is back: connections that wait for their next attempt make it now. */
  'host.online': method(empty, z.strictObject({ at: timestamp })),
  /** Answered at once, also while results stream. */
  'host.ping': method(empty, z.strictObject({ at: timestamp })),
};

export const sessionNotifications = {
  /** The record of the session has changed. */
  'session.changed': z.strictObject({ session: sessionRecordSchema }),
  /** Another window has taken this session over; nothing more comes here. */
  'session.replaced': empty,
  /** Hawser ends at `until` at the latest: what runs may end before, and nothing new begins. */
  'session.draining': z.strictObject({ until: timestamp }),
  /** A file of the data folder was damaged, could not be written, or is well again (`problem` absent). */
  'store.problem': z.strictObject({ file: z.string(), problem: envelopeSchema.optional() }),
};
