/** A decimal number taken apart; `whole` and `fraction` are digits without needless zeros. */
interface Decimal {
  negative: boolean;
  whole: string;
  fraction: string;
}

const decimalForm = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/iu;

function read(text: string): Decimal | undefined {
  const found = decimalForm.exec(text);
  if (!found) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = found;
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = '0'.repeat(Math.max(0, -point)) + digits + '0'.repeat(Math.max(0, point - digits.length));
  const at = Math.max(0, point);
  return {
    negative: sign === '-',
    whole: padded.slice(0, at).replace(/^0+/u, ''),
    fraction: padded.slice(at).replace(/0+$/u, ''),
  };
}

const infinite = (text: string): number => (text === 'Infinity' ? 1 : text === '-Infinity' ? -1 : 0);

/** Compares two decimal numbers of any length exactly; infinity is beyond all of them. */
export function compareDecimals(a: string, b: string): number {
  const left = read(a);
  const right = read(b);
  if (!left || !right) return infinite(a) - infinite(b);
  if (left.negative !== right.negative) return isZero(left) && isZero(right) ? 0 : left.negative ? -1 : 1;
  const size =
    left.whole.length - right.whole.length ||
    compareDigits(left.whole, right.whole) ||
    compareDigits(left.fraction, right.fraction);
  return left.negative ? -size : size;
}

const isZero = ({ whole, fraction }: Decimal): boolean => whole === '' && fraction === '';
const compareDigits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Decimals of so many digits survive the way into a double and back. */
const safeDigits = 15;

/** Whether the shortest form of a double is the very number that the text says. */
export function isExactDouble(text: string, value: number): boolean {
  // The short way for nearly all of them: so few characters hold no more digits, and no exponent to speak of.
  if (value !== 0 && text.length <= safeDigits && !/e/iu.test(text)) return true;
  if (value === 0) return !/[1-9]/u.test(text);
  const size = Math.abs(value);
  // Infinity itself, and NaN, have no digits.
  if (!/\d/u.test(text)) return true;
  if (!(size > 1e-290 && size < 1e290)) return false;
  const digits = text.replace(/e.*$/iu, '').replace(/[^\d]/gu, '').replace(/^0+/u, '').replace(/0+$/u, '');
  return digits.length <= safeDigits;
}
