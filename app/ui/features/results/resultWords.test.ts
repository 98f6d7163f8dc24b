import { describe, expect, it } from 'vitest';
import { firstWords, skippedWords } from './resultWords.ts';

describe('what is said of a run', () => {
  it('tells how many statements were left out, as far as it is known', () => {
    expect(skippedWords({ skipped: 0 })).toBeUndefined();
    expect(skippedWords({ skipped: 1 })).toBe('1 statement after this one was not run.');
    expect(skippedWords({ skipped: 100 })).toBe('100 statements after this one were not run.');
    expect(skippedWords({ skipped: 'some' })).toBe('The statements after this one were not run.');
  });

  it('names a statement by its first words, on one line', () => {
    expect(firstWords('\n  select 1,\n\t2 ')).toBe('select 1, 2');
    expect(firstWords('x'.repeat(5_000))).toBe(`${'x'.repeat(120)}…`);
  });
});
