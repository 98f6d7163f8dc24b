import { elapsedSoFar } from '../../lib/times.ts';
import { errorTitle } from '../../errors/titles.ts';
import type { Run } from '../../stores/runsRun.svelte.ts';

export interface RunWords {
  readonly text: string;
  readonly tone: 'calm' | 'warning';
}

/** Most answers are here sooner; what only flashes up says nothing. */
const quietMs = 1_000;

/** What stands beside Cancel: how long it runs, and what became of a cancel; undefined where there is nothing to say. */
export function runWords(
  {
    active,
    state,
    startedAt,
    error,
    cancelAsked,
  }: Pick<Run, 'active' | 'state' | 'startedAt' | 'error' | 'cancelAsked'>,
  now: number,
): RunWords | undefined {
  const ms = Math.max(0, now - startedAt);
  if (state === 'waiting') return { text: 'waiting', tone: 'calm' };
  if (active) return ms < quietMs ? undefined : { text: elapsedSoFar(ms), tone: 'calm' };
  if (state === 'cancelled' && error?.outcome === 'unknown')
    return { text: errorTitle(error), tone: 'warning' };
  if (state === 'lost' && cancelAsked)
    return { text: errorTitle({ code: 'CANCELLED', reason: 'cancelUnreached' }), tone: 'warning' };
  return state === 'cancelled' ? { text: 'Cancelled', tone: 'calm' } : undefined;
}
