import type { LedgerEntry } from '#shared/query/ledger.ts';
import { lostSummary, verdictWords } from '../../lib/ledgerWords.ts';

export interface LossFacts {
  /** When the link was lost, in Unix milliseconds. */
  readonly lossAt: number;
  /** What tabs are known to have lost with it. */
  readonly entries: readonly LedgerEntry[];
  /** A tab's transaction is still said to be open: nobody has told yet what became of it. */
  readonly open: boolean;
  /** When the last transaction there ended, in whatever way. */
  readonly lastEndAt: number | undefined;
}

export interface LossWords {
  readonly text: string;
  /** The tab that shows more of it. */
  readonly tabId?: string;
}

/** One backend may be missed before the link itself is. */
export const leadMs = 5_000;

/** What a lost connection took along; undefined as long as that is not known for sure. */
export function lossWords({ lossAt, entries, open, lastEndAt }: LossFacts): LossWords | undefined {
  const told = entries.filter(
    ({ lost, judging, commitOutcome }) => lost.length > 0 || judging || commitOutcome,
  );
  const [first, ...others] = told;
  if (first) {
    const text = others.length > 0 ? `${told.length} tabs have lost something` : entryWords(first);
    return { text, tabId: first.tabId };
  }
  if (open) return { text: 'a transaction was open' };
  // Whether that one was ended by the user or by the loss is told by the ledger, which is on its way or was read.
  if (lastEndAt !== undefined && lastEndAt >= lossAt - leadMs) return undefined;
  return { text: 'no transaction was open' };
}

function entryWords(entry: LedgerEntry): string {
  const verdict = verdictWords(entry);
  if (verdict !== undefined) return verdict;
  const hasTransaction = entry.lost.some(({ kind }) => kind === 'transaction');
  return `${hasTransaction ? '' : 'no transaction was open, '}lost ${lostSummary(entry)}`;
}
