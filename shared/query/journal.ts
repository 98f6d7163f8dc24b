import * as z from 'zod';
import { identifier, timestamp } from '../contract/define.ts';
import { ledgerEntrySchema, lostKindSchema } from './ledger.ts';

const itemSchema = z.strictObject({
  kind: lostKindSchema.exclude(['transaction']),
  name: z.string(),
  value: z.string(),
});

const commitSchema = z.strictObject({
  xid: z.string().optional(),
  identity: z.strictObject({ systemIdentifier: z.string().optional(), timeline: z.int().optional() }),
  checkpoint: z.string().optional(),
});

/** What a tab holds on the server. Where it is found by the next sidecar, it was lost with this one. */
const heldSchema = z.strictObject({
  type: z.literal('held'),
  windowId: identifier,
  tabId: identifier,
  connectionId: identifier,
  database: z.string(),
  at: timestamp,
  /** What has no value here is not set again: it may be a secret, or was too long. */
  items: z.array(itemSchema.partial({ value: true })),
  transaction: z.enum(['open', 'failed']).optional(),
  /** A COMMIT is sent with the next breath. */
  commit: commitSchema.optional(),
  /** The sidecar was told to end, and rolled it back. */
  ended: z.boolean().optional(),
});
export type HeldRecord = z.infer<typeof heldSchema>;

/** A ledger entry as it was told last, and what is needed to judge and replay it. */
const lossSchema = z.strictObject({
  type: z.literal('loss'),
  windowId: identifier,
  entry: ledgerEntrySchema,
  items: z.array(itemSchema),
  commit: commitSchema.optional(),
});
export type LossRecord = z.infer<typeof lossSchema>;

/** A value of `journal.jsonl`. */
export const journalSchema = z.discriminatedUnion('type', [heldSchema, lossSchema]);
