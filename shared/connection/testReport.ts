import * as z from 'zod';
import { timestamp } from '../contract/define.ts';
import { envelopeSchema } from '../error/envelope.ts';
import { portSchema } from './config.ts';

/** `resolve`, `tcp`, `ssh[n]`, `forward`, `tls`, `authenticate`, `database`, `session`, in this order. */
export const stageNameSchema = z
  .string()
  .regex(/^(resolve|tcp|ssh\[\d+\]|forward|tls|authenticate|database|session)$/);

export const stageReportSchema = z.strictObject({
  stage: stageNameSchema,
  status: z.enum(['ok', 'failed', 'skipped']),
  ms: z.number().nonnegative(),
  facts: z.record(z.string(), z.unknown()).optional(),
  error: envelopeSchema.optional(),
});
export type StageReport = z.infer<typeof stageReportSchema>;

/** What a test found otherwise than it was when the connection last worked. */
export const stageChangeSchema = z.strictObject({
  what: z.enum([
    'target',
    'address',
    'hostKey',
    'encryption',
    'certificate',
    'server',
    'version',
    'role',
    'time',
  ]),
  /** Where it was found. */
  stage: stageNameSchema,
  before: z.string(),
  after: z.string(),
});
export type StageChange = z.infer<typeof stageChangeSchema>;

/** How a connection was when it last worked, as it is kept: of each stage what can be compared. */
export const lastGoodSchema = z.strictObject({
  id: z.string(),
  at: timestamp,
  target: z.string(),
  stages: z.array(
    z.strictObject({
      stage: stageNameSchema,
      ms: z.number().nonnegative(),
      facts: z.record(z.string(), z.unknown()),
    }),
  ),
});
export type LastGood = z.infer<typeof lastGoodSchema>;

const placeSchema = z.strictObject({ host: z.string(), port: portSchema });
export type FoundPlace = z.infer<typeof placeSchema>;

export const testReportSchema = z.strictObject({
  ok: z.boolean(),
  stages: z.array(stageReportSchema),
  latencyMs: z.number().nonnegative(),
  serverVersion: z.string().optional(),
  startedAt: timestamp.optional(),
  error: envelopeSchema.optional(),
  /** Where the database could not be opened: those that this user may open. */
  databases: z.array(z.string()).optional(),
  /** Where nothing answered on this computer: servers that do. */
  places: z.array(placeSchema).optional(),
  /** When the stored connection last worked, by a connect or a test, and what is different since. */
  last: z.strictObject({ at: timestamp, changes: z.array(stageChangeSchema) }).optional(),
  /** The program that tested, with its version and system. */
  testedBy: z.string(),
});
export type TestReport = z.infer<typeof testReportSchema>;
