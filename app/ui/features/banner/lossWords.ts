import type { LedgerEntry } from '#shared/query/ledger.ts';
import { hasLost, lostSummary, verdictWords } from '../../lib/ledgerWords.ts';

export interface LossFacts {
  /** When the link was lost, in Unix milliseconds. */
  readonly lossAt: number;
  /** What tabs are known to have lost with it. */
  readonly entries: readonly LedgerEntry[];
  /** A tab's transaction is still said to be open: nobody has told yet what became of it. */
  readonly open: boolean;
  /** When the last transaction there ended, in whatever way. */
  readonly lastEndAt: number | undefined;
  /** The tab in front, which shows its own losses. */
  readonly front?: string | undefined;
}

export interface LossWords {
  readonly text: string;
  /** The tab that shows more of it. */
  readonly tabId?: string;
}

/** One backend may be missed before the link itself is. */
export const leadMs = 5_000;

/** What a lost connection took along; undefined as long as that is not known for sure, and where it is shown already. */
export function lossWords({ lossAt, entries, open, lastEndAt, front }: LossFacts): LossWords | undefined {
  const told = entries.filter((entry) => hasLost(entry) || verdictWords(entry) !== undefined);
  // The last of each tab.
  const byTab = new Map(told.map((entry) => [entry.tabId, entry]));
  // What the tab in front lost stands right beneath the banner.
  const isShown = front !== undefined && byTab.delete(front);
  const [first] = byTab.values();
  if (first) {
    const { size } = byTab;
    const tabs = isShown ? (size === 1 ? 'another tab' : `${size} other tabs`) : `${size} tabs`;
    const text =
      isShown || size > 1 ? `${tabs} ${size === 1 ? 'has' : 'have'} lost something` : entryWords(first);
    return { text, tabId: first.tabId };
  }
  if (isShown) return undefined;
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
