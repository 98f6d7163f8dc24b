import * as z from 'zod';
import { identifier, timestamp } from '../contract/define.ts';
import { connectionStatuses } from '../connection/status.ts';
import { envelopeSchema } from '../error/envelope.ts';

/** A window's session: a mirror of what the sidecar reports of its active connection, never set by the window itself. */
export const sessionRecordSchema = z.strictObject({
  id: identifier,
  windowId: identifier,
  connectionId: z.string().nullable(),
  mode: z.enum(['server', 'embedded']).nullable(),
  address: z.string().nullable(),
  username: z.string().nullable(),
  status: z.enum([...connectionStatuses, 'switching']),
  activeDatabase: z.string().nullable(),
  lastStatusChangeAt: timestamp.nullable(),
  lastConnectedAt: timestamp.nullable(),
  lastDisconnectedAt: timestamp.nullable(),
  lastError: envelopeSchema.nullable(),
});
export type SessionRecord = z.infer<typeof sessionRecordSchema>;
