import { describe, expect, it } from 'vitest';
import { customSettingNames, differs } from './sessionState.ts';

describe('settings with a dot in their names', () => {
  it('are found where a text sets them', () => {
    expect(
      customSettingNames(
        "set app.user = 1; SET SESSION a.b_2 TO 'x'; select set_config( 'x.y.z', '1', false)",
      ),
    ).toEqual(['app.user', 'a.b_2', 'x.y.z']);
  });

  it('are not found where none are set', () => {
    expect(customSettingNames('set work_mem to 1; select a.b from t; select offset.x = 1')).toEqual([]);
  });
});

describe('the state of a session', () => {
  it('is another one when something came, went or changed, in whatever order it is listed', () => {
    const a = { kind: 'setting', name: 'a', value: '1' } as const;
    const b = { kind: 'listen', name: 'b', value: '' } as const;
    expect(differs([a, b], [b, a])).toBe(false);
    expect(differs([a], [])).toBe(true);
    expect(differs([], [a])).toBe(true);
    expect(differs([{ ...a, value: '2' }], [a])).toBe(true);
  });
});
