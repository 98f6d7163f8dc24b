import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toTsv } from './tsv.ts';

/** Reads a table back the way a spreadsheet does. */
function parseTsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let place = 0;
  while (place <= text.length) {
    let field = '';
    if (text[place] === '"') {
      place += 1;
      while (place < text.length && !(text[place] === '"' && text[place + 1] !== '"')) {
        if (text[place] === '"') place += 1;
        field += text.charAt(place);
        place += 1;
      }
      place += 1;
    } else {
      while (place < text.length && text[place] !== '\t' && text[place] !== '\n') {
        field += text.charAt(place);
        place += 1;
      }
    }
    rows.at(-1)?.push(field);
    if (place < text.length && text[place] === '\n') rows.push([]);
    place += 1;
  }
  return rows;
}

describe('copied cells', () => {
  it('are tab separated lines, with the header where it was asked for', () => {
    expect(
      toTsv(
        [
          ['1', 'Ada'],
          ['2', null],
        ],
        ['id', 'name'],
      ),
    ).toBe('id\tname\n1\tAda\n2\t');
  });

  it('are the bare value where only one cell is copied', () => {
    expect(toTsv([['say "hi"\nthere']])).toBe('say "hi"\nthere');
    expect(toTsv([[null]])).toBe('');
  });

  it('come out of a spreadsheet as they went in', () => {
    const table = fc.integer({ min: 2, max: 5 }).chain((width) =>
      fc.array(
        fc.array(fc.string({ unit: fc.constantFrom('a', '"', '\t', '\n', '\r', ' ', '=') }), {
          minLength: width,
          maxLength: width,
        }),
        { minLength: 1, maxLength: 6 },
      ),
    );
    fc.assert(
      fc.property(table, (rows) => {
        expect(parseTsv(toTsv(rows))).toEqual(rows);
      }),
    );
  });
});
