import { Emitter } from './emitter.ts';

/** Every watcher runs on this tick. */
export const tickMs = 500;
/** A tick later than this means that the machine slept, or this process was held: no deadline of before counts. */
const sleptMs = 1_000;

export interface Tick {
  /** Milliseconds that only go forward. */
  at: number;
  slept: boolean;
}

/** One timer for all that watches, so that a sleep is noticed once and by everybody. Runs while somebody listens. */
export class Ticker {
  readonly #ticks = new Emitter<Tick>();
  #listeners = 0;
  #timer: NodeJS.Timeout | undefined;
  #expectedAt = 0;

  /** Listens until the returned function is called. */
  on(listener: (tick: Tick) => void): () => void {
    const off = this.#ticks.on(listener);
    this.#listeners += 1;
    this.#timer ??= this.#start();
    let listening = true;
    return () => {
      if (!listening) return;
      listening = false;
      off();
      this.#listeners -= 1;
      if (this.#listeners > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #start(): NodeJS.Timeout {
    this.#expectedAt = performance.now() + tickMs;
    return setInterval(() => {
      const at = performance.now();
      const slept = at - this.#expectedAt > sleptMs;
      this.#expectedAt = at + tickMs;
      // After a stall Node runs timers before sockets: what has come already must be read before anything is judged.
      setImmediate(() => setImmediate(() => this.#ticks.emit({ at, slept })));
    }, tickMs);
  }
}
