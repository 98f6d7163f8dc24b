import { z } from 'zod';
import { timestamp } from '../contract/define.ts';
import { envelopeSchema } from '../error/envelope.ts';

/** `resolve`, `tcp`, `ssh[n]`, `forward`, `tls`, `authenticate`, `database`, `session`, in this order. */
export const stageNameSchema = z
  .string()
  .regex(/^(resolve|tcp|ssh\[\d+\]|forward|tls|authenticate|database|session)$/);

/** The stages of a connection over so many SSH hops. */
export const stagesOver = (hops: number): string[] => [
  'resolve',
  'tcp',
  ...Array.from({ length: hops }, (_, hop) => `ssh[${hop}]`),
  ...(hops > 0 ? ['forward'] : []),
  'tls',
  'authenticate',
  'database',
  'session',
];

export const stageReportSchema = z.strictObject({
  stage: stageNameSchema,
  status: z.enum(['ok', 'failed', 'skipped']),
  ms: z.number().nonnegative(),
  facts: z.record(z.string(), z.unknown()).optional(),
  error: envelopeSchema.optional(),
});
export type StageReport = z.infer<typeof stageReportSchema>;

export const testReportSchema = z.strictObject({
  ok: z.boolean(),
  stages: z.array(stageReportSchema),
  latencyMs: z.number().nonnegative(),
  serverVersion: z.string().optional(),
  startedAt: timestamp.optional(),
  error: envelopeSchema.optional(),
});
export type TestReport = z.infer<typeof testReportSchema>;
