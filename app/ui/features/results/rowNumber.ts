/**
 * The row that a person means: `5,000,000`, `50%`, `+1000`, `-20` or `end`; counted from 1 as it is shown, undefined where it
 * is none. Rows that do not exist are the nearest that do.
 */
export function rowNumber(text: string, current: number, count: number): number | undefined {
  const plain = text.trim().toLowerCase();
  if (plain === 'end') return count;
  if (plain === 'start') return Math.min(1, count);
  const share = /^(\d+(?:[.,]\d+)?)\s*%$/.exec(plain)?.[1];
  if (share !== undefined) return within(Math.ceil((Number(share.replace(',', '.')) / 100) * count), count);
  const [, sign = '', digits] = /^([+-]?)(\d+(?:[.,'_\s\u00A0\u202F]\d{3})*)$/.exec(plain) ?? [];
  if (digits === undefined) return undefined;
  const number = Number(digits.replace(/\D/g, ''));
  if (sign === '') return within(number, count);
  return within(sign === '+' ? current + number : current - number, count);
}

const within = (row: number, count: number): number => Math.min(Math.max(row, 1), count);
