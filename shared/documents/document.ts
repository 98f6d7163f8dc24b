import * as z from 'zod';
import { empty, identifier, method, timestamp } from '../contract/define.ts';

/** The text of a tab. `id` is a uuid made by the window; cursor and scroll are in code units and pixels. */
export const documentSchema = z.strictObject({
  id: z.uuid(),
  title: z.string().max(500),
  text: z.string(),
  connectionId: z.string().optional(),
  database: z.string().optional(),
  cursor: z.int().nonnegative().optional(),
  scroll: z.number().nonnegative().optional(),
  sortOrder: z.number().optional(),
  /** Of its last save, by the sidecar; never the same for two saves of one document. */
  savedAt: timestamp.optional(),
});
export type Document = z.infer<typeof documentSchema>;

export const documentMethods = {
  /** Answers once the text is accepted; it is on disk within 500 ms. */
  'document.save': method(
    z.strictObject({ document: documentSchema }),
    z.strictObject({ savedAt: timestamp }),
  ),
  /** The texts of all tabs. */
  'document.list': method(empty, z.strictObject({ documents: z.array(documentSchema) })),
  /** Forgets the text of a tab. */
  'document.remove': method(z.strictObject({ id: identifier }), empty),
};

export const documentNotifications = {
  /** Another window has saved it, or removed it for good: then there is no `document`. */
  'document.changed': z.strictObject({ id: identifier, document: documentSchema.optional() }),
};
