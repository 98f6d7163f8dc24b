import * as z from 'zod';
import { errorCodes, type ErrorCode } from './codes.ts';

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];

export const fieldIssueSchema = z.strictObject({ path: z.string(), message: z.string() });
export type FieldIssue = z.infer<typeof fieldIssueSchema>;

/** What an error looks like on the wire (JSON-RPC `error.data`), in status events and in the journal. Holds no secret. */
export const envelopeSchema = z.strictObject({
  code: z.enum(codes),
  /** A sentence for the user. */
  message: z.string(),
  reason: z.string().optional(),
  /** Redacted technical detail: the server's own words, or structured facts. */
  detail: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  hint: z.string().optional(),
  /** Which stage of connecting failed. */
  stage: z.string().optional(),
  retry: z.enum(['auto', 'once', 'user', 'never']),
  actions: z.array(z.strictObject({ id: z.string(), label: z.string() })),
  issues: z.array(fieldIssueSchema).optional(),
  retryAfterMs: z.int().optional(),
  promptId: z.string().optional(),
  sqlstate: z.string().optional(),
  /** Where in the text of the run the error stands, counted in UTF-16 code units from 0. */
  position: z.int().optional(),
  /** Set where a statement was under way: `none` if it was never written to the socket. */
  outcome: z.enum(['none', 'unknown', 'committed', 'rolledBack']).optional(),
});
export type ErrorEnvelope = z.infer<typeof envelopeSchema>;
