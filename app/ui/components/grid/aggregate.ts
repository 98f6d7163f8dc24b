/** A decimal number as a whole one and its digits after the point: sums of money are exact. */
interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const decimal = /^(-?)(\d+)(?:\.(\d+))?$/;

function parseDecimal(text: string): Decimal | undefined {
  const [, sign, whole, fraction = ''] = decimal.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return { units: BigInt(`${sign}${whole}${fraction}`), scale: fraction.length };
}

const raised = ({ units, scale }: Decimal, to: number): bigint => units * 10n ** BigInt(to - scale);

function add(one: Decimal, other: Decimal): Decimal {
  const scale = Math.max(one.scale, other.scale);
  return { units: raised(one, scale) + raised(other, scale), scale };
}

function formatDecimal({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${units < 0n ? '-' : ''}${whole}${scale ? `.${digits.slice(digits.length - scale)}` : ''}`;
}

/** Half away from zero, as PostgreSQL rounds numeric. */
function divide({ units, scale }: Decimal, by: bigint, extra: number): Decimal {
  const raisedUnits = units * 10n ** BigInt(extra) * 2n;
  const half = units < 0n ? -by : by;
  return { units: (raisedUnits + half) / (by * 2n), scale: scale + extra };
}

export interface Aggregate {
  /** How many values are numbers. */
  readonly count: number;
  readonly sum: string;
  readonly average: string;
}

/**
 * Sum and average of values in text form. Whole and decimal numbers are added exactly; as soon as one has an exponent
 * (floating point), all are added as such. NaN, infinities and what is no number are not counted.
 */
export function aggregate(values: Iterable<string | null>): Aggregate | undefined {
  let exact: Decimal | undefined = { units: 0n, scale: 0 };
  let rough = 0;
  let count = 0;
  for (const value of values) {
    if (value === null || value.trim() === '') continue;
    const number = Number(value);
    if (!Number.isFinite(number)) continue;
    const parsed = parseDecimal(value);
    exact = exact && parsed && add(exact, parsed);
    rough += number;
    count += 1;
  }
  if (count === 0) return undefined;
  if (!exact) return { count, sum: roughly(rough), average: roughly(rough / count) };
  return { count, sum: formatDecimal(exact), average: tidy(formatDecimal(divide(exact, BigInt(count), 4))) };
}

const roughly = (value: number): string => String(Number(value.toPrecision(15)));
const tidy = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
