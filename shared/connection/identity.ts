import * as z from 'zod';

/** One thing that is different from before the loss, behind the same address. */
export const identityChangeSchema = z.strictObject({
  what: z.enum(['systemIdentifier', 'timeline', 'role', 'version']),
  before: z.string(),
  after: z.string(),
});
export type IdentityChange = z.infer<typeof identityChangeSchema>;

export const identitySchema = z.strictObject({
  /** `unknown` where the server refuses to tell its system identifier. */
  known: z.boolean(),
  changes: z.array(identityChangeSchema),
  /** Another server answers: statements that write are refused until the user has acknowledged it. */
  writesHeld: z.boolean(),
});
export type IdentityReport = z.infer<typeof identitySchema>;
