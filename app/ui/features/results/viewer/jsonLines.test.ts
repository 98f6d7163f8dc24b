import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLines } from './jsonLines.ts';

describe('JSON for reading', () => {
  it('stands on several lines, empty objects and lists on one', () => {
    expect(jsonLines('{"a":[1,2],"b":{},"c":[]}')).toBe(
      '{\n  "a": [\n    1,\n    2\n  ],\n  "b": {},\n  "c": []\n}',
    );
  });

  it('keeps numbers, repeated keys and escapes exactly as the server wrote them', () => {
    expect(jsonLines('{"n": 12345678901234567890.1230, "n": 1e400, "t": "a\\"b {,:} \\\\"}')).toBe(
      '{\n  "n": 12345678901234567890.1230,\n  "n": 1e400,\n  "t": "a\\"b {,:} \\\\"\n}',
    );
  });

  it('means the same as before, whatever the value, and is laid out as usual', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(jsonLines(JSON.stringify(value))).toBe(JSON.stringify(value, undefined, 2));
      }),
    );
  });

  it('does not fail on what is no JSON', () => {
    expect(jsonLines('}}{"')).toContain('}');
    expect(jsonLines('')).toBe('');
  });
});
