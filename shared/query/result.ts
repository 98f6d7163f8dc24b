import * as z from 'zod';
import { identifier, timestamp } from '../contract/define.ts';
import { envelopeSchema } from '../error/envelope.ts';

export const transactionStatusSchema = z.enum(['I', 'T', 'E']);
/** The server's own byte: idle, in a transaction, in a failed transaction. */
export type TransactionStatus = z.infer<typeof transactionStatusSchema>;

export const columnSchema = z.strictObject({
  name: z.string(),
  typeOid: z.int(),
  typeName: z.string(),
  tableOid: z.int().optional(),
  columnNumber: z.int().optional(),
});
export type Column = z.infer<typeof columnSchema>;

/** A row in the server's text form; null is SQL's NULL. */
export const rowSchema = z.array(z.string().nullable());
export type Row = z.infer<typeof rowSchema>;

/** A cell that is longer than its share of a slice; `bytes` is its whole length. */
export const cutSchema = z.strictObject({ row: z.int(), column: z.int(), bytes: z.int() });
export type Cut = z.infer<typeof cutSchema>;

/** Which statement of the run's text, and where it stands there: UTF-16 code units, `to` exclusive. */
export const statementRefSchema = z.strictObject({ index: z.int(), from: z.int(), to: z.int() });
export type StatementRef = z.infer<typeof statementRefSchema>;

export const noticeSchema = z.strictObject({
  severity: z.string(),
  message: z.string(),
  sqlstate: z.string().optional(),
  detail: z.string().optional(),
  hint: z.string().optional(),
  /** Which statement it came with. */
  statement: statementRefSchema.optional(),
  /** Where in the text of the run an error stands that the run did not stop at. */
  position: z.int().optional(),
});
export type Notice = z.infer<typeof noticeSchema>;

/** The file that a result went to, instead of being kept. */
export const savedSchema = z.strictObject({
  path: z.string(),
  bytes: z.int(),
  warnings: z.array(z.string()).optional(),
});
export type Saved = z.infer<typeof savedSchema>;

export const runOutcomeSchema = z.enum(['done', 'failed', 'cancelled', 'lost']);
export type RunOutcome = z.infer<typeof runOutcomeSchema>;

/** What a window that attaches is told of a run: enough to show its results again. */
export const runSummarySchema = z.strictObject({
  runId: identifier,
  connectionId: identifier,
  tabId: identifier,
  from: z.int().optional(),
  /** The one that the run asked for; absent where it ran in the one that its tab was in. */
  database: z.string().optional(),
  state: z.enum(['waiting', 'running', 'cancelling', ...runOutcomeSchema.options]),
  startedAt: timestamp,
  endedAt: timestamp.optional(),
  error: envelopeSchema.optional(),
  /** Which statement failed, where one did. */
  statement: statementRefSchema.optional(),
  transactionStatus: transactionStatusSchema.optional(),
  /** How many backends are busy while this run waits for one. */
  busy: z.int().optional(),
  notices: z.array(noticeSchema),
  noticeCount: z.int(),
  results: z.array(
    z.strictObject({
      resultId: identifier,
      statement: statementRefSchema,
      columns: z.array(columnSchema),
      rowCount: z.int(),
      complete: z.boolean(),
      bytes: z.int(),
      commandTag: z.string().optional(),
      elapsedMs: z.number().optional(),
      truncated: z.boolean().optional(),
      saved: savedSchema.optional(),
    }),
  ),
});
export type RunSummary = z.infer<typeof runSummarySchema>;
