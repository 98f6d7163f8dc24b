import * as z from 'zod';
import { identifier, method } from '../contract/define.ts';
import { ageFacts } from './objects.ts';

/** Of a longer text the window sends what stands around the caret. */
export const maxCompletionText = 100 * 1024;

export const completionKindSchema = z.enum([
  'keyword',
  'schema',
  'table',
  'view',
  'function',
  'column',
  'type',
  'join',
  'alias',
  'value',
]);
export type CompletionKind = z.infer<typeof completionKindSchema>;

const completionItemSchema = z.strictObject({
  label: z.string(),
  /** What takes the place of `from` to `to`; one that ends with an open parenthesis is a call with arguments. */
  apply: z.string(),
  kind: completionKindSchema,
  detail: z.string().optional(),
  /** More about it, in lines. */
  info: z.string().optional(),
  /** Parts of the label that stand for what was typed. */
  match: z.array(z.tuple([z.int(), z.int()])).optional(),
});
export type CompletionItem = z.infer<typeof completionItemSchema>;

export const completionMethods = {
  /** What may stand at a position of a text, the best first; positions are UTF-16 code units. Never waits long for a server. */
  'catalog.complete': method(
    z.strictObject({
      connectionId: identifier,
      database: z.string().optional(),
      /** The tab whose search path and temporary tables count. */
      tabId: identifier.optional(),
      text: z.string().max(maxCompletionText),
      position: z.int().nonnegative(),
      limit: z.int().positive().max(500).default(60),
    }),
    z.strictObject({
      from: z.int(),
      to: z.int(),
      items: z.array(completionItemSchema),
      /** There are more that fit. */
      more: z.boolean(),
      ...ageFacts,
    }),
  ),
};
