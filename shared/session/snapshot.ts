import * as z from 'zod';
import { groupSchema } from '../connection/group.ts';
import { promptSchema } from '../connection/prompt.ts';
import { connectionRowSchema } from '../connection/status.ts';
import { identifier, timestamp } from '../contract/define.ts';
import { documentSchema } from '../documents/document.ts';
import { envelopeSchema } from '../error/envelope.ts';
import { ledgerEntrySchema } from '../query/ledger.ts';
import { tabSearchPathSchema } from '../query/searchPath.ts';
import { runSummarySchema, transactionStatusSchema } from '../query/result.ts';
import { settingsSchema } from '../settings/settings.ts';
import { sessionRecordSchema } from './record.ts';

/** All that a window needs to draw itself; every later notification carries the next revision. */
export const snapshotSchema = z.strictObject({
  revision: z.int().nonnegative(),
  session: sessionRecordSchema,
  connections: z.array(connectionRowSchema),
  groups: z.array(groupSchema),
  documents: z.array(documentSchema),
  settings: settingsSchema,
  runs: z.array(runSummarySchema),
  prompts: z.array(promptSchema),
  transactions: z.array(
    z.strictObject({
      tabId: identifier,
      connectionId: identifier.optional(),
      status: transactionStatusSchema,
      sinceAt: timestamp.optional(),
    }),
  ),
  /** What the window's tabs lost, oldest first. */
  ledger: z.array(ledgerEntrySchema).optional(),
  /** Tabs that have a choice of their own, over the default of their connection. */
  tabs: z.array(z.strictObject({ tabId: identifier, autoCommit: z.boolean() })).optional(),
  /** Tabs whose session has a search path of its own. */
  searchPaths: z.array(tabSearchPathSchema).optional(),
  /** Hawser is about to end, then at the latest. */
  drainingUntil: timestamp.optional(),
  /** What went wrong with the files of the data folder, for example a damaged one that was set aside. */
  problems: z.array(envelopeSchema),
});
export type Snapshot = z.infer<typeof snapshotSchema>;
