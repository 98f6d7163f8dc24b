import type { LedgerEntry, LostItem } from '#shared/query/ledger.ts';

type Kind = LostItem['kind'];

/** One kind of thing that was lost, and each of them in a few words. */
export interface LostLine {
  readonly kind: Kind;
  readonly label: string;
  readonly items: readonly string[];
}

const labels: Record<Kind, [one: string, many: string]> = {
  transaction: ['transaction', 'transactions'],
  setting: ['setting', 'settings'],
  role: ['role', 'roles'],
  tempTable: ['temporary table', 'temporary tables'],
  listen: ['LISTEN', 'LISTEN'],
  prepared: ['prepared statement', 'prepared statements'],
  cursor: ['cursor', 'cursors'],
  advisoryLock: ['advisory lock', 'advisory locks'],
};
const order = Object.keys(labels) as Kind[];

const sameItem = (a: LostItem, b: LostItem): boolean => a.kind === b.kind && a.name === b.name;

type Lost = Pick<LedgerEntry, 'lost' | 'replayed' | 'omitted' | 'judging' | 'commitOutcome'>;

/** What was lost and is not there again, by kind, the worst first. */
export function lostLines(entry: Lost): LostLine[] {
  const gone = goneOf(entry);
  return order.flatMap((kind) => {
    const items = gone.filter((item) => item.kind === kind).map(itemWords);
    const [one, many] = labels[kind];
    return items.length === 0 ? [] : [{ kind, label: items.length === 1 ? one : many, items }];
  });
}

/** Of a transaction whose COMMIT was under way the verdict says what became. */
const goneOf = ({ lost, replayed, judging, commitOutcome }: Lost): LostItem[] =>
  lost.filter(
    (item) =>
      !replayed.some((again) => sameItem(again, item)) &&
      !(item.kind === 'transaction' && (judging || commitOutcome)),
  );

function itemWords({ kind, name, value }: LostItem): string {
  if (kind === 'transaction')
    return value === 'failed' ? 'had failed already' : 'was open; the server rolls it back';
  if (name === undefined || (kind === 'role' && name === 'role')) return value ?? '';
  return (kind === 'setting' || kind === 'role') && value !== undefined ? `${name} = ${value}` : name;
}

/** `a transaction, 2 settings and a temporary table`: for one line, and to be read aloud. */
export function lostSummary(entry: Lost): string {
  const parts = lostLines(entry).map(({ label, items }) =>
    items.length === 1 ? `${/^[aeiou]/.test(label) ? 'an' : 'a'} ${label}` : `${items.length} ${label}`,
  );
  const { omitted = 0 } = entry;
  if (omitted > 0) parts.push(`${omitted} more`);
  const last = parts.pop() ?? 'nothing that is known';
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}

/** What stands before the time in the headline of an entry. */
export const entryTitle = (entry: LedgerEntry): string =>
  verdictWords(entry) === undefined ? 'Lost with the connection' : 'COMMIT interrupted';

/** The rest of the headline: what is gone, beside what became of a COMMIT. */
export function entryWords(entry: LedgerEntry): string {
  const again = entry.replayed.length > 0 ? 'all is set again' : '';
  if (verdictWords(entry) !== undefined) return hasLost(entry) ? `lost: ${lostSummary(entry)}` : again;
  if (entry.lost.length === 0 && !entry.omitted) return entry.error.message;
  const only = onlyItem(entry);
  if (only) return onlyWords(only);
  return hasLost(entry) ? lostSummary(entry) : again;
}

/** What fits into the headline needs no list beneath it. */
export const fitsHeadline = (entry: LedgerEntry): boolean =>
  verdictWords(entry) === undefined ? onlyItem(entry) !== undefined : !hasLost({ ...entry, replayed: [] });

function onlyItem({ lost, replayed, omitted }: LedgerEntry): LostItem | undefined {
  return lost.length === 1 && replayed.length === 0 && !omitted ? lost[0] : undefined;
}

function onlyWords(item: LostItem): string {
  if (item.kind === 'transaction')
    return item.value === 'failed'
      ? 'a transaction that had failed'
      : 'a transaction, which the server rolls back';
  if (item.kind === 'role') return `${item.name ?? 'role'} = ${item.value ?? ''}`;
  return `${labels[item.kind][0]} ${itemWords(item)}`;
}

/** Something is gone of which the verdict does not tell. */
export const hasLost = (entry: LedgerEntry): boolean => goneOf(entry).length > 0 || (entry.omitted ?? 0) > 0;

type Judged = Pick<LedgerEntry, 'judging' | 'commitOutcome' | 'unknownReason'>;

/** What became of the COMMIT that was under way, as a part of a sentence; undefined where there was none. */
export function verdictWords({ judging, commitOutcome, unknownReason }: Judged): string | undefined {
  switch (commitOutcome) {
    case 'committed':
      return 'the COMMIT has taken effect';
    case 'rolledBack':
      return 'the COMMIT did not take effect: all was rolled back';
    case 'unknown': {
      const why = unknownReason ? reasons[unknownReason] : 'the server could not be asked';
      return `whether the COMMIT took effect is not known: ${why}`;
    }
    case undefined:
      return judging ? 'asking the server what became of the COMMIT' : undefined;
  }
}

const reasons: Record<NonNullable<LedgerEntry['unknownReason']>, string> = {
  nothingWritten: 'it had written nothing, so there is nothing to look for',
  identityUnknown: 'the server does not tell who it is',
  identityChanged: 'another server answers now',
  inRecovery: 'the server is a standby now',
  notKnown: 'the server no longer knows that transaction',
  inProgress: 'it had not ended when the server was last asked',
};

export type VerdictTone = 'ok' | 'warning' | 'danger';

/** How the verdict is drawn. */
export const verdictTone = ({ commitOutcome }: Judged): VerdictTone =>
  commitOutcome === 'committed' ? 'ok' : commitOutcome === 'rolledBack' ? 'danger' : 'warning';

/** What is said aloud of a new entry. */
export function spokenLoss(title: string, entry: LedgerEntry): string {
  const verdict = verdictWords(entry);
  if (verdict === undefined)
    return hasLost(entry)
      ? `${title} has lost ${lostSummary(entry)}.`
      : `${title}: what was lost with the connection is set again.`;
  const more = hasLost(entry) ? ` Lost: ${lostSummary(entry)}.` : '';
  return `${title}: the connection was lost; ${verdict}.${more}`;
}

/** What is said aloud once it is known what became of a COMMIT. */
export const spokenVerdict = (title: string, entry: Judged): string | undefined =>
  entry.commitOutcome && `${title}: ${verdictWords(entry) ?? ''}.`;

/** Settings and roles are safe to set again; a statement of the user's is never repeated. */
export const replayable = ({ lost, replayed }: Pick<LedgerEntry, 'lost' | 'replayed'>): LostItem[] =>
  lost.filter(
    (item) =>
      (item.kind === 'setting' || item.kind === 'role') && !replayed.some((again) => sameItem(again, item)),
  );

/** What is said aloud of a replay. */
export function spokenReplay(
  replayed: readonly LostItem[],
  failed: readonly { readonly item: LostItem; readonly error: { readonly message: string } }[],
): string {
  const names = replayed.map(({ name }) => name).join(', ');
  const again = names === '' ? 'Nothing was set again.' : `Set again: ${names}.`;
  return [again, ...failed.map(({ item, error }) => `${item.name ?? item.kind}: ${error.message}`)].join(' ');
}
