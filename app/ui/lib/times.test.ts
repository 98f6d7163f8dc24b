import { describe, expect, it } from 'vitest';
import { ago, elapsed, elapsedSoFar, shortDuration } from './times.ts';

describe('times in words', () => {
  it('names the largest whole unit', () => {
    expect([0, 3_400, 59_000, 61_000, 3_600_000, 200_000_000].map(shortDuration)).toEqual([
      '0 s',
      '3 s',
      '59 s',
      '1 min',
      '1 h',
      '2 d',
    ]);
  });

  it('never counts a time of the future as negative', () => {
    expect(ago(2_000, 1_000)).toBe('0 s ago');
  });

  it('counts what still runs in whole seconds', () => {
    expect([999, 1_640, 59_999, 125_000].map(elapsedSoFar)).toEqual(['0 s', '1 s', '59 s', '2 min 5 s']);
  });

  it('tells how long a run took in a unit that fits', () => {
    expect([0.2, 3, 999, 1_640, 125_000].map(elapsed)).toEqual([
      '<1 ms',
      '3 ms',
      '999 ms',
      '1.6 s',
      '2 min 5 s',
    ]);
  });
});
