import * as z from 'zod';
import { identifier, method } from '../contract/define.ts';

const column = z.int().nonnegative();

/** Its place among the sort columns is its weight: the first counts first. */
const sortKeySchema = z.strictObject({ column, descending: z.boolean().default(false) });
export type SortKey = z.infer<typeof sortKeySchema>;

/** All but `isNull` and `isNotNull` need values; `in` takes several, `notEquals` keeps NULL (is distinct from). */
export const filterOperators = [
  'equals',
  'notEquals',
  'contains',
  'notContains',
  'startsWith',
  'matches',
  'greater',
  'greaterOrEqual',
  'less',
  'lessOrEqual',
  'in',
  'isNull',
  'isNotNull',
] as const;

const conditionSchema = z.strictObject({
  column,
  operator: z.enum(filterOperators),
  /** In the server's text form. Only `in` looks at more than the first. */
  values: z.array(z.string()).max(1_000).default([]),
  /** Of `contains`, `notContains`, `startsWith` and `matches`. */
  matchCase: z.boolean().default(false),
});
export type Condition = z.infer<typeof conditionSchema>;
export type FilterOperator = Condition['operator'];

/**
 * By what a column was put in order. `number` and `time` are exact; `dictionary` is a person's order of words, which a
 * server's collation may differ from; `codePoint` is that of the C collation.
 */
const valueOrderSchema = z.enum(['number', 'time', 'dictionary', 'codePoint']);
export type ValueOrderName = z.infer<typeof valueOrderSchema>;

export const maxConditions = 50;
export const maxSortKeys = 10;
export const maxFoundCells = 5_000;

export const arrangeMethods = {
  /**
   * Puts the rows that there are into another order, and leaves out those that do not fit every condition. The rows in
   * the spool stay as they are: an arrangement is a list of their numbers, and a result has one at a time. Without sort
   * and filter the present one is dropped. $/cancelRequest stops it; progress is told by `query.arranging`.
   */
  'query.arrange': method(
    z.strictObject({
      resultId: identifier,
      sort: z.array(sortKeySchema).max(maxSortKeys).default([]),
      filter: z.array(conditionSchema).max(maxConditions).default([]),
    }),
    z.union([
      z.strictObject({
        arrangementId: identifier,
        /** How many rows are left, of how many. */
        rowCount: z.int(),
        totalRows: z.int(),
        /** False: more rows were still coming. */
        complete: z.boolean(),
        /** One a sort key. */
        orders: z.array(valueOrderSchema),
      }),
      /** What it would take to sort does not fit; nothing was changed. */
      z.strictObject({ tooLarge: z.strictObject({ column, limitBytes: z.int() }) }),
      /** There was nothing to arrange by. */
      z.strictObject({ arrangementId: z.null() }),
    ]),
  ),
  /**
   * Looks for a text in the cells, as they are shown, from row `from` on. Stops after `limit` cells or a share of a
   * second, whichever comes first: `next` is the row to go on from, null at the end of what there is. Rows are walked in
   * the order of the spool always; `row` is where a cell stands in the arrangement, where one is given.
   */
  'query.find': method(
    z.strictObject({
      resultId: identifier,
      arrangementId: identifier.optional(),
      text: z.string().min(1).max(10_000),
      matchCase: z.boolean().default(false),
      from: z.int().nonnegative().default(0),
      /** Exclusive; everything where it is absent. */
      to: z.int().nonnegative().optional(),
      limit: z.int().positive().max(maxFoundCells).default(maxFoundCells),
    }),
    z.strictObject({
      matches: z.array(z.strictObject({ row: z.int(), column })),
      next: z.int().nullable(),
      /** How many rows are in the spool. */
      totalRows: z.int(),
      complete: z.boolean(),
    }),
  ),
};

export const arrangeNotifications = {
  /** At most 10 a second while `query.arrange` works. */
  'query.arranging': z.strictObject({
    runId: identifier,
    resultId: identifier,
    phase: z.enum(['reading', 'sorting']),
    done: z.int(),
    total: z.int(),
  }),
};
