import { describe, expect, it } from 'vitest';
import { higherLimits, limitWord } from './timeLimits.ts';

describe('the time limit of a statement', () => {
  it('is said in minutes and seconds', () => {
    expect([0, 1_500, 10_000, 60_000, 90_000, 1_800_000].map(limitWord)).toEqual([
      'no limit',
      '1.5 s',
      '10 s',
      '1 min',
      '1 min 30 s',
      '30 min',
    ]);
  });

  it('is only ever raised', () => {
    expect(higherLimits(undefined).map(limitWord)).toEqual(['1 min', '5 min', '30 min', 'no limit']);
    expect(higherLimits(2_000).map(limitWord)).toEqual(['10 s', '1 min', '5 min', '30 min', 'no limit']);
    expect(higherLimits(300_000).map(limitWord)).toEqual(['30 min', 'no limit']);
  });
});
