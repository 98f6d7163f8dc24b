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

/** What was lost and is not there again, by kind, the worst first. */
export function lostLines({ lost, replayed }: Pick<LedgerEntry, 'lost' | 'replayed'>): LostLine[] {
  const gone = lost.filter((item) => !replayed.some((again) => sameItem(again, item)));
  return order.flatMap((kind) => {
    const items = gone.filter((item) => item.kind === kind).map(itemWords);
    const [one, many] = labels[kind];
    return items.length === 0 ? [] : [{ kind, label: items.length === 1 ? one : many, items }];
  });
}

function itemWords({ kind, name, value }: LostItem): string {
  if (kind === 'transaction')
    return value === 'failed' ? 'had failed already' : 'was open; the server rolls it back';
  if (name === undefined) return value ?? '';
  return kind === 'setting' || kind === 'role' ? `${name} = ${value ?? ''}` : name;
}

/** `a transaction, 2 settings and a temporary table`: for one line, and to be read aloud. */
export function lostSummary({ lost, omitted = 0 }: Pick<LedgerEntry, 'lost' | 'omitted'>): string {
  const parts = lostLines({ lost, replayed: [] }).map(({ label, items }) =>
    items.length === 1 ? `a ${label}` : `${items.length} ${label}`,
  );
  if (omitted > 0) parts.push(`${omitted} more`);
  const last = parts.pop() ?? 'nothing that is known';
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}

/** Settings and roles are safe to set again; a statement of the user's is never repeated. */
export const replayable = ({ lost, replayed }: Pick<LedgerEntry, 'lost' | 'replayed'>): LostItem[] =>
  lost.filter(
    (item) =>
      (item.kind === 'setting' || item.kind === 'role') && !replayed.some((again) => sameItem(again, item)),
  );

export interface Verdict {
  readonly tone: 'ok' | 'warning' | 'danger';
  readonly text: string;
}

/** What became of the COMMIT that was under way; undefined where there was none. */
export function commitVerdict(entry: LedgerEntry): Verdict | undefined {
  const { judging, commitOutcome, unknownReason } = entry;
  if (commitOutcome === 'committed')
    return { tone: 'ok', text: 'The COMMIT that was under way has taken effect.' };
  if (commitOutcome === 'rolledBack')
    return {
      tone: 'danger',
      text: 'The COMMIT that was under way did not take effect: all was rolled back.',
    };
  if (commitOutcome === 'unknown')
    return {
      tone: 'warning',
      text: `Whether the COMMIT took effect is not known: ${unknownReason ? reasons[unknownReason] : 'the server does not tell'}.`,
    };
  return judging
    ? { tone: 'warning', text: 'The server is asked what became of the COMMIT as soon as it is back.' }
    : undefined;
}

const reasons: Record<NonNullable<LedgerEntry['unknownReason']>, string> = {
  nothingWritten: 'it had written nothing, so there is nothing to look for',
  identityUnknown: 'the server does not tell who it is',
  identityChanged: 'another server answers now',
  inRecovery: 'the server is a standby now',
  notKnown: 'the server no longer knows that transaction',
  inProgress: 'it had not ended when the server was last asked',
};
