import { expect, it } from 'vitest';
import { matchName } from './match.ts';

const best = (typed: string, names: string[]) =>
  names
    .flatMap((name) => {
      const match = matchName(typed, name);
      return match ? [{ name, score: match.score }] : [];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ name }) => name);

it('puts the whole name first, then beginnings, initials, words, parts and scattered letters', () => {
  const names = ['xidx', 'invalid_day', 'id', 'ideas', 'customer_id', 'is_deleted', 'a'];
  expect(best('id', names)).toEqual(['id', 'ideas', 'is_deleted', 'invalid_day', 'customer_id', 'xidx']);
});

it.each([
  [
    'oi',
    'order_items',
    [
      [0, 1],
      [6, 7],
    ],
  ],
  [
    'OrdIt',
    'order_items',
    [
      [0, 3],
      [6, 8],
    ],
  ],
  [
    'cust_id',
    'customer_id',
    [
      [0, 4],
      [9, 11],
    ],
  ],
  [
    'ord-it',
    'orderItems',
    [
      [0, 3],
      [5, 7],
    ],
  ],
  ['it', 'orderItems', [[5, 7]]],
  [
    'oi',
    'orderItems',
    [
      [0, 1],
      [5, 6],
    ],
  ],
  ['tems', 'order_items', [[7, 11]]],
  [
    'cstmr',
    'customers',
    [
      [0, 1],
      [2, 4],
      [5, 6],
      [7, 8],
    ],
  ],
  ['ÜB', 'übung', [[0, 2]]],
  ['', 'anything', []],
])('%s stands for parts of %s', (typed, name, ranges) => {
  expect(matchName(typed, name)?.ranges).toEqual(ranges);
});

it.each([
  ['x', 'order_items'],
  ['rdr', 'order_items'],
  ['customers_', 'customers'],
  ['io', 'order_items'],
  ['ord__it', 'order_items'],
  ['order_', 'orders'],
])('%s is not %s', (typed, name) => {
  expect(matchName(typed, name)).toBeUndefined();
});
