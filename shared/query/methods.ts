import * as z from 'zod';
import { empty, identifier, method } from '../contract/define.ts';
import { envelopeSchema } from '../error/envelope.ts';
import { filePath, saveToSchema } from './exporting.ts';
import {
  columnSchema,
  cutSchema,
  noticeSchema,
  rowSchema,
  runOutcomeSchema,
  savedSchema,
  statementRefSchema,
  transactionStatusSchema,
} from './result.ts';

export const maxRowsPerSlice = 5_000;

export const queryMethods = {
  /** Where the statements of a text stand, found by PostgreSQL's own scanner. UTF-16 code units, `to` exclusive. */
  'query.split': method(
    z.strictObject({ text: z.string() }),
    z.strictObject({ statements: z.array(z.strictObject({ from: z.int(), to: z.int() })) }),
  ),
  /** Answers at once; everything else comes by notification. */
  'query.run': method(
    z.strictObject({
      connectionId: identifier,
      tabId: identifier,
      text: z.string(),
      database: z.string().optional(),
      timeoutMs: z.int().nonnegative().optional(),
      stopOnError: z.boolean().default(true),
      /** The user's word to write on production; without it such a text fails with CONFIRMATION_REQUIRED. */
      confirm: z.boolean().optional(),
      /** What earlier runs of the tab gave: freed when this one begins, but for these results, or kept altogether. */
      keep: z.union([z.boolean(), z.array(identifier)]).optional(),
      /** Where this text stands in the text of the tab; given back with the run, also to a window that returns. */
      from: z.int().nonnegative().optional(),
      /**
       * Files that the COPY FROM STDIN statements of the text read, in order. Where one is missing nothing of the text is
       * run: the run fails with COPY_NEEDS_FILE.
       */
      copyFrom: z.union([filePath, z.array(filePath).max(100)]).optional(),
      /** Where the first COPY TO STDOUT of the text goes, byte for byte; without it its lines are shown as rows. */
      copyTo: filePath.optional(),
      /** Where the rows of the text's only statement go. */
      saveTo: saveToSchema.optional(),
    }),
    z.strictObject({ runId: identifier }),
  ),
  /** May give fewer rows than asked: a slice ends at 2 MB, with at least one row. */
  'query.rows': method(
    z.strictObject({
      resultId: identifier,
      /** Rows are counted in this arrangement of the result then. */
      arrangementId: identifier.optional(),
      offset: z.int().nonnegative(),
      limit: z.int().positive().max(maxRowsPerSlice),
    }),
    z.strictObject({
      rows: z.array(rowSchema),
      rowCount: z.int(),
      complete: z.boolean(),
      cut: z.array(cutSchema).optional(),
    }),
  ),
  /** Part of one value; offset, limit and bytes are counted in bytes of UTF-8, and the text is cut at characters. */
  'query.value': method(
    z.strictObject({
      resultId: identifier,
      arrangementId: identifier.optional(),
      row: z.int().nonnegative(),
      column: z.int().nonnegative(),
      offset: z.int().nonnegative().default(0),
      limit: z
        .int()
        .positive()
        .max(2 * 1024 * 1024),
    }),
    z.strictObject({
      text: z.string().nullable(),
      /** Where the text begins: a character that stands across the offset is given whole. */
      offset: z.int(),
      /** Of the whole value. */
      bytes: z.int(),
      complete: z.boolean(),
    }),
  ),
  /** Answers once the statement has ended on the server or its socket is gone. */
  'query.cancel': method(z.strictObject({ runId: identifier }), z.strictObject({ settled: z.literal(true) })),
  /** Frees spool and backend, of one run or of all of a tab; or the rows of one result, once they are all there. */
  'query.close': method(
    z.union([
      z.strictObject({ runId: identifier }),
      z.strictObject({ tabId: identifier }),
      z.strictObject({ resultId: identifier }),
    ]),
    empty,
  ),
};

export const queryNotifications = {
  /** A run has begun. */
  'query.runStarted': z.strictObject({
    runId: identifier,
    connectionId: identifier,
    tabId: identifier,
    at: z.int(),
    from: z.int().optional(),
    database: z.string().optional(),
  }),
  /** A statement has begun to answer: its columns, and the first rows. */
  'query.resultStarted': z.strictObject({
    runId: identifier,
    resultId: identifier,
    statement: statementRefSchema,
    columns: z.array(columnSchema),
    /** At most 200, of what the first read from the socket held. */
    firstRows: z.array(rowSchema),
    cut: z.array(cutSchema).optional(),
  }),
  /** How many rows are there by now; at most 10 a second. */
  'query.progress': z.strictObject({
    runId: identifier,
    resultId: identifier,
    rowCount: z.int(),
    bytes: z.int(),
    elapsedMs: z.number(),
    /** Of the file that COPY FROM STDIN reads; `bytes` is how much of it was sent, and `rowCount` its lines. */
    totalBytes: z.int().optional(),
  }),
  /** A statement has ended, with all of its rows. */
  'query.resultEnded': z.strictObject({
    runId: identifier,
    resultId: identifier,
    commandTag: z.string(),
    rowCount: z.int(),
    elapsedMs: z.number(),
    truncated: z.boolean().optional(),
    saved: savedSchema.optional(),
  }),
  /** A run waits for a connection that is free. */
  'query.waiting': z.strictObject({ runId: identifier, busy: z.int() }),
  /** At most 1,000 notices are kept a run; `count` goes on. */
  'query.notice': z.strictObject({ runId: identifier, notices: z.array(noticeSchema), count: z.int() }),
  /** A run has ended; comes exactly once for each. */
  'query.runEnded': z.strictObject({
    runId: identifier,
    outcome: runOutcomeSchema,
    error: envelopeSchema.optional(),
    /** Which statement failed, where one did. */
    statement: statementRefSchema.optional(),
    transactionStatus: transactionStatusSchema,
  }),
};
