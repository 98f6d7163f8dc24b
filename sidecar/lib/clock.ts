/** Time as a dependency, so that tests can hand in their own. */
export interface Clock {
  /** Unix milliseconds, for what is shown and stored. */
  now(): number;
  /** Milliseconds that only go forward, for durations and deadlines. */
  monotonic(): number;
  /** Calls back once; the returned function takes it back. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
