/**
 * Waits for `work`, but not for longer than `ms` and not past an abort: then `signal` (handed to the work) fires and the
 * returned promise rejects with what `onTimeout` makes, or with the abort's reason. The work itself must heed its signal.
 */
export async function withDeadline<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  { signal, onTimeout }: { signal?: AbortSignal | undefined; onTimeout: () => Error },
): Promise<T> {
  signal?.throwIfAborted();
  const inner = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let forward: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    timer = setTimeout(() => inner.abort(onTimeout()), ms);
    forward = () => inner.abort(signal?.reason);
    signal?.addEventListener('abort', forward, { once: true });
    inner.signal.addEventListener('abort', () => reject(inner.signal.reason as Error), { once: true });
  });
  try {
    return await Promise.race([work(inner.signal), stopped]);
  } finally {
    clearTimeout(timer);
    if (forward) signal?.removeEventListener('abort', forward);
  }
}

/** Waits for `work`, but not for longer than `ms`; rejects where it fails before. No timer is left behind. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race([work, delay(ms, over.signal).catch(() => {})]);
  } finally {
    over.abort();
  }
}

/** Resolves after `ms`, or rejects at an abort. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
