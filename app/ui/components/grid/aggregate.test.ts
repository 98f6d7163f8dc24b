import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate } from './aggregate.ts';

describe('the sum of a selection', () => {
  it('is exact for money and for numbers beyond what floating point holds', () => {
    expect(aggregate(['0.10', '0.20', '0.30'])).toEqual({ count: 3, sum: '0.60', average: '0.2' });
    expect(aggregate(['9007199254740993', '1'])).toMatchObject({ sum: '9007199254740994' });
    expect(aggregate(['-1.5', '1'])).toEqual({ count: 2, sum: '-0.5', average: '-0.25' });
    expect(aggregate(['1', '1', '2'])).toMatchObject({ average: '1.3333' });
    expect(aggregate(['-1', '-1', '-3'])).toMatchObject({ average: '-1.6667' });
  });

  it('leaves out NULL, NaN, infinity and words', () => {
    expect(aggregate([null, 'NaN', 'Infinity', 'x', '', '4'])).toEqual({ count: 1, sum: '4', average: '4' });
    expect(aggregate([null, ''])).toBeUndefined();
  });

  it('is floating point where a value is', () => {
    expect(aggregate(['1e3', '1'])).toEqual({ count: 2, sum: '1001', average: '500.5' });
  });

  it('is what whole numbers add up to', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), { minLength: 1 }),
        (numbers) => {
          const total = numbers.reduce((a, b) => a + b, 0n);
          expect(aggregate(numbers.map(String))?.sum).toBe(String(total));
        },
      ),
    );
  });
});
