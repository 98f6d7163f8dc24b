import type { KeptEntry, KeptRun } from '#shared/session/kept.ts';
import { dayStart } from '../../lib/times.ts';

const dayMs = 24 * 3_600_000;

const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString()} ${n === 1 ? one : many}`;

/** `09:15 – 11:40`; of one that went on into another day, with the days. */
export function timeWords(
  { startedAt, savedAt }: Pick<KeptEntry, 'startedAt' | 'savedAt'>,
  locale?: string,
): string {
  const isOneDay = dayStart(startedAt) === dayStart(savedAt);
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
