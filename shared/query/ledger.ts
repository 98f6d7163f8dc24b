import * as z from 'zod';
import { empty, identifier, method, timestamp } from '../contract/define.ts';
import { envelopeSchema } from '../error/envelope.ts';

export const lostKindSchema = z.enum([
  'transaction',
  'setting',
  'role',
  'tempTable',
  'listen',
  'prepared',
  'cursor',
  'advisoryLock',
]);

/**
 * Something that a tab's session held. A transaction has no name; its value is `open` or `failed`. A role's name is `role`
 * or `session_authorization`. Long values are cut.
 */
export const lostItemSchema = z.strictObject({
  kind: lostKindSchema,
  name: z.string().optional(),
  value: z.string().optional(),
});
export type LostItem = z.infer<typeof lostItemSchema>;

export const commitOutcomeSchema = z.enum(['committed', 'rolledBack', 'unknown']);

/**
 * Why it stays unknown: the transaction had no number, for it had written nothing; the server does not tell who it is;
 * another server or timeline answers; it is a standby; the server does not know (any more); it would not end in time.
 */
export const unknownReasonSchema = z.enum([
  'nothingWritten',
  'identityUnknown',
  'identityChanged',
  'inRecovery',
  'notKnown',
  'inProgress',
]);
export type UnknownReason = z.infer<typeof unknownReasonSchema>;

/** What one tab lost with one backend, as it was last seen. An open transaction that is lost is rolled back by the server. */
export const ledgerEntrySchema = z.strictObject({
  id: identifier,
  connectionId: identifier,
  tabId: identifier,
  database: z.string(),
  at: timestamp,
  /** Why the backend was lost. */
  error: envelopeSchema,
  lost: z.array(lostItemSchema),
  /** How many more there were than are listed. */
  omitted: z.int().optional(),
  /** What was set again since, on the user's word. */
  replayed: z.array(lostItemSchema),
  /** A COMMIT was under way, and the server could not yet be asked what became of it. */
  judging: z.boolean().optional(),
  /** What became of the COMMIT that was under way; absent where there was none, and while it is judged. */
  commitOutcome: commitOutcomeSchema.optional(),
  unknownReason: unknownReasonSchema.optional(),
});
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

const ofTab = { connectionId: identifier, tabId: identifier };

export const ledgerMethods = {
  /** Oldest first; the last ones of each tab are kept until it is closed. */
  'ledger.list': method(z.strictObject(ofTab), z.strictObject({ entries: z.array(ledgerEntrySchema) })),
  /**
   * Sets again, on the tab's next backend, what is safe: settings (search_path among them) and roles, never a statement of
   * the user's. Without `items` all that was not yet replayed; `items` choose by kind and name, their values are the
   * ledger's own. `failed` is what the server did not take. TRANSACTION_STATE inside an open transaction.
   */
  'ledger.replay': method(
    z.strictObject({ ...ofTab, items: z.array(lostItemSchema).max(1_000).optional() }),
    z.strictObject({
      replayed: z.array(lostItemSchema),
      failed: z.array(z.strictObject({ item: lostItemSchema, error: envelopeSchema })).optional(),
    }),
  ),
  /** The user has read it: the tab's entries go, those apart whose COMMIT is still being judged. */
  'ledger.dismiss': method(z.strictObject(ofTab), empty),
};

export const ledgerNotifications = {
  /**
   * Once for each tab that lost something, as soon as that is known whole. Again with the same `id` where the entry has
   * changed: something was replayed, or a COMMIT is judged after the entry was first told. That is told with `judging` where
   * the server could not be asked within five seconds.
   */
  'connection.ledger': ledgerEntrySchema,
};
