import { asError } from './asError.ts';
import { delay } from './deadline.ts';

export interface HedgeOptions<T> {
  /** After this time without an end of the first, a second is started beside it. */
  afterMs: number;
  signal: AbortSignal;
  /** An error after which the other cannot do better either. */
  isFinal: (error: unknown) => boolean;
  /** What is done with a success that came too late. */
  discard: (value: T) => void;
}

/**
 * The first of at most two tries that succeeds. The other one is aborted. Rejects when the first has failed, when an error is
 * final, or at an abort: on a silent link a second try that goes on alone would only keep the next fresh one waiting.
 */
export async function hedge<T>(
  start: (signal: AbortSignal) => Promise<T>,
  options: HedgeOptions<T>,
): Promise<T> {
  const { afterMs, signal, isFinal, discard } = options;
  const loser = new AbortController();
  const inner = AbortSignal.any([signal, loser.signal]);
  let decided = false;
  const attempt = async (): Promise<T> => {
    const value = await start(inner);
    if (decided) discard(value);
    decided = true;
    return value;
  };
  const first = attempt();
  const settled = first.then(
    () => true,
    () => true,
  );
  try {
    const early = await Promise.race([settled, delay(afterMs, inner).then(() => false)]);
    if (early) return await first;
    return await Promise.race([first, unlessMinor(attempt(), isFinal)]);
  } finally {
    decided = true;
    loser.abort(new Error('The other attempt was quicker'));
  }
}

/** Fails for a final error only. */
function unlessMinor<T>(attempt: Promise<T>, isFinal: (error: unknown) => boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    attempt.then(resolve, (error: unknown) => {
      if (isFinal(error)) reject(asError(error));
    });
  });
}
