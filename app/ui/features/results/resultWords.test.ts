import { describe, expect, it } from 'vitest';
import { clockTime } from '../../lib/times.ts';
import { firstWords, keptWords, skippedWords } from './resultWords.ts';

describe('what is said of a run', () => {
  it('tells how many statements were left out, as far as it is known', () => {
    expect(skippedWords({ skipped: 0 })).toBeUndefined();
    expect(skippedWords({ skipped: 1 })).toBe('1 statement after this one was not run.');
    expect(skippedWords({ skipped: 100 })).toBe('100 statements after this one were not run.');
    expect(skippedWords({ skipped: 'some' })).toBe('The statements after this one were not run.');
  });

  it('tells rows from before a loss from those that came after it', () => {
    const run = (endedAt: number) => ({ active: false, state: 'done', endedAt }) as const;
    expect(keptWords(run(900), 1_000)).toBe(`kept from before the loss at ${clockTime(1_000)}`);
    expect(keptWords(run(1_100), 1_000)).toBeUndefined();
    expect(keptWords(run(900), undefined)).toBeUndefined();
    expect(keptWords({ active: false, state: 'lost', endedAt: 1_100 }, 1_000)).toContain('kept');
    expect(keptWords({ active: true, state: 'running', endedAt: undefined }, 1_000)).toBeUndefined();
  });

  it('names a statement by its first words, on one line', () => {
    expect(firstWords('\n  select 1,\n\t2 ')).toBe('select 1, 2');
    expect(firstWords('x'.repeat(5_000))).toBe(`${'x'.repeat(120)}…`);
  });
});
