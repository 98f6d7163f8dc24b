import { describe, expect, it } from 'vitest';
import { sessionLimits } from './sessionLimits.ts';

describe('what a session cannot do', () => {
  it('is not spoken of where nothing is in the way', () => {
    expect(sessionLimits({})).toBeUndefined();
    expect(sessionLimits({ pooled: false, refusedSettings: [] })).toBeUndefined();
  });

  it('says what a pooler means', () => {
    const limits = sessionLimits({ pooled: true });
    expect(limits?.word).toBe('Pooled: session features off');
    expect(limits?.texts.join(' ')).toMatch(/temporary tables, LISTEN/);
    expect(limits?.texts.join(' ')).not.toMatch(/Refused/);
  });

  it('names each setting that was refused', () => {
    const limits = sessionLimits({ refusedSettings: ['statement_timeout', 'lock_timeout'] });
    expect(limits?.word).toBe('2 settings refused');
    expect(limits?.texts).toEqual([
      'Refused when the connection was opened, and left out: statement_timeout, lock_timeout.',
    ]);
    const both = sessionLimits({ pooled: true, refusedSettings: ['lock_timeout'] });
    expect(both?.word).toBe('Pooled: session features off');
    expect(both?.texts.at(-1)).toMatch(/lock_timeout/);
  });
});
