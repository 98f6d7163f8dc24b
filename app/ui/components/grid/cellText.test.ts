import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellText, cutAt, maxShownLength, plainText, readableParts, textParts } from './cellText.ts';

const shown = (value: string): string =>
  textParts(value)
    .map(({ text, mark }) => (mark === 'none' ? text : `[${text}]`))
    .join('');

describe('the text of a cell', () => {
  it('tells NULL, the empty string and the word apart', () => {
    expect(cellText(null)).toEqual({ kind: 'null' });
    expect(cellText('')).toEqual({ kind: 'empty' });
    expect(cellText('NULL')).toEqual({ kind: 'plain', text: 'NULL', more: false });
  });

  it('shows spaces at the end as dots, and leaves those within alone', () => {
    expect(shown('gift  ')).toBe('gift[··]');
    expect(shown(' a b')).toBe(' a b');
    expect(shown('   ')).toBe('[···]');
    expect(shown('x\u00A0')).toBe('x[⍽]');
  });

  it('writes line breaks, tabs, zero width and bidirectional characters out', () => {
    expect(shown('a\nb\tc')).toBe('a[↵]b[⇥]c');
    expect(shown('user\u202Egnp.exe')).toBe('user[U+202E]gnp.exe');
    expect(shown('pay\u200Bpal')).toBe('pay[U+200B]pal');
    expect(shown('\uFEFFid')).toBe('[U+FEFF]id');
    expect(shown('\u2066x\u2069')).toBe('[U+2066]x[U+2069]');
    expect(shown('\u001b[31m')).toBe('[ESC][31m');
    expect(shown('\ud800x')).toBe('[U+D800]x');
  });

  it('tells blanks from characters that deceive', () => {
    expect(textParts('a\n').map(({ mark }) => mark)).toEqual(['none', 'space']);
    expect(textParts('a\u200B').map(({ mark }) => mark)).toEqual(['none', 'code']);
  });

  it('leaves an emoji of several in one piece', () => {
    expect(shown('👨‍👩‍👧')).toBe('👨‍👩‍👧');
    expect(shown('a‍b')).toBe('a[U+200D]b');
    expect(shown('❤️‍🔥')).toBe('❤️‍🔥');
  });

  it('writes the server’s short booleans as words, in columns of that type only', () => {
    expect(cellText('t', { bool: true })).toEqual({ kind: 'plain', text: 'true', more: false });
    expect(cellText('f', { bool: true })).toEqual({ kind: 'plain', text: 'false', more: false });
    expect(cellText(null, { bool: true })).toEqual({ kind: 'null' });
    expect(cellText('t')).toEqual({ kind: 'plain', text: 't', more: false });
  });

  it('shows JSON on one line', () => {
    expect(cellText('{\n  "a": 1,\n  "b": 2\n}', { json: true })).toEqual({
      kind: 'plain',
      text: '{ "a": 1, "b": 2 }',
      more: false,
    });
  });

  it('cuts a long text at a whole character and says that there is more', () => {
    const long = cellText('x'.repeat(1_000_000));
    expect(long).toEqual({ kind: 'plain', text: 'x'.repeat(maxShownLength), more: true });
    expect(cutAt('ab😀', 3)).toBe('ab');
    expect(cellText('short', { cut: true })).toMatchObject({ more: true });
  });

  it('keeps its lines where it is read whole', () => {
    expect(readableParts('a\nb \n\tc')).toEqual([
      { text: 'a\nb', mark: 'none' },
      { text: '·', mark: 'space' },
      { text: '\n', mark: 'none' },
      { text: '⇥', mark: 'space' },
      { text: 'c', mark: 'none' },
    ]);
  });

  it('never leaves a character that could deceive, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (value) => {
        expect(plainText(value)).not.toMatch(
          /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202A-\u202E\u2066-\u2069\u200B\uFEFF]/u,
        );
      }),
    );
  });
});
