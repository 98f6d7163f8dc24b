import * as z from 'zod';
import { identifier, method, timestamp } from '../contract/define.ts';
import { documentSchema } from '../documents/document.ts';
import { envelopeSchema } from '../error/envelope.ts';
import { filePath } from '../query/exporting.ts';
import { ledgerEntrySchema } from '../query/ledger.ts';
import { runOutcomeSchema } from '../query/result.ts';
import { sessionRecordSchema } from './record.ts';

/** One statement of a run and what its result meant; its rows are never kept. */
const keptStatementSchema = z.strictObject({
  /** Without the passwords that stood in it. */
  text: z.string(),
  /** There was more of the text than is kept. */
  cut: z.boolean().optional(),
  columns: z.array(z.strictObject({ name: z.string(), typeName: z.string() })),
  commandTag: z.string().optional(),
  rowCount: z.int().optional(),
  elapsedMs: z.number().optional(),
});

const keptRunSchema = z.strictObject({
  runId: identifier,
  connectionId: identifier,
  /** As it was called then. */
  connectionName: z.string(),
  database: z.string().optional(),
  startedAt: timestamp,
  /** Absent, as the outcome is: it was running when the session was saved last. */
  endedAt: timestamp.optional(),
  outcome: runOutcomeSchema.optional(),
  error: envelopeSchema.optional(),
  statements: z.array(keptStatementSchema),
  /** How many more statements there were than are kept. */
  omitted: z.int().optional(),
});
export type KeptRun = z.infer<typeof keptRunSchema>;

/** A tab that was typed or run in, as it was last. */
const keptTabSchema = z.strictObject({
  ...documentSchema.omit({ savedAt: true }).shape,
  /** Of a tab that was only run in, which need not have a text, any. */
  id: identifier,
  /** There was more of the text than is kept. */
  cut: z.boolean().optional(),
  connectionName: z.string().optional(),
  changedAt: timestamp,
  closedAt: timestamp.optional(),
  runs: z.array(keptRunSchema),
});
export type KeptTab = z.infer<typeof keptTabSchema>;

/** What became of the session and of the connection that it followed. */
const keptEventSchema = z.strictObject({
  at: timestamp,
  event: z.enum(['began', 'status', 'ended']),
  connectionName: z.string().optional(),
  status: sessionRecordSchema.shape.status.optional(),
  /** Of the error, where there was one. */
  code: z.string().optional(),
});
export type KeptEvent = z.infer<typeof keptEventSchema>;

/** The name of a file is made of it. */
const keptId = z.uuid();

/** What a list shows of a session. It stands at the beginning of its file, so that a list need not read the rest. */
export const keptEntrySchema = z.strictObject({
  sessionId: keptId,
  windowId: identifier,
  startedAt: timestamp,
  savedAt: timestamp,
  /** From then on it may be deleted; what the settings say now is what counts. */
  persistedUntil: timestamp,
  summary: z.strictObject({
    /** Of the tabs that were changed last, and of the connections that were used; long ones are cut. */
    titles: z.array(z.string()),
    connections: z.array(z.string()),
    tabs: z.int(),
    runs: z.int(),
    failed: z.int(),
  }),
});
export type KeptEntry = z.infer<typeof keptEntrySchema>;

export const keptSessionSchema = z.strictObject({
  ...keptEntrySchema.shape,
  record: sessionRecordSchema,
  tabs: z.array(keptTabSchema),
  ledger: z.array(ledgerEntrySchema),
  journal: z.array(keptEventSchema),
});
export type KeptSession = z.infer<typeof keptSessionSchema>;

export const keptMethods = {
  /**
   * Newest first. `text` is looked for in titles, texts, statements and names of connections. A list that takes long is given in
   * parts: `next`, where there is more, is `before` of the next call.
   */
  'sessions.list': method(
    z.strictObject({
      text: z.string().max(1_000).optional(),
      limit: z.int().min(1).max(500).default(50),
      before: z.string().max(200).optional(),
    }),
    z.strictObject({
      entries: z.array(
        z.strictObject({
          ...keptEntrySchema.shape,
          /** The window of this session may still come back, or is this one. */
          live: z.boolean(),
          /** The line in which the text was found. */
          excerpt: z.string().optional(),
        }),
      ),
      next: z.string().optional(),
      /** How many files there are, and how many of them this list and those before it have looked at. */
      total: z.int(),
      seen: z.int(),
    }),
  ),
  /** One kept session, with its tabs and runs. */
  'sessions.get': method(
    z.strictObject({ sessionId: keptId }),
    z.strictObject({ session: keptSessionSchema }),
  ),
  /** For good. What a session that is still there does from now on is kept again. */
  'sessions.remove': method(
    z.union([
      z.strictObject({ sessionIds: z.array(keptId).max(10_000) }),
      z.strictObject({ all: z.literal(true) }),
    ]),
    z.strictObject({ removed: z.int() }),
  ),
  /** Writes it as JSON; FILE_NOT_WRITABLE. */
  'sessions.export': method(
    z.strictObject({ sessionId: keptId, path: filePath }),
    z.strictObject({ bytes: z.int() }),
  ),
};
