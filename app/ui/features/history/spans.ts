import type { HistoryFilter } from '#shared/history/history.ts';

/** How far back is looked; `between` by two days of one's own. */
export const spanWords = {
  any: 'Any time',
  today: 'Today',
  week: 'Last 7 days',
  month: 'Last 30 days',
  between: 'Between…',
} as const;

export type Span = keyof typeof spanWords;

/** From midnight to midnight, as the days are here. `from` and `to` are written as date fields have them. */
export function boundsOf(
  span: Span,
  from: string,
  to: string,
  now: number,
): Pick<HistoryFilter, 'from' | 'to'> {
  if (span === 'any') return {};
  if (span === 'between') {
    const first = midnight(from);
    const last = midnight(to, 1);
    return { ...(first !== undefined && { from: first }), ...(last !== undefined && { to: last - 1 }) };
  }
  const days = { today: 0, week: 6, month: 29 }[span];
  const day = new Date(now);
  return { from: new Date(day.getFullYear(), day.getMonth(), day.getDate() - days).getTime() };
}

/** The beginning of a day of this place, or of one some days behind it; undefined where none is written. */
function midnight(written: string, daysBehind = 0): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(written) ?? [];
  if (day === undefined) return undefined;
  return Math.max(0, new Date(Number(year), Number(month) - 1, Number(day) + daysBehind).getTime());
}
