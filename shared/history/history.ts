import * as z from 'zod';
import { empty, identifier, method, timestamp } from '../contract/define.ts';
import { runOutcomeSchema } from '../query/result.ts';

/** Of a longer statement no more than its beginning is kept. */
export const maxKeptText = 256 * 1024;
/** A list shows the beginning of a statement; the whole of it is asked for by its entry. */
export const maxListedText = 2_000;

/** One statement that was run, without the passwords in it. */
export const historyEntrySchema = z.strictObject({
  /** Rises from entry to entry. */
  id: z.int().positive(),
  at: timestamp,
  favourite: z.boolean(),
  sessionId: identifier,
  tabId: identifier,
  connectionId: identifier,
  /** What the connection was called then. */
  connection: z.string(),
  database: z.string(),
  durationMs: z.number().nonnegative(),
  outcome: runOutcomeSchema,
  rows: z.int().nonnegative().optional(),
  /** The server's word of what was done: `INSERT 0 5`. */
  commandTag: z.string().optional(),
  error: z
    .strictObject({ code: z.string(), message: z.string(), sqlstate: z.string().optional() })
    .optional(),
  /** May be only the beginning, where it is shorter than `length`. */
  text: z.string(),
  length: z.int().nonnegative(),
});
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

const filter = {
  /** Words that must all occur, in whatever case, also as parts of words. */
  text: z.string().max(1_000).optional(),
  connectionId: identifier.optional(),
  outcomes: z.array(runOutcomeSchema).min(1).max(4).optional(),
  favourite: z.literal(true).optional(),
  from: timestamp.optional(),
  to: timestamp.optional(),
};
export const historyFilterSchema = z.strictObject(filter);
export type HistoryFilter = z.infer<typeof historyFilterSchema>;

export const historyMethods = {
  /**
   * Newest first. A search that takes too long ends early: not `complete`, and to be gone on with from `next`. Without
   * `next` nothing could be looked at yet.
   */
  'history.search': method(
    z.strictObject({ ...filter, limit: z.int().positive().max(200), before: z.int().positive().optional() }),
    z.strictObject({
      entries: z.array(historyEntrySchema),
      complete: z.boolean(),
      next: z.int().positive().optional(),
      /** Lines of the file that could not be read, among those that were looked at. */
      damaged: z.int().nonnegative(),
    }),
  ),
  /** With all of its text that is kept. */
  'history.get': method(
    z.strictObject({ id: z.int().positive() }),
    z.strictObject({ entry: historyEntrySchema }),
  ),
  /** Deletes entries of the history. */
  'history.remove': method(
    z.strictObject({ ids: z.array(z.int().positive()).min(1).max(1_000) }),
    z.strictObject({ removed: z.int() }),
  ),
  /** Removes all that the filter lets through; favourites only where it names them. */
  'history.clear': method(historyFilterSchema, z.strictObject({ removed: z.int() })),
  /** Marks an entry as a favourite, which is not deleted with age, or no longer. */
  'history.favourite': method(z.strictObject({ id: z.int().positive(), favourite: z.boolean() }), empty),
};

export const historyNotifications = {
  /** At most once a second. */
  'history.changed': empty,
};
