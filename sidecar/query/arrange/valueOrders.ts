import type { ValueOrderName } from '#shared/query/arrange.ts';
import { compareDecimals, isExactDouble } from './decimals.ts';
import { compareTimestamps, intervalKey, timeKey, timestampKey } from './times.ts';

/** Values that stand for a point on a line. */
export interface NumberOrder {
  readonly name: Extract<ValueOrderName, 'number' | 'time'>;
  /** NaN is PostgreSQL's own, after all others; undefined: the text is not of the form that this order reads. */
  key(text: string): number | undefined;
  /** Whether the key says all that the text does; else equal keys are told apart by `compare`. */
  isExact(text: string, key: number): boolean;
  compare(a: string, b: string): number;
}

/** Values that are compared as texts. */
export interface TextOrder {
  readonly name: Extract<ValueOrderName, 'dictionary' | 'codePoint'>;
  compare(a: string, b: string): number;
}

export type ValueOrder = NumberOrder | TextOrder;

export const isNumberOrder = (order: ValueOrder): order is NumberOrder => 'key' in order;

function numberKey(text: string): number | undefined {
  const key = Number(text);
  return (Number.isNaN(key) && text !== 'NaN') || text === '' ? undefined : key;
}

const always = (): boolean => true;
const same = (): number => 0;

const doubles: NumberOrder = { name: 'number', key: numberKey, isExact: always, compare: same };
const decimals: NumberOrder = {
  name: 'number',
  key: numberKey,
  isExact: isExactDouble,
  compare: compareDecimals,
};
/** Its form is the locale's, but the digits after the point are always as many: without it they are whole numbers. */
const money: NumberOrder = {
  name: 'number',
  key: (text) => {
    const digits = text.replace(/\D/gu, '');
    const size = digits === '' ? undefined : Number(digits);
    return size !== undefined && /[-(]/u.test(text) ? -size : size;
  },
  isExact: always,
  compare: same,
};
const timestamps: NumberOrder = {
  name: 'time',
  key: timestampKey,
  isExact: (_, key) => Math.abs(key) < Number.MAX_SAFE_INTEGER || !Number.isFinite(key),
  compare: compareTimestamps,
};
const times: NumberOrder = { name: 'time', key: timeKey, isExact: always, compare: same };
const intervals: NumberOrder = { name: 'time', key: intervalKey, isExact: always, compare: same };
/** `16/B374D848`: two halves of 32 bits. */
const positions: NumberOrder = {
  name: 'number',
  key: (text) => {
    const [high, low] = text.split('/').map((half) => Number.parseInt(half, 16));
    return high === undefined || low === undefined ? undefined : high * 2 ** 32 + low;
  },
  isExact: always,
  compare: same,
};

/** Made at the first use, for it takes a while. */
let collator: Intl.Collator | undefined;

const dictionary: TextOrder = {
  name: 'dictionary',
  compare: (a, b) => (collator ??= new Intl.Collator('en')).compare(a, b) || compareCodePoints(a, b),
};
const codePoint: TextOrder = { name: 'codePoint', compare: compareCodePoints };

const surrogates = /[\ud800-\udfff]/u;

/** As UTF-8 compares byte by byte. Code units do the same, but for what takes two of them. */
function compareCodePoints(a: string, b: string): number {
  const byUnit = a < b ? -1 : a > b ? 1 : 0;
  if (byUnit === 0 || !(surrogates.test(a) || surrogates.test(b))) return byUnit;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The order of PostgreSQL's types, as far as their text form tells it; the types that are not here are words. */
const orders = new Map<number, ValueOrder>([
  // int2, int4, oid, float4, float8
  ...[21, 23, 26, 700, 701].map((oid) => [oid, doubles] as const),
  // int8, numeric, xid8
  ...[20, 1700, 5069].map((oid) => [oid, decimals] as const),
  [790, money],
  // date, timestamp, timestamptz
  ...[1082, 1114, 1184].map((oid) => [oid, timestamps] as const),
  // time, timetz
  ...[1083, 1266].map((oid) => [oid, times] as const),
  [1186, intervals],
  [3220, positions],
  // bool, bytea, "char", name, xid, uuid, bit, varbit
  ...[16, 17, 18, 19, 28, 2950, 1560, 1562].map((oid) => [oid, codePoint] as const),
]);

export const orderOf = (typeOid: number): ValueOrder => orders.get(typeOid) ?? dictionary;

/** Where values are not of the form that was expected, as with a DateStyle of the user's own. */
export const plainOrder = dictionary;

/** Compares values with one value, neither of them NULL. NaN comes last. */
export function comparerTo(order: ValueOrder, value: string): (text: string) => number {
  if (!isNumberOrder(order)) return (text) => order.compare(text, value);
  const wanted = order.key(value);
  return (text) => {
    const key = wanted === undefined ? undefined : order.key(text);
    if (key === undefined || wanted === undefined) return plainOrder.compare(text, value);
    return compareKeys(key, wanted) || order.compare(text, value);
  };
}

function compareKeys(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
