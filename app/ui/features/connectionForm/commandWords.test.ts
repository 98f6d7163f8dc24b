import { describe, expect, it } from 'vitest';
import { commandLine, commandWords } from './commandWords.ts';

describe('a password command', () => {
  it.each([
    ['pass show db/billing', ['pass', 'show', 'db/billing']],
    ['  pass   show ', ['pass', 'show']],
    [`op read "op://Work/billing db/password"`, ['op', 'read', 'op://Work/billing db/password']],
    [`sh -c 'echo "$HOME"'`, ['sh', '-c', 'echo "$HOME"']],
    [String.raw`C:\tools\secret.exe --name=a`, [String.raw`C:\tools\secret.exe`, '--name=a']],
    [String.raw`my\ tool "a\"b" \\x`, ['my tool', 'a"b', String.raw`\x`]],
    [`tool "" ''`, ['tool', '', '']],
    [`a"b c"'d e'f`, ['ab cd ef']],
    ['', []],
  ])('is read as words: %s', (line, words) => {
    expect(commandWords(line)).toEqual(words);
  });

  it.each([[`pass "show`], [`pass 'show`]])('has a quote that is not closed told: %s', (line) => {
    expect(commandWords(line)).toBeUndefined();
  });

  it('is written as it would be read again', () => {
    const words = ['a b', `it's`, 'say "x"', String.raw`\\host\share name`, '', `both ' and "`, 'plain'];
    expect(commandWords(commandLine(words))).toEqual(words);
  });
});
