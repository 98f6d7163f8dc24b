import { stagesOver } from '#shared/connection/stages.ts';
import type { StageReport } from '#shared/connection/testReport.ts';
import { classify } from '../postgres/linkErrors.ts';

/** What a stage of connecting found: its value for the next stage, facts for the report. */
export interface StageOutcome<T> {
  value: T;
  facts?: Record<string, unknown>;
  skipped?: boolean;
}

/** Runs the stages of connecting one after the other, times each, and names the stage in its error. */
export class Stages {
  readonly reports: StageReport[] = [];
  readonly #target: string;
  readonly #onReport: ((report: StageReport) => void) | undefined;

  constructor(target: string, onReport?: (report: StageReport) => void) {
    this.#target = target;
    this.#onReport = onReport;
  }

  async run<T>(stage: string, work: () => Promise<StageOutcome<T>>): Promise<T> {
    const from = performance.now();
    try {
      const { value, facts, skipped } = await work();
      this.#report({
        stage,
        status: skipped ? 'skipped' : 'ok',
        ms: since(from),
        ...(facts ? { facts } : {}),
      });
      return value;
    } catch (error) {
      return this.fail(stage, since(from), error);
    }
  }

  /** Reports a stage that failed, and throws its error with the stage's name. */
  fail(stage: string, ms: number, error: unknown): never {
    const failure = classify(error, this.#target).with({ stage });
    this.#report({ stage, status: 'failed', ms, error: failure.toEnvelope() });
    throw failure;
  }

  /** A stage that was passed within another one's work, or the one that failed there. */
  record(report: StageReport): void {
    this.#report(report);
  }

  /** In their order; a second try (another host, or without a refused setting) reports again: its word counts. */
  get latest(): StageReport[] {
    const last = new Map(this.reports.map((report) => [report.stage, report]));
    return [...last.values()].sort((a, b) => order.indexOf(a.stage) - order.indexOf(b.stage));
  }

  #report(report: StageReport): void {
    this.reports.push(report);
    this.#onReport?.(report);
  }
}

/** With as many hops as a definition may have. */
const order = stagesOver(16);

export const since = (from: number): number => Math.round((performance.now() - from) * 10) / 10;
