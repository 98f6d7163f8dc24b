import type { Clock } from '../lib/clock.ts';

/** News of a run go out at most this often. */
export const newsIntervalMs = 100;

/** Calls `run` once, a little after it was first asked for: many changes become one piece of news. */
export class Throttle {
  #cancel: (() => void) | undefined;
  readonly #clock: Clock;
  readonly #run: () => void;

  constructor(clock: Clock, run: () => void) {
    this.#clock = clock;
    this.#run = run;
  }

  soon(): void {
    this.#cancel ??= this.#clock.after(newsIntervalMs, () => this.flush());
  }

  /** Now, where it was asked for. */
  flush(): void {
    if (!this.#cancel) return;
    this.stop();
    this.#run();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
