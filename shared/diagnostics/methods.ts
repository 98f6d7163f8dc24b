import * as z from 'zod';
import { empty, identifier, method } from '../contract/define.ts';
import { filePath } from '../query/exporting.ts';
import { diagnosticEventSchema, diagnosticTypes } from './event.ts';
import { maxReportLines } from './reportLimit.ts';

export const reportSections = [
  'Versions',
  'Settings',
  'Connections',
  'Now',
  'Events',
  'Log',
  'Metrics',
] as const;

export const reportLineSchema = z.strictObject({ section: z.enum(reportSections), text: z.string() });
export type ReportLine = z.infer<typeof reportLineSchema>;

/** One number; a histogram has several: `_bucket` (with the label `le`), `_sum` and `_count` beside its name. */
const sampleSchema = z.strictObject({
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  value: z.number(),
});

export const metricSchema = z.strictObject({
  name: z.string(),
  help: z.string(),
  type: z.enum(['counter', 'gauge', 'histogram']),
  samples: z.array(sampleSchema),
});
export type Metric = z.infer<typeof metricSchema>;

export const diagnosticsMethods = {
  /**
   * Events, newest first: from memory, and where that is not enough from the journal on disk. `text` is looked for in all
   * that an event says, in small or capital letters. `complete`: there are no older ones that fit.
   */
  'diagnostics.list': method(
    z.strictObject({
      type: z.enum(diagnosticTypes).optional(),
      connectionId: identifier.optional(),
      text: z.string().max(200).optional(),
      limit: z.int().positive().max(1_000).default(200),
      /** Only what came before the event with this id. */
      before: z.int().positive().optional(),
    }),
    z.strictObject({ events: z.array(diagnosticEventSchema), complete: z.boolean() }),
  ),
  /** From now on `diagnostics.recorded` comes to this window, or no longer; it ends with the window's socket. */
  'diagnostics.watch': method(z.strictObject({ on: z.boolean() }), empty),
  /**
   * What a report would hold, line by line, so that whoever sends it has seen all of it. `reportId` is good for saving it
   * until the next report is made. `maskHosts`: names and addresses of servers are replaced by `host-1` and so on.
   */
  'diagnostics.bundle': method(
    z.strictObject({ maskHosts: z.boolean().default(false) }),
    z.strictObject({ reportId: identifier, lines: z.array(reportLineSchema) }),
  ),
  /**
   * Writes a report that was shown to a file, without the lines that were struck out (counted from 0). NOT_FOUND where a
   * newer one was made meanwhile, FILE_NOT_WRITABLE where the file cannot be written.
   */
  'diagnostics.saveBundle': method(
    z.strictObject({
      reportId: identifier,
      path: filePath,
      struck: z.array(z.int().nonnegative()).max(maxReportLines),
    }),
    z.strictObject({ path: z.string(), bytes: z.int() }),
  ),
  /** What was counted and measured since the start; `text` is the same in Prometheus' exposition format. */
  'metrics.snapshot': method(empty, z.strictObject({ metrics: z.array(metricSchema), text: z.string() })),
};

export const diagnosticsNotifications = {
  /** Oldest first; an event that came again has its `id` of before, and takes its place. Only to windows that watch. */
  'diagnostics.recorded': z.strictObject({ events: z.array(diagnosticEventSchema) }),
};
