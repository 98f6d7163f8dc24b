import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { maxCellBytes, maxPageBytes, PageCutter, readPage, readValue } from './pages.ts';
import { dataRow, spoolOf } from '../../test/dataRows.ts';
import type { Spool } from '../spool/spool.ts';

async function readAllValue(spool: Spool, place: { row: number; column: number }, limit: number) {
  let text = '';
  for (let offset = 0; ;) {
    const part = await readValue(spool, place, { offset, limit });
    if (part.text === null) return null;
    text += part.text;
    offset += Buffer.byteLength(part.text);
    if (part.complete) return text;
  }
}

const cell = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', 'é', '😀\u0001'),
);
const table = fc
  .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 30 }))
  .chain(([columns, rowsPerRead]) =>
    fc.record({
      rows: fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { maxLength: 600 }),
      rowsPerRead: fc.constant(rowsPerRead),
      offset: fc.integer({ min: 0, max: 700 }),
      limit: fc.integer({ min: 1, max: 700 }),
    }),
  );

describe('what goes into a spool', () => {
  it('comes out as it was, wherever a page begins and however the rows came', async () => {
    await fc.assert(
      fc.asyncProperty(table, async ({ rows, rowsPerRead, offset, limit }) => {
        const spool = spoolOf(rows, rowsPerRead);
        expect(spool.rowCount).toBe(rows.length);
        const page = await readPage(spool, offset, limit);
        expect(page).toEqual({ rows: rows.slice(offset, offset + limit), cut: [] });
      }),
      { numRuns: 200 },
    );
  });

  it('comes out the same value by value, in parts of any size', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 20 }), async (value, limit) => {
        const spool = spoolOf([[null, value]]);
        expect(await readAllValue(spool, { row: 0, column: 1 }, limit)).toBe(value);
      }),
    );
  });
});

describe('a page of rows', () => {
  it('ends before it takes more than 2 MB, and the next begins where it ended', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => [`${index}`, 'x'.repeat(30_000)]);
    const spool = spoolOf(rows);
    const first = await readPage(spool, 0, 300);
    expect(first.rows.length).toBeGreaterThan(50);
    expect(JSON.stringify(first.rows).length).toBeLessThanOrEqual(maxPageBytes);
    const second = await readPage(spool, first.rows.length, 300);
    expect(second.rows[0]?.[0]).toBe(`${first.rows.length}`);
  });

  it('names each cell that it cut, by the number of the row in the result', async () => {
    const long = 'é'.repeat(maxCellBytes);
    const spool = spoolOf([['a'], ['b', long], ['c', long.slice(0, maxCellBytes / 2)]]);
    const page = await readPage(spool, 1, 10);
    expect(page.rows).toEqual([
      ['b', 'é'.repeat(maxCellBytes / 2)],
      ['c', 'é'.repeat(maxCellBytes / 2)],
    ]);
    expect(page.cut).toEqual([{ row: 1, column: 1, bytes: 2 * maxCellBytes }]);
  });

  it('cuts between characters', async () => {
    const spool = spoolOf([[`a${'😀'.repeat(maxCellBytes / 4)}`]]);
    const page = await readPage(spool, 0, 1);
    expect(page.rows).toEqual([[`a${'😀'.repeat(maxCellBytes / 4 - 1)}`]]);
  });

  it('holds one row at least, whose cells then share the room', async () => {
    const row = Array.from({ length: 1_600 }, () => 'x'.repeat(10_000));
    const page = await readPage(spoolOf([row, row]), 0, 10);
    expect(page.rows).toHaveLength(1);
    expect(page.cut).toHaveLength(1_600);
    expect(JSON.stringify(page.rows).length).toBeLessThanOrEqual(maxPageBytes);
    expect(page.rows[0]?.every((value) => (value?.length ?? 0) >= 512)).toBe(true);
  });

  it('reckons with how long control characters become on the wire', async () => {
    const row = Array.from({ length: 60 }, () => '\u0001'.repeat(50_000));
    const page = await readPage(spoolOf([row, row]), 0, 10);
    expect(page.rows).toHaveLength(1);
    expect(JSON.stringify(page.rows).length).toBeLessThanOrEqual(maxPageBytes);
  });

  it('gives rows of many empty cells in bounded pages too', async () => {
    const rows = Array.from({ length: 1_500 }, () => Array.from({ length: 400 }, () => null));
    const page = await readPage(spoolOf(rows), 0, 5_000);
    expect(page.rows.length).toBeGreaterThan(500);
    expect(JSON.stringify(page.rows).length).toBeLessThanOrEqual(maxPageBytes);
  });

  it('reads what is no UTF-8 as Latin-1, and a true replacement character as itself', async () => {
    const spool = spoolOf([[Buffer.from('caf\xe9 \xff', 'latin1'), '\ufffd']]);
    expect((await readPage(spool, 0, 1)).rows).toEqual([['café ÿ', '\ufffd']]);
    expect(await readAllValue(spool, { row: 0, column: 0 }, 3)).toBe('café ÿ');
  });

  it('takes no more rows than it was made for', () => {
    const cutter = new PageCutter(0, 2);
    cutter.add(Buffer.concat([dataRow(['1']), dataRow(['2']), dataRow(['3'])]));
    expect(cutter.page.rows).toEqual([['1'], ['2']]);
    expect(cutter.full).toBe(true);
  });
});

describe('a part of a value', () => {
  it('tells the whole length, and whether it is the last', async () => {
    const spool = spoolOf([['héllo', null]]);
    expect(await readValue(spool, { row: 0, column: 0 }, { offset: 0, limit: 2 })).toEqual({
      text: 'h',
      offset: 0,
      bytes: 6,
      complete: false,
    });
    expect(await readValue(spool, { row: 0, column: 0 }, { offset: 3, limit: 100 })).toEqual({
      text: 'llo',
      offset: 3,
      bytes: 6,
      complete: true,
    });
    expect(await readValue(spool, { row: 0, column: 0 }, { offset: 99, limit: 1 })).toMatchObject({
      text: '',
      complete: true,
    });
    expect(await readValue(spool, { row: 0, column: 1 }, { offset: 0, limit: 1 })).toEqual({
      text: null,
      offset: 0,
      bytes: 0,
      complete: true,
    });
  });

  it('is refused where there is no such cell', async () => {
    const spool = spoolOf([['a']]);
    for (const place of [
      { row: 1, column: 0 },
      { row: 0, column: 1 },
    ])
      await expect(readValue(spool, place, { offset: 0, limit: 1 })).rejects.toThrow(AppError);
  });
});
