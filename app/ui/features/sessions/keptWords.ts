import type { KeptEntry, KeptRun } from '#shared/session/kept.ts';

const dayMs = 24 * 3_600_000;

const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString()} ${n === 1 ? one : many}`;

const dayOf = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** `Today`, `Yesterday`, `Tuesday, 17 November`; with the year where it is another one. */
export function dayWords(at: number, now: number, locale?: string): string {
  // A day may have an hour more or less.
  const days = Math.round((dayOf(now) - dayOf(at)) / dayMs);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const year = isThisYear ? {} : { year: 'numeric' as const };
  return new Date(at).toLocaleDateString(locale, { weekday: 'long', day: 'numeric', month: 'long', ...year });
}

/** `09:15 – 11:40`; of one that went on into another day, with the days. */
export function timeWords(
  { startedAt, savedAt }: Pick<KeptEntry, 'startedAt' | 'savedAt'>,
  locale?: string,
): string {
  const isOneDay = dayOf(startedAt) === dayOf(savedAt);
  const date = isOneDay ? {} : ({ day: 'numeric', month: 'short' } as const);
  const format = new Intl.DateTimeFormat(locale, { ...date, hour: '2-digit', minute: '2-digit' });
  return format.formatRange(startedAt, savedAt);
}

/** `3 tabs, 12 runs, 1 failed`. */
export function countWords({ tabs, runs, failed }: KeptEntry['summary']): string {
  const parts = [count(tabs, 'tab'), ...(runs > 0 ? [count(runs, 'run')] : [])];
  return [...parts, ...(failed > 0 ? [`${failed.toLocaleString()} failed`] : [])].join(', ');
}

/** How long it is still kept. */
export function keptUntilWords(persistedUntil: number, now: number): string {
  const days = Math.ceil((persistedUntil - now) / dayMs);
  return days <= 0 ? 'is deleted soon' : `kept for ${count(days, 'more day', 'more days')}`;
}

/** What became of a run, in words. */
export const outcomeWords = ({ outcome }: Pick<KeptRun, 'outcome'>): string =>
  outcome === undefined ? 'did not end' : outcome === 'lost' ? 'connection lost' : outcome;

export const rowsWords = (rowCount: number): string => count(rowCount, 'row');

/** The first words of a text in one line. */
export const firstLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '')
    ?.slice(0, 300) ?? '';
