import { SvelteMap } from 'svelte/reactivity';
import type { StageReport } from '#shared/connection/testReport.ts';

/** Stages of connection tests under way, by the id that the form gave its test. */
export class Tests {
  #stages = new SvelteMap<string, StageReport[]>();

  stages(testId: string): readonly StageReport[] {
    return this.#stages.get(testId) ?? [];
  }

  progressed({ testId, ...stage }: StageReport & { testId?: string }): void {
    if (testId === undefined) return;
    this.#stages.set(testId, [...this.stages(testId), stage]);
  }

  forget(testId: string): void {
    this.#stages.delete(testId);
  }
}
