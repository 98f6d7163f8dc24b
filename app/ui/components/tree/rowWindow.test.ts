import { expect, it } from 'vitest';
import { rowsBetween, rowTops } from './rowWindow.ts';

it('finds the rows that are in view, with gaps between them', () => {
  const tops = rowTops(4, 24, (index) => (index === 2 ? 6 : 0));
  expect([...tops]).toEqual([0, 24, 54, 78, 102]);
  expect(rowsBetween(tops, 0, 24)).toEqual({ first: 0, end: 2 });
  expect(rowsBetween(tops, 30, 60)).toEqual({ first: 1, end: 3 });
  expect(rowsBetween(tops, 60, 1_000)).toEqual({ first: 2, end: 4 });
  expect(rowsBetween(tops, 5_000, 6_000)).toEqual({ first: 3, end: 4 });
  expect(
    rowsBetween(
      rowTops(0, 24, () => 0),
      0,
      100,
    ),
  ).toEqual({ first: 0, end: 0 });
});
