import { describe, expect, it } from 'vitest';
import { literalAsJson } from './literals.ts';
import { placesOf, textBlocks } from '../../../lib/textBlocks.ts';
import { formsOf, imageType, lengthWords, sizeWords } from './valueForms.ts';
import { fileNameOf } from './valueFile.ts';
import { xmlLines } from './xmlLines.ts';

describe('a literal of PostgreSQL', () => {
  it.each([
    ['{1,2,NULL}', 'integer[]', '[1, 2, null]'],
    ['{{1,2},{3,NULL}}', 'integer[]', '[[1, 2], [3, null]]'],
    ['[0:1]={1,NaN}', 'double precision[]', '[1, "NaN"]'],
    ['{a,"b \\"c\\", d",NULL,"NULL",""}', 'text[]', '["a", "b \\"c\\", d", null, "NULL", ""]'],
    ['{}', 'text[]', '[]'],
    ['(1,,"a ""b""","(2,3)")', 'pair', '["1", null, "a \\"b\\"", "(2,3)"]'],
    ['{1,2', 'integer[]', undefined],
    ['text', 'text', undefined],
  ])('%s of %s', (text, typeName, json) => {
    expect(literalAsJson(text, typeName)).toBe(json);
  });
});

describe('what a value is shown as', () => {
  it.each([
    ['jsonb', '{"a": 1}', ['tree', 'text', 'hex']],
    ['text', '{"a": 1}', ['tree', 'text', 'hex']],
    ['text', '{curly} words', ['text', 'hex']],
    ['text', null, ['text']],
    ['bytea', '\\x89504e470d0a1a0a00', ['image', 'hex', 'text']],
    ['bytea', '\\x00', ['hex', 'text']],
    ['text[]', '{a,b}', ['tree', 'text', 'hex']],
    ['xml', '<svg xmlns="http://www.w3.org/2000/svg"/>', ['text', 'image', 'hex']],
  ])('%s %s', (typeName, head, forms) => {
    expect(formsOf(typeName, head)).toEqual(forms);
  });

  it('names the kind of picture, the size and the file', () => {
    expect(imageType('\\x3c73766720')).toBe('image/svg+xml');
    expect([0, 1, 1_023, 1_536, 20_000_000].map(sizeWords)).toEqual([
      '0 bytes',
      '1 byte',
      '1,023 bytes',
      '1.5 KB',
      '19.1 MB',
    ]);
    const here = (text: string) => ({ text, bytes: text.length, loadedBytes: text.length, complete: true });
    expect(lengthWords(here('ahoy'), 'text')).toBe('4 characters · 4 bytes');
    expect(lengthWords(here('\\x00ff10'), 'bytea')).toBe('3 bytes');
    expect(lengthWords({ ...here('\\x00ff10'), bytes: 2_050, complete: false }, 'bytea')).toBe(
      '3 bytes of 1 KB',
    );
    expect(fileNameOf({ name: 'a/b c', typeName: 'bytea', head: '\\x00ff10' })).toBe('a_b_c.bin');
    expect(fileNameOf({ name: '', typeName: 'jsonb', head: '{}' })).toBe('value.json');
  });
});

describe('a long text', () => {
  it('comes in blocks that are whole lines, and nothing is lost', () => {
    const text = Array.from({ length: 3_000 }, (_, index) => `line ${index}`).join('\n');
    const blocks = textBlocks(text);
    expect(blocks.length).toBeGreaterThan(2);
    expect(blocks.map((block) => block.text).join('\n')).toBe(text);
    for (const { text: piece, from } of blocks) expect(text.startsWith(piece, from)).toBe(true);
  });

  it('of one line is cut between characters', () => {
    const text = `a${'😀'.repeat(30_000)}`;
    const blocks = textBlocks(text);
    expect(blocks.length).toBeGreaterThan(1);
    expect(blocks.map((block) => block.text).join('')).toBe(text);
    expect(blocks.every((block) => !/\p{Cs}/u.test(block.text))).toBe(true);
  });

  it('is searched in any case', () => {
    expect(placesOf('Ada adA', 'ada', false)).toEqual([0, 4]);
    expect(placesOf('Ada adA', 'adA', true)).toEqual([4]);
    expect(placesOf('aaa', 'aa', false)).toEqual([0]);
    // The lower case of this letter is longer: places stay those of the text.
    expect(placesOf('İx', 'x', false)).toEqual([1]);
  });
});

it('XML is laid out by its tags, and text within them stays', () => {
  expect(xmlLines('<a><b>c d</b><e/><f><g>1</g></f></a>')).toBe(
    '<a>\n  <b>c d</b>\n  <e/>\n  <f>\n    <g>1</g>\n  </f>\n</a>',
  );
});
