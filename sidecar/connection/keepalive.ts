import { classify } from '../postgres/linkErrors.ts';
import type { BackendPool } from './pool.ts';

/** A ping that is not answered in this time costs its backend. */
const pingDeadlineMs = 4_000;

/**
 * Keeps idle backends from being forgotten by firewalls and bouncers: every `intervalMs` those idle for longer are pinged,
 * and what does not answer is thrown away. Returns what stops it.
 */
export function startKeepalive(pool: BackendPool, intervalMs: number): () => void {
  if (intervalMs === 0) return () => {};
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void pingIdle(pool, intervalMs).finally(() => (busy = false));
  }, intervalMs);
  return () => clearInterval(timer);
}

async function pingIdle(pool: BackendPool, intervalMs: number): Promise<void> {
  const idle = await pool.takeIdle();
  await Promise.all(
    idle.map(async ({ backend, idleMs, giveBack }) => {
      try {
        // Half an interval of slack: a backend used just after the last round is pinged in this one, not the next.
        if (idleMs >= intervalMs / 2) await backend.query('', pingDeadlineMs);
        giveBack();
      } catch (error) {
        giveBack(classify(error, backend.target));
      }
    }),
  );
}
