import { describe, expect, it } from 'vitest';
import { rowNumber } from './rowNumber.ts';

const rowOf = (text: string, current = 100) => rowNumber(text, current, 10_000_000);

describe('the row that a person means', () => {
  it('is a number in any common writing', () => {
    for (const text of ['5000000', '5,000,000', '5.000.000', '5_000_000', '5 000 000', " 5'000'000 "])
      expect(rowOf(text), text).toBe(5_000_000);
  });

  it('is a share of all, a step from here, or an end', () => {
    expect(rowOf('50%')).toBe(5_000_000);
    expect(rowOf('12.5 %')).toBe(1_250_000);
    expect(rowOf('100%')).toBe(10_000_000);
    expect(rowOf('+1000')).toBe(1_100);
    expect(rowOf('-1,000', 5_000)).toBe(4_000);
    expect(rowOf('end')).toBe(10_000_000);
    expect(rowOf('start')).toBe(1);
  });

  it('is the nearest that exists', () => {
    expect(rowOf('0')).toBe(1);
    expect(rowOf('99999999999')).toBe(10_000_000);
    expect(rowOf('-1000')).toBe(1);
    expect(rowOf('0%')).toBe(1);
  });

  it('is none where the text says none', () => {
    for (const text of ['', 'x', '1,00', '+', '5 000 00', '1e6']) expect(rowOf(text), text).toBeUndefined();
  });
});
