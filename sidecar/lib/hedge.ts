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
 * The first of at most two tries that succeeds. The other one is aborted. Rejects when an error is final, when both have
 * failed, or at an abort.
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
    return await firstSuccess([first, attempt()], isFinal);
  } finally {
    decided = true;
    loser.abort(new Error('The other attempt was quicker'));
  }
}

function firstSuccess<T>(attempts: Promise<T>[], isFinal: (error: unknown) => boolean): Promise<T> {
  let failures = 0;
  return new Promise((resolve, reject) => {
    for (const attempt of attempts)
      attempt.then(resolve, (error: unknown) => {
        failures += 1;
        if (isFinal(error) || failures === attempts.length) reject(asError(error));
      });
  });
}
