import { SvelteMap } from 'svelte/reactivity';
import { stagesOver } from '#shared/connection/stages.ts';
import type { StageReport } from '#shared/connection/testReport.ts';

/** A test as far as it is. */
interface Progress {
  stages: readonly StageReport[];
  /** When the stage that runs now began. */
  since: number;
}

/** With as many hops as a definition may have. */
const order = stagesOver(16);

/** Stages of connection tests under way, by the id that the form gave its test. */
export class Tests {
  #progress = new SvelteMap<string, Progress>();

  began(testId: string): void {
    this.#progress.set(testId, { stages: [], since: Date.now() });
  }

  progress(testId: string): Progress | undefined {
    return this.#progress.get(testId);
  }

  /** A stage that is told again belongs to another try, of another host for example: what came after it is over. */
  progressed({ testId, ...stage }: StageReport & { testId?: string }): void {
    const before = testId === undefined ? undefined : this.#progress.get(testId);
    if (testId === undefined || before === undefined) return;
    const place = order.indexOf(stage.stage);
    const kept = before.stages.filter((each) => order.indexOf(each.stage) < place);
    this.#progress.set(testId, { stages: [...kept, stage], since: Date.now() });
  }

  forget(testId: string): void {
    this.#progress.delete(testId);
  }
}
