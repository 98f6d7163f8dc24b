import * as z from 'zod';
import { identifier } from '../contract/define.ts';
import { colorSchema } from './config.ts';

export const groupSchema = z.strictObject({
  id: identifier,
  name: z.string().trim().min(1, 'The name is missing').max(200),
  parentId: z.string().optional(),
  sortOrder: z.number().default(0),
  color: colorSchema.optional(),
  expanded: z.boolean().default(true),
});
export type Group = z.infer<typeof groupSchema>;
