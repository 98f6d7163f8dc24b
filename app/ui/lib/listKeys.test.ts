import { expect, it } from 'vitest';
import { leavesBy, placeAfter } from './listKeys.ts';

const press = (key: string, more: KeyboardEventInit = {}) =>
  new KeyboardEvent('keydown', { key, cancelable: true, ...more });

it('leads by each key to a place of the list, and never out of it', () => {
  const from = (at: number, key: string) => placeAfter(press(key), at, { count: 30, page: 10 });
  expect(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End'].map((key) => from(12, key))).toEqual([
    13, 11, 22, 2, 0, 29,
  ]);
  expect([from(29, 'ArrowDown'), from(0, 'ArrowUp'), from(-1, 'ArrowUp'), from(25, 'PageDown')]).toEqual([
    29, 0, 0, 29,
  ]);
  expect([from(3, 'Enter'), placeAfter(press('End'), 0, { count: 0, page: 10 })]).toEqual([
    undefined,
    undefined,
  ]);
  expect(placeAfter(press('End', { ctrlKey: true }), 0, { count: 3, page: 10 })).toBeUndefined();
});

it('leaves by Escape alone', () => {
  let left = 0;
  const listener = leavesBy(() => (left += 1));
  for (const each of [press('Enter'), press('Escape')]) listener(each);
  expect(left).toBe(1);
});
