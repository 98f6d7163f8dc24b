import type { HistoryEntry } from '#shared/history/history.ts';
import { elapsed } from '../../lib/times.ts';

/** So much of a statement stands in a row, and so much before the first thing that was looked for. */
const lineLength = 400;
const before = 40;

export const outcomeWords: Readonly<Record<HistoryEntry['outcome'], string>> = {
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  lost: 'Connection lost',
};

/** `12 rows`; of what gives none, what the server says that it did. */
export function amountWords({ rows, commandTag }: Pick<HistoryEntry, 'rows' | 'commandTag'>): string {
  if (rows === undefined) return commandTag ?? '';
  return `${rows.toLocaleString()} ${rows === 1 ? 'row' : 'rows'}`;
}

export interface ShownLine {
  readonly text: string;
  readonly matches: readonly { from: number; to: number }[];
}

/** A statement in one line, from where something of what is looked for stands, with all of that marked. */
export function shownLine(text: string, sought: string): ShownLine {
  const line = text.trim().replace(/\s+/g, ' ');
  const terms = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const lower = line.toLowerCase();
  const first = Math.min(...terms.map((term) => lower.indexOf(term)).filter((at) => at >= 0));
  const from = Number.isFinite(first) && first > 2 * before ? first - before : 0;
  const shown = `${from > 0 ? '…' : ''}${line.slice(from, from + lineLength)}`;
  return { text: shown, matches: placesOf(shown.toLowerCase(), terms) };
}

/** In order, and none over another. */
function placesOf(text: string, terms: readonly string[]): ShownLine['matches'] {
  const places = terms.flatMap((term) => {
    const found: { from: number; to: number }[] = [];
    for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length))
      found.push({ from: at, to: at + term.length });
    return found;
  });
  const sorted = places.sort((one, other) => one.from - other.from || other.to - one.to);
  let end = 0;
  return sorted.filter((place) => {
    const isFree = place.from >= end;
    if (isFree) end = place.to;
    return isFree;
  });
}

/** Everything of a row, for who does not see it. */
export function spokenEntry(entry: HistoryEntry, line: string, time: string): string {
  const { connection, database, outcome, error, favourite, durationMs } = entry;
  const parts = [
    outcomeWords[outcome],
    line.slice(0, 200),
    error?.message ?? '',
    time,
    [connection, database].filter(Boolean).join(' '),
    elapsed(durationMs),
    amountWords(entry),
    favourite ? 'favourite' : '',
  ];
  return parts.filter(Boolean).join('; ');
}
