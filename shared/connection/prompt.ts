import * as z from 'zod';
import { identifier, timestamp } from '../contract/define.ts';

/** A question that only a person can answer; nothing waits for it, and it is forgotten after five minutes. */
export const promptSchema = z.strictObject({
  promptId: identifier,
  connectionId: identifier,
  kind: z.enum(['password', 'sshPassword', 'passphrase', 'clientKeyPassphrase', 'hostKey']),
  hop: z.string().optional(),
  facts: z.record(z.string(), z.unknown()).optional(),
  /** How long the answer may be kept: the choices that work on this computer. */
  remember: z.array(z.enum(['none', 'session', 'keychain'])),
  expiresAt: timestamp.optional(),
});
export type Prompt = z.infer<typeof promptSchema>;
