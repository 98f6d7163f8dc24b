/** What is offered as the limit of a statement, in milliseconds; 0 is none. */
export const limitChoices = [10_000, 60_000, 300_000, 1_800_000, 0] as const;

/** `10 s`, `1 min`, `1 min 30 s`, `1.5 s`, `no limit`. */
export function limitWord(ms: number): string {
  if (ms === 0) return 'no limit';
  const minutes = Math.floor(ms / 60_000);
  const seconds = (ms % 60_000) / 1_000;
  return [minutes > 0 ? `${minutes} min` : '', seconds > 0 ? `${seconds} s` : ''].filter(Boolean).join(' ');
}

/** What gives a statement more time than it had; where that is not known, all but the shortest. */
export const higherLimits = (present: number | undefined): number[] =>
  limitChoices.filter((ms) => ms === 0 || ms > (present ?? limitChoices[0]));
