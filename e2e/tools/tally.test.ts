import { describe, expect, it } from 'vitest';
import { inWords, ofCode, ofPlaywright, ofRunner, ofVitest, sum } from './tally.ts';

describe('the tally of all tests', () => {
  it('reads the reports of both runners', () => {
    expect(ofVitest({ numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 })).toEqual({
      passed: 5,
      failed: 1,
      skipped: 3,
    });
    expect(ofPlaywright({ stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 2 } })).toEqual({
      passed: 4,
      failed: 2,
      skipped: 2,
    });
  });

  it('adds up in one line, which names what was skipped only where something was', () => {
    expect(inWords(sum([ofCode(0), ofCode(1), { passed: 3, failed: 0, skipped: 0 }]))).toBe(
      '4 passed, 1 failed',
    );
    expect(inWords({ passed: 1, failed: 0, skipped: 2 })).toBe('1 passed, 0 failed, 2 skipped');
  });

  it('counts a runner that fails without a failed test, or runs none, as one failure', () => {
    const good = { passed: 3, failed: 0, skipped: 0 };
    expect(ofRunner(0, good)).toEqual(good);
    expect(ofRunner(1, good)).toEqual({ passed: 3, failed: 1, skipped: 0 });
    expect(ofRunner(1, { passed: 3, failed: 2, skipped: 0 }).failed).toBe(2);
    expect(ofRunner(0, { passed: 0, failed: 0, skipped: 4 }).failed).toBe(1);
    expect(ofRunner(0, undefined).failed).toBe(1);
  });
});
