import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCopied, type CopiedCell, type CopyFormat, type CopyTarget } from './copyFormats.ts';
import type { GridColumn } from './source.ts';

const plain = { typeName: 'text', numeric: false, json: false };
const columns: GridColumn[] = [
  { ...plain, name: 'id', numeric: true },
  { ...plain, name: 'order', typeName: 'text' },
  { ...plain, name: 'Paid', bool: true },
  { ...plain, name: 'meta', json: true },
];
const rows: CopiedCell[][] = [
  ['12345678901234567890.10', "it's | 1", 't', '{"a": [1, 2.50]}'],
  [null, '', 'f', null],
];
const copied = (format: CopyFormat, target?: CopyTarget): string =>
  formatCopied(format, { columns, rows, target });
const one = (format: CopyFormat, name: string, ...values: CopiedCell[]): string => {
  const column = { ...plain, name, numeric: name === 'n' };
  return formatCopied(format, { columns: [column], rows: values.map((value) => [value]) });
};

describe('copied cells', () => {
  it('are tab separated lines, with the header where it was asked for', () => {
    expect(one('text', 'n', '1', null)).toBe('1\n');
    expect(one('header', 'n', '1', null)).toBe('n\n1\n');
  });

  it('are the bare value where only one cell is copied', () => {
    expect(one('text', 'x', 'say "hi"\nthere')).toBe('say "hi"\nthere');
    expect(one('text', 'x', null)).toBe('');
  });

  it('are CSV as COPY writes it: NULL is nothing, the empty string two quotes', () => {
    expect(copied('csv')).toBe(
      'id,order,Paid,meta\n12345678901234567890.10,it\'s | 1,t,"{""a"": [1, 2.50]}"\n,"",f,',
    );
    expect(one('csv', 'x', 'a,b', ' a', '\\.')).toBe('x\n"a,b"\n" a"\n"\\."');
  });

  it('are JSON whose numbers keep their digits', () => {
    expect(copied('json')).toBe(
      [
        '[',
        '  {"id": 12345678901234567890.10, "order": "it\'s | 1", "Paid": true, "meta": {"a": [1, 2.50]}},',
        '  {"id": null, "order": "", "Paid": false, "meta": null}',
        ']',
      ].join('\n'),
    );
    expect(one('json', 'n', 'NaN', '1e-7', undefined)).toBe('[\n  {"n": "NaN"},\n  {"n": 1e-7},\n  {}\n]');
    const twice = formatCopied('json', {
      columns: [columns[0], columns[0]].filter((each) => !!each),
      rows: [['1', '2']],
    });
    expect(JSON.parse(twice)).toEqual([{ id: 1, id_2: 2 }]);
  });

  it('are an INSERT that the server reads back', () => {
    expect(copied('insert', { table: 'shop.orders', names: ['id', 'order', 'Paid', 'meta'] })).toBe(
      [
        'INSERT INTO shop.orders (id, "order", "Paid", meta) VALUES',
        `  (12345678901234567890.10, 'it''s | 1', true, '{"a": [1, 2.50]}'),`,
        "  (NULL, '', false, NULL);",
      ].join('\n'),
    );
    expect(one('insert', 'n', '-Infinity', undefined, '1.5e+300')).toBe(
      "INSERT INTO table_name (n) VALUES\n  ('-Infinity'),\n  (DEFAULT),\n  (1.5e+300);",
    );
    expect(one('insert', 'x', '\\x00')).toContain("(E'\\\\x00')");
  });

  it('are a list for IN, each value once and without NULL', () => {
    expect(one('inList', 'n', '3', '1', null, '3')).toBe('(3, 1)');
    expect(one('inList', 'x', 'a', "b'")).toBe("('a', 'b''')");
    const pairs = formatCopied('inList', { columns: columns.slice(0, 2), rows: [['1', 'a']] });
    expect(pairs).toBe("((1, 'a'))");
  });

  it('are a Markdown table that nothing in a value breaks', () => {
    expect(copied('markdown')).toBe(
      [
        '| id | order | Paid | meta |',
        '| ---: | --- | --- | --- |',
        String.raw`| 12345678901234567890.10 | it's \| 1 | t | {"a": \[1, 2.50\]} |`,
        '| NULL |  | f | NULL |',
      ].join('\n'),
    );
    expect(one('markdown', 'x', 'a\nb')).toContain('| a<br>b |');
  });
});

describe('copied tables', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', '\t', '\n', '\r', ' ', '=', ',') });
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
    );
  const named = (width: number): GridColumn[] =>
    Array.from({ length: width }, (_, index) => ({ ...plain, name: `c${index}` }));

  it('come out of a spreadsheet as they went in', () => {
    fc.assert(
      fc.property(table, (cells) => {
        const text = formatCopied('text', { columns: named(cells[0]?.length ?? 0), rows: cells });
        expect(parse(text, '\t')).toEqual(cells);
      }),
    );
  });

  it('come out of a reader of CSV as they went in', () => {
    fc.assert(
      fc.property(table, (cells) => {
        const text = formatCopied('csv', { columns: named(cells[0]?.length ?? 0), rows: cells });
        expect(parse(text, ',').slice(1)).toEqual(cells);
      }),
    );
  });
});

/** Reads a table back the way a spreadsheet does. */
function parse(text: string, separator: string): string[][] {
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
      while (place < text.length && text[place] !== separator && text[place] !== '\n') {
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
