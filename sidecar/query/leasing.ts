import type { Lease } from '../connection/pool.ts';

/**
 * Waits for a backend until the abort. Logging a new one in may take long and heeds no abort: then it goes back as soon as
 * it is there.
 */
export async function untilAborted(leasing: Promise<Lease>, signal: AbortSignal): Promise<Lease> {
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([leasing, aborted]);
  } catch (error) {
    leasing.then((lease) => lease.release()).catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
