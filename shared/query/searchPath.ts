import * as z from 'zod';
import { empty, identifier, method } from '../contract/define.ts';

/** Names as they are written without quotes; `$user` stands for the schema that is named as the user is. */
const searchPath = z.array(z.string().min(1)).min(1).max(100);

export const tabSearchPathSchema = z.strictObject({
  tabId: identifier,
  connectionId: identifier,
  searchPath,
});
export type TabSearchPath = z.infer<typeof tabSearchPathSchema>;

export const searchPathMethods = {
  /** As SET search_path typed in the tab, which leaves its results as they are. TRANSACTION_STATE behind a pooler. */
  'tab.setSearchPath': method(
    z.strictObject({ ...tabSearchPathSchema.shape, database: z.string().optional() }),
    empty,
  ),
};

export const searchPathNotifications = {
  /** What names without a schema are looked up in has changed for a tab's session; absent: as the connection has it. */
  'tab.searchPathChanged': z.strictObject({
    ...tabSearchPathSchema.shape,
    searchPath: searchPath.optional(),
  }),
};
