import * as z from 'zod';
import { identifier, timestamp } from '../contract/define.ts';

export const diagnosticTypes = ['connection', 'catalog', 'query', 'session', 'store'] as const;
export type DiagnosticType = (typeof diagnosticTypes)[number];

/** Who began it: the program by itself, the user, or a lesson that he follows. */
export const diagnosticSources = ['service', 'user', 'learn'] as const;

/** Something that happened, as it is kept in order to find out later what went wrong. Holds no secret and no rows. */
export const diagnosticEventSchema = z.strictObject({
  /** Rises with each event, over restarts too. */
  id: z.int().positive(),
  at: timestamp,
  type: z.enum(diagnosticTypes),
  /** What happened, as one word in camelCase. */
  event: z.string().min(1).max(100),
  source: z.enum(diagnosticSources),
  connectionId: identifier.optional(),
  /** Redacted, and at most some kilobytes. */
  payload: z.record(z.string(), z.unknown()),
  /** It came so many times since `at`, the last time at `lastAt`; `payload` is the last one's. */
  count: z.int().positive().optional(),
  lastAt: timestamp.optional(),
});
export type DiagnosticEvent = z.infer<typeof diagnosticEventSchema>;
