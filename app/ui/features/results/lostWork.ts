import type { LedgerEntry } from '#shared/query/ledger.ts';
import type { Run } from '../../stores/runsRun.svelte.ts';

/** What became of work that was not committed when the link was lost. */
export interface LostWork {
  /** The first result of the run that belongs to it. */
  readonly from: number;
  readonly words: string;
  /** False while, or where, nobody knows what became of it. */
  readonly isRolledBack: boolean;
}

export interface LostWorkFacts {
  readonly run: Pick<Run, 'active' | 'state' | 'startedAt' | 'endedAt' | 'transactionStatus'> & {
    readonly results: readonly Pick<Run['results'][number], 'commandTag'>[];
  };
  /** The losses that took a transaction of the tab along, oldest first. */
  readonly losses: readonly LedgerEntry[];
  /** When transactions of the tab began. */
  readonly begun: readonly number[];
}

/** Undefined where nothing of the run was lost. */
export function lostWork({ run, losses, begun }: LostWorkFacts): LostWork | undefined {
  const { active, state, startedAt, endedAt = startedAt, transactionStatus } = run;
  const leftOpen = transactionStatus === 'T' || transactionStatus === 'E';
  if (active || (state !== 'lost' && !leftOpen)) return undefined;
  const loss = losses.find(({ at }) => at >= startedAt);
  if (!loss) return undefined;
  // Another transaction began after the run: that one was lost, and the run's own had ended before.
  if (leftOpen && begun.some((at) => at > endedAt && at <= loss.at)) return undefined;
  const isSeen = state === 'lost' || begun.some((at) => at <= endedAt);
  const words = isSeen ? fateWords(loss) : notKnown;
  if (words === undefined) return undefined;
  return { from: firstOpen(run.results), words, isRolledBack: words === rolledBack };
}

const rolledBack = 'rolled back with the lost connection';
const notKnown = 'whether it was committed is not known';

function fateWords({ judging, commitOutcome }: LedgerEntry): string | undefined {
  if (commitOutcome === 'committed') return undefined;
  if (commitOutcome === 'unknown') return notKnown;
  return judging ? 'whether it was committed is being asked' : rolledBack;
}

/** Where the transaction began that the run left open: at its last BEGIN, or after its last COMMIT. */
function firstOpen(results: LostWorkFacts['run']['results']): number {
  const tags = results.map(({ commandTag }) => commandTag);
  const begin = tags.findLastIndex((tag) => tag === 'BEGIN' || tag === 'START TRANSACTION');
  return begin >= 0 ? begin : tags.lastIndexOf('COMMIT') + 1;
}
