import { describe, expect, it } from 'vitest';
import { cellText, cutAt, maxShownLength } from './cellText.ts';

describe('the text of a cell', () => {
  it('tells NULL, the empty string and the word apart', () => {
    expect(cellText(null)).toEqual({ kind: 'null' });
    expect(cellText('')).toEqual({ kind: 'empty' });
    expect(cellText('NULL')).toEqual({ kind: 'plain', text: 'NULL', more: false });
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

  it('shows blanks at both ends, and a text of nothing else', () => {
    const shown = (text: string) => {
      const cell = cellText(text);
      return cell.kind === 'parts' ? cell.parts.map((part) => part.text).join('|') : cell.kind;
    };
    expect(shown('  x ')).toBe('··|x|·');
    expect(shown('   ')).toBe('···');
    expect(shown('\u00A0x')).toBe('⍽|x');
    expect(shown('a b')).toBe('plain');
    expect(shown('a\tb\nc')).toBe('a|⇥|b|↵|c');
  });

  it('shows few bytes whole, and of more the beginning and their number', () => {
    expect(cellText('\\x00ff', { bytea: true })).toEqual({ kind: 'plain', text: '\\x00ff', more: false });
    expect(cellText(`\\x${'ab'.repeat(1_234)}`, { bytea: true })).toMatchObject({
      text: `\\x${'ab'.repeat(16)}`,
      more: true,
      note: expect.stringMatching(/^1.?234 bytes$/) as string,
    });
    expect(cellText('\\x00ff')).toEqual({ kind: 'plain', text: '\\x00ff', more: false });
  });
});
