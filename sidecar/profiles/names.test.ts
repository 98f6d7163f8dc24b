import { describe, expect, it } from 'vitest';
import { copyName, freeName, sameName } from './names.ts';

describe('names of connections', () => {
  it('are the same where only case, outer spaces or the composition of letters differ', () => {
    expect(sameName('Billing', ' bILLING ')).toBe(true);
    expect(sameName('caf\u00e9', 'cafe\u0301')).toBe(true);
    expect(sameName('billing', 'billing 2')).toBe(false);
  });

  it('count on in copies, also in the copy of a copy', () => {
    expect(copyName('x', ['x'])).toBe('x (copy)');
    expect(copyName('x', ['x', 'X (Copy)'])).toBe('x (copy 2)');
    expect(copyName('x (copy)', ['x', 'x (copy)'])).toBe('x (copy 2)');
    expect(copyName('x (copy 2)', ['x', 'x (copy)', 'x (copy 2)'])).toBe('x (copy 3)');
    expect(copyName('x (copy 7)', [])).toBe('x (copy)');
  });

  it('get a number only where they are taken', () => {
    expect(freeName('x', ['y'])).toBe('x');
    expect(freeName('x', ['X'])).toBe('x (2)');
    expect(freeName('x', ['x', 'x (2)'])).toBe('x (3)');
  });

  it('never grow past what is allowed', () => {
    const long = 'n'.repeat(200);
    expect(copyName(long, [])).toHaveLength(200);
    expect(freeName(long, [long])).toBe(`${'n'.repeat(196)} (2)`);
  });
});
