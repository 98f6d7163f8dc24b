import * as z from 'zod';
import { method } from '../contract/define.ts';

/** What is chosen: it says where to begin and which names are likely. `folder` is a folder itself. */
export const fileKinds = ['certificate', 'privateKey', 'sshKey', 'passwordFile', 'data', 'folder'] as const;
export type FileKind = (typeof fileKinds)[number];

const path = z.string().max(4096);

/** What the host answers by itself: it alone is where the window is. */
export const nativeMethods = {
  /**
   * The system's own dialog. `noDialog`: none can be shown, so the window lists folders itself, from `folder` on. A dialog
   * for saving has asked before it gives the path of a file that is there already.
   */
  'native.pickFile': method(
    z.strictObject({
      title: z.string().min(1).max(200),
      /** What is there already: a file or a folder, maybe half typed. */
      start: path.optional(),
      kind: z.enum(fileKinds),
      mode: z.enum(['open', 'save']).default('open'),
      /** What a file that is to be saved may be called. */
      name: z.string().max(200).optional(),
    }),
    z.discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('chosen'), path }),
      z.strictObject({ outcome: z.literal('cancelled') }),
      z.strictObject({ outcome: z.literal('noDialog'), folder: path }),
    ]),
  ),
  /** Names only, never contents. The path of a file gives its folder and says which of the names it is. */
  'native.listFolder': method(
    z.strictObject({ path, hidden: z.boolean() }),
    z.strictObject({
      folder: path,
      /** Undefined at the top. */
      parent: path.optional(),
      file: z.string().optional(),
      entries: z.array(z.strictObject({ name: z.string(), path, kind: z.enum(['folder', 'file']) })),
      /** There are more than are listed. */
      more: z.boolean(),
      /** Folders that are there and often wanted. */
      places: z.array(z.strictObject({ label: z.string(), path })),
    }),
  ),
  /** Opens a page of the web in the user's browser. `opened` false: the window has to do it itself. */
  'native.openLink': method(
    z.strictObject({ url: z.url({ protocol: /^https$/ }).max(2048) }),
    z.strictObject({ opened: z.boolean() }),
  ),
};
