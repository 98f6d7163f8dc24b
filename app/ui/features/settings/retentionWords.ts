/** What a number of days means today. */
export function retentionWords(days: number, now: number): string {
  const day = new Date(now);
  day.setDate(day.getDate() - days);
  const date = day.toLocaleDateString(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
  return `Today: what is from before ${date} is deleted.`;
}
