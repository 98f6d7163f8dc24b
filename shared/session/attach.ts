import * as z from 'zod';
import { identifier } from '../contract/define.ts';

/** Of the one request that is answered before all others, so that it need not wait for what they are made of. */
export const attachParamsSchema = z.strictObject({
  protocolVersion: z.int(),
  windowId: identifier,
  token: z.string().max(200).optional(),
  replace: z.boolean().optional(),
});
