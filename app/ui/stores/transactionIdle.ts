import type { Run } from './runsRun.svelte.ts';
import type { OpenTransaction } from './transactions.svelte.ts';

/** From here on the user is told: locks that are held while nobody works hurt everybody else. */
const idleWarningMs = 5 * 60_000;

/** Since when nothing has been done in an open transaction; undefined while something runs in it. */
export function idleSince(
  { sinceAt }: Pick<OpenTransaction, 'sinceAt'>,
  run: Pick<Run, 'active' | 'endedAt'> | undefined,
): number | undefined {
  if (run?.active) return undefined;
  const times = [sinceAt, run?.endedAt].filter((at) => at !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
}

export const isIdleTooLong = (idleMs: number): boolean => idleMs > idleWarningMs;
