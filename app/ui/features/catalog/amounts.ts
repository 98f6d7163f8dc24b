const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `64 kB`, as PostgreSQL counts: by 1,024. */
export function bytesWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  const digits = value < 10 && unit > 0 ? 1 : 0;
  return `${value.toLocaleString(undefined, { maximumFractionDigits: digits })} ${units[unit]}`;
}

const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

/** `1.2M`: for estimates, whose last digits say nothing. */
export const roundWords = (count: number): string => compact.format(count);

/** `1 table`, `1,234 tables`. */
export const countWords = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`;
