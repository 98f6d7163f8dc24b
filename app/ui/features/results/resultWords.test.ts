import { describe, expect, it } from 'vitest';
import { clockTime } from '../../lib/times.ts';
import { endOf, firstWords, keptWords, skippedWords } from './resultWords.ts';

describe('what is said of a run', () => {
  it('tells how many statements were left out, as far as it is known', () => {
    expect(skippedWords({ skipped: 0 })).toBeUndefined();
    expect(skippedWords({ skipped: 1 })).toBe('1 statement after this one was not run.');
    expect(skippedWords({ skipped: 100 })).toBe('100 statements after this one were not run.');
    expect(skippedWords({ skipped: 'some' })).toBe('The statements after this one were not run.');
  });

  it('takes what a run gave for kept from its end on, and that of a lost one from its start on', () => {
    const run = { active: false, state: 'done', startedAt: 500, endedAt: 900 } as const;
    expect(endOf(run)).toBe(900);
    expect(endOf({ ...run, state: 'lost' })).toBe(500);
    expect(endOf({ ...run, active: true, state: 'running', endedAt: undefined })).toBeUndefined();
    expect(keptWords(1_000)).toBe(`kept from before the loss at ${clockTime(1_000)}`);
  });

  it('names a statement by its first words, on one line', () => {
    expect(firstWords('\n  select 1,\n\t2 ')).toBe('select 1, 2');
    expect(firstWords('x'.repeat(5_000))).toBe(`${'x'.repeat(120)}…`);
  });
});
