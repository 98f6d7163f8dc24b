/** `3 s`, `4 min`, `2 h`, `5 d`: a length of time in its largest whole unit, for a line that changes each second. */
export function shortDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** What comes next, by a count that ends with one second; undefined once it is due. */
export function countdown(at: number | undefined, now: number): string | undefined {
  const seconds = at === undefined ? 0 : Math.ceil((at - now) / 1_000);
  return seconds <= 0 ? undefined : shortDuration(seconds * 1_000);
}

/** `3 s ago`. */
export const ago = (at: number, now: number): string => `${shortDuration(now - at)} ago`;

/** How long something ran: `3 ms`, `1.6 s`, `2 min 5 s`. */
export function elapsed(ms: number): string {
  if (ms < 1) return '<1 ms';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1_000)} s`;
}

/** The time of the day, to the minute. */
export const clockTime = (at: number): string =>
  new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });

/** How long something has run that still runs: in whole seconds, so that the line does not flicker. */
export const elapsedSoFar = (ms: number): string =>
  ms < 60_000 ? `${Math.floor(Math.max(0, ms) / 1_000)} s` : elapsed(ms);

/** The exact time, for what stands behind "3 s ago" on hover. */
export const exactTime = (at: number): string => new Date(at).toLocaleString();

/** The midnight before. */
export const dayStart = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** `Today`, `Yesterday`, `Tuesday, 17 November`; with the year where it is another one. */
export function dayWords(at: number, now: number, locale?: string): string {
  // A day may have an hour more or less.
  const days = Math.round((dayStart(now) - dayStart(at)) / (24 * 3_600_000));
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const year = isThisYear ? {} : { year: 'numeric' as const };
  return new Date(at).toLocaleDateString(locale, { weekday: 'long', day: 'numeric', month: 'long', ...year });
}
