import type { Clock } from '../lib/clock.ts';
import type { Runs } from '../query/runs.ts';
import type { Sessions } from './sessions.ts';

/** How often it is looked whether something runs still. */
const lookMs = 100;

export interface DrainDeps {
  clock: Clock;
  runs: Pick<Runs, 'hasActive'>;
  sessions: Sessions;
}

/** The end in good order: nothing new begins, and what runs may end first. */
export class Drain {
  readonly #deps: DrainDeps;
  #isUnderWay = false;

  constructor(deps: DrainDeps) {
    this.#deps = deps;
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Resolves once nothing runs, or when the time is over. Where nothing runs, nobody hears of it. */
  whenDone(limitMs: number): Promise<void> {
    const { clock, sessions } = this.#deps;
    this.#isUnderWay = true;
    if (!this.#isBusy()) return Promise.resolve();
    const until = clock.monotonic() + limitMs;
    sessions.drain(clock.now() + limitMs);
    return new Promise((resolve) => {
      const look = () => {
        if (!this.#isBusy() || clock.monotonic() >= until) resolve();
        else clock.after(lookMs, look);
      };
      look();
    });
  }

  #isBusy(): boolean {
    const { runs, sessions } = this.#deps;
    return sessions.all().some(({ id }) => runs.hasActive(id));
  }
}
