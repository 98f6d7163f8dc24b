import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import hostileTexts from '#shared/test/hostileTexts.json?raw';
import { plainText, readableParts, textParts } from './visibleText.ts';

const shown = (value: string): string =>
  textParts(value)
    .map(({ text, mark }) => (mark === 'none' ? text : `[${text}]`))
    .join('');

const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]|[\p{Mn}\p{Me}]{5}/u;

const hostile = JSON.parse(hostileTexts) as { kind: string; text: string }[];

describe('a text from elsewhere', () => {
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
        expect(plainText(value)).not.toMatch(hidden);
      }),
    );
  });

  it('has the accents that languages use, and no heap of them that covers other lines', () => {
    expect(shown('e\u0323\u0301')).toBe('e\u0323\u0301');
    expect(shown(`z${'\u0310'.repeat(9)}!`)).toBe(`z${'\u0310'.repeat(4)}[+5]!`);
  });

  it('shows also what is drawn as nothing without being a control', () => {
    expect(shown('a\u2800b\u034Fc\u3164d')).toBe('a[U+2800]b[U+034F]c[U+3164]d');
    expect(shown('db1\uFE0F 1\uFE0F\u20E3 x\uFE0F')).toBe('db1[U+FE0F] 1\uFE0F\u20E3 x[U+FE0F]');
  });

  it('of the hostile kind loses nothing but what is marked, and keeps every bracket and quote', () => {
    const deceiving = hostile.filter(({ text }) => !text.includes('\u{1F468}'));
    expect(deceiving.length).toBeGreaterThan(100);
    for (const { text } of deceiving) {
      const parts = textParts(text, false);
      const bare = parts.map((part) => (part.mark === 'none' ? part.text : '')).join('');
      expect(bare).not.toMatch(hidden);
      const tame = text.replace(/(?<=[\p{Mn}\p{Me}]{4})[\p{Mn}\p{Me}]+/gu, '');
      expect(bare).toBe(tame.replace(new RegExp(hidden.source, 'gu'), ''));
      expect(plainText(text) === text).toBe(!hidden.test(text));
    }
  });
});
