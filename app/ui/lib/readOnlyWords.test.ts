import { describe, expect, it } from 'vitest';
import { rolePowers } from '#shared/connection/rolePowers.ts';
import { modeWords, roleWords } from './readOnlyWords.ts';

describe('what the shield says', () => {
  it('names what a read-only mode does not cover', () => {
    expect(modeWords.guarded.limits).toMatch(/^Not covered: .*dblink/);
    expect(modeWords.strict.limits).toMatch(/^Not covered: /);
  });

  it('says nothing of a role that is not known', () => {
    expect(roleWords({ currentUser: 'app' })).toBeUndefined();
  });

  it('calls a role harmless only where it has no power at all', () => {
    expect(roleWords({ currentUser: 'app', rolePowers: [] })).toEqual({
      text: 'This role can write nothing by itself.',
      powers: [],
    });
    const words = roleWords({ currentUser: 'app', rolePowers: ['owner', 'writesTables'] });
    expect(words?.text).toBe('The role app is not harmless by itself:');
    expect(words?.powers).toHaveLength(2);
  });

  it('has words of its own for each power', () => {
    const words = roleWords({ currentUser: 'app', rolePowers: [...rolePowers] })?.powers ?? [];
    expect(new Set(words).size).toBe(rolePowers.length);
  });
});
