import { describe, expect, it } from 'vitest';
import { errorRange, movedStatements, statementAt } from './statementAt.ts';

const text = 'select 1; select 2;\n\n-- third\nselect 3;\n';
const rangeOf = (part: string) => {
  const from = text.indexOf(part);
  return { from, to: from + part.length };
};
const [one, two, three] = ['select 1', 'select 2', '-- third\nselect 3'].map(rangeOf);
const all = [one, two, three].flatMap((range) => range ?? []);
const at = (cursor: number) => statementAt(all, cursor, text.lastIndexOf('\n', cursor - 1) + 1);

describe('the statement at the cursor', () => {
  it('is the one that it stands in or touches', () => {
    expect(at(0)).toBe(one);
    expect(at(3)).toBe(one);
    expect(at(8)).toBe(one);
    expect(at(10)).toBe(two);
    expect(at(text.indexOf('third'))).toBe(three);
  });

  it('is the one before on the same line when the cursor is behind its semicolon', () => {
    expect(at(9)).toBe(one);
    expect(at(19)).toBe(two);
    expect(at(text.length - 1)).toBe(three);
  });

  it('is the next one from an empty line, and the last one from the end', () => {
    expect(at(20)).toBe(three);
    expect(at(text.length)).toBe(three);
    expect(statementAt([], 0, 0)).toBeUndefined();
  });

  it('moves with the text around it and goes with its own', () => {
    expect(movedStatements(all, (position) => position + 5)[0]).toEqual({ from: 5, to: 13 });
    expect(movedStatements(all, () => 4)).toEqual([]);
  });
});

describe('the place of an error', () => {
  const range = { from: 0, to: text.length };

  it('is the word that the server points to', () => {
    expect(errorRange(text, 10, range)).toEqual({ from: 10, to: 16 });
    expect(errorRange('select größe', 7, { from: 0, to: 12 })).toEqual({ from: 7, to: 12 });
  });

  it('is one character where there is no word, and the last one at the end', () => {
    expect(errorRange('select *', 7, { from: 0, to: 8 })).toEqual({ from: 7, to: 8 });
    expect(errorRange('select', 6, { from: 0, to: 6 })).toEqual({ from: 5, to: 6 });
    expect(errorRange('select', 99, { from: 0, to: 6 })).toEqual({ from: 5, to: 6 });
  });
});
