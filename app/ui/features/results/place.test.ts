import { describe, expect, it } from 'vitest';
import { placeOf } from './place.ts';

const origin = (text: string, line = 1, column = 1) => ({ text, from: 0, start: { line, column } });

describe('a place in a text', () => {
  it('is counted in lines and characters from 1', () => {
    expect(placeOf(origin('select 1'), 7)).toEqual({
      line: 1,
      column: 8,
      text: 'select 1',
      offset: 7,
      length: 1,
    });
    expect(placeOf(origin('select\nfrom x\n'), 12)).toEqual({
      line: 2,
      column: 6,
      text: 'from x',
      offset: 5,
      length: 1,
    });
    expect(placeOf(origin('a\n\nb'), 2)).toMatchObject({ line: 2, column: 1, text: '' });
  });

  it('is counted from where the text stands in its document', () => {
    expect(placeOf(origin('select x', 7, 5), 7)).toMatchObject({ line: 7, column: 12 });
    expect(placeOf(origin('select\n  x', 7, 5), 9)).toMatchObject({ line: 8, column: 3 });
  });

  it('marks the whole word there', () => {
    expect(placeOf(origin('select nmae, id'), 7)).toMatchObject({ offset: 7, length: 4 });
    expect(placeOf(origin('select ('), 7)).toMatchObject({ length: 1 });
  });

  it('counts characters, not halves of them', () => {
    expect(placeOf(origin("select '😀' x"), 11)).toMatchObject({ column: 11 });
  });

  it('stays within the text and cuts a long line around it', () => {
    expect(placeOf(origin('abc'), 99)).toMatchObject({ line: 1, column: 4, offset: 3 });
    const long = placeOf(origin(`${'x'.repeat(10_000)}!${'y'.repeat(10_000)}`), 10_000);
    expect(long.text.charAt(long.offset)).toBe('!');
    expect(long.text.length).toBeLessThanOrEqual(160);
  });
});
