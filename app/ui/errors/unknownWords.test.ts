import { describe, expect, it } from 'vitest';
import { unknownWords } from './unknownWords.ts';

describe('an error whose outcome is not known', () => {
  it('says once that the outcome is open, with the hint where that says it', () => {
    const code = 'SERVER_TERMINATED';
    expect(unknownWords({ code })).toBeUndefined();
    expect(unknownWords({ code, outcome: 'none' })).toBeUndefined();
    const general = 'Whether it took effect is not known.';
    expect(unknownWords({ code, outcome: 'unknown', hint: 'Look at the log.' })).toBe(general);
    const hint = 'Whether it was committed is not known yet.';
    expect(unknownWords({ code, outcome: 'unknown', reason: 'commitLost', hint })).toBe(hint);
  });
});
