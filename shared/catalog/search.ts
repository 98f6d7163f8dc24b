import * as z from 'zod';
import { identifier, method } from '../contract/define.ts';
import { ageFacts, objectKindSchema } from './objects.ts';

export const searchKindSchema = z.enum([
  ...objectKindSchema.options,
  'schema',
  'column',
  'index',
  'constraint',
  'trigger',
  'policy',
]);
export type SearchKind = z.infer<typeof searchKindSchema>;

const hitSchema = z.strictObject({
  kind: searchKindSchema,
  schema: z.string(),
  name: z.string(),
  /** The table of a column, an index, a constraint, a trigger or a policy; `oid` is the table's then. */
  parent: z.string().optional(),
  /** The kind of the parent. */
  parentKind: objectKindSchema.optional(),
  oid: z.int(),
  /** Type of a column, arguments of a function. */
  detail: z.string().optional(),
  /** Parts of the name that stand for what was typed. */
  match: z.array(z.tuple([z.int(), z.int()])),
});
export type SearchHit = z.infer<typeof hitSchema>;

export const searchMethods = {
  /**
   * Everything in a database whose name fits, the best first: by its beginning, the beginnings of its words, any part, or its
   * letters in order, where there is nothing better. `schema.name` and `table.column` look within.
   */
  'catalog.search': method(
    z.strictObject({
      connectionId: identifier,
      database: z.string().optional(),
      text: z.string().max(1_000),
      /** All where none are named. */
      kinds: z.array(searchKindSchema).optional(),
      limit: z.int().positive().max(1_000).default(100),
    }),
    z.strictObject({ ...ageFacts, hits: z.array(hitSchema), total: z.int() }),
  ),
};
