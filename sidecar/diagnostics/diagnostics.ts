import type { Clock } from '../lib/clock.ts';
import { DiagnosticEvents, type EventJournal } from './events.ts';
import { Metrics } from './metrics/metrics.ts';
import { watchProcess } from './metrics/processMetrics.ts';
import { prometheusText } from './metrics/prometheusText.ts';
import { Reports, type ReportSources } from './report/reports.ts';
import type { Screen } from './screen.ts';

export interface DiagnosticsDeps extends Pick<ReportSources, 'settings' | 'connections' | 'state' | 'log'> {
  clock: Clock;
  screen: Pick<Screen, 'purged'>;
  journal: EventJournal;
  /** Writes a text to a file of the user's. Rejects with FILE_NOT_WRITABLE. */
  write: (path: string, text: string) => Promise<{ path: string; bytes: number }>;
}

/** All by which a fault is found: what happened, what was counted, and the report for whoever is asked for help. */
export class Diagnostics {
  readonly events: DiagnosticEvents;
  readonly metrics = new Metrics();
  readonly reports: Reports;
  readonly write: DiagnosticsDeps['write'];
  readonly #stopWatching: () => void;

  constructor({ journal, write, ...deps }: DiagnosticsDeps) {
    this.events = new DiagnosticEvents({ ...deps, journal });
    this.reports = new Reports({
      ...deps,
      events: () => this.events.recent(),
      metrics: async () => (await this.snapshot()).text,
    });
    this.write = write;
    this.#stopWatching = watchProcess(this.metrics, deps.clock);
  }

  async snapshot() {
    const metrics = this.metrics.list();
    return { metrics, text: await prometheusText(metrics) };
  }

  close(): Promise<void> {
    this.#stopWatching();
    return this.events.close();
  }
}
