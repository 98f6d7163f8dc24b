import { describe, expect, it } from 'vitest';
import { copySelection } from './gridCopy.ts';
import { sumSelection, summaryWords } from './gridSummary.ts';
import { OrderedColumns } from './orderedColumns.ts';
import { addRange, extendTo, selectAll, selectCell, selectColumn, selectRow } from './selection.ts';
import type { GridSource } from './source.ts';

const signal = new AbortController().signal;
const names = ['id', 'name', 'total'];
const long = 'x'.repeat(100);

/** Rows made from their number, given out 7 at a time; the name in row 3 is cut. */
const sourceOf = (rowCount: number): GridSource => {
  const make = (row: number) => [String(row), row === 3 ? long.slice(0, 10) : `n${row}`, `${row}.50`];
  return {
    columns: names.map((name) => ({ name, typeName: 'x', numeric: name !== 'name', json: false })),
    rowCount,
    row: make,
    isCut: (row, column) => row === 3 && column === 1,
    want: () => undefined,
    read: (first, end) => {
      const last = Math.min(end, first + 7, rowCount);
      const rows = Array.from({ length: last - first }, (_, step) => make(first + step));
      return Promise.resolve({ rows, cut: first <= 3 && last > 3 ? [{ row: 3, column: 1 }] : [] });
    },
    whole: () => Promise.resolve(long),
  };
};

describe('copying a selection', () => {
  it('takes the cells of a range, with the header where asked for', async () => {
    const range = extendTo(selectCell({ row: 0, column: 0 }), { row: 1, column: 1 });
    const copied = await copySelection(sourceOf(10), range, { format: 'header', signal });
    expect(copied).toEqual({
      text: 'id\tname\n0\tn0\n1\tn1',
      rows: 2,
      columns: 2,
      selected: 4,
      limited: false,
    });
  });

  it('fetches the whole of a value that was cut', async () => {
    const cell = selectCell({ row: 3, column: 1 });
    expect((await copySelection(sourceOf(10), cell, { format: 'text', signal })).text).toBe(long);
  });

  it('leaves the cells between two ranges empty', async () => {
    const two = addRange(selectCell({ row: 0, column: 0 }), { row: 2, column: 2 });
    const { text } = await copySelection(sourceOf(10), two, { format: 'text', signal });
    expect(text).toBe('0\t\n\t2.50');
  });

  it('says how far it is, and stops when told to', async () => {
    const column = selectColumn({ row: 0, column: 0 });
    const seen: number[] = [];
    const progress = (rows: number, of: number) => seen.push(rows / of);
    await copySelection(sourceOf(21), column, { format: 'json', signal, progress });
    expect(seen).toEqual([1 / 3, 2 / 3, 1]);
    const abort = new AbortController();
    const stopped = copySelection(sourceOf(21), column, {
      format: 'text',
      signal: abort.signal,
      progress: () => abort.abort(),
    });
    await expect(stopped).rejects.toThrow();
  });

  it('takes columns in the order in which they are shown', async () => {
    const arranged = new OrderedColumns(sourceOf(10), [2, 1]);
    const row = selectRow({ row: 3, column: 0 });
    const { text } = await copySelection(arranged, row, { format: 'header', signal });
    expect(text).toBe(`total\tname\n3.50\t${long}`);
    expect(arranged.row(4)).toEqual(['4.50', 'n4']);
    expect([arranged.isCut(3, 1), arranged.isCut(3, 0)]).toEqual([true, false]);
    expect(await sumSelection(arranged, selectColumn({ row: 0, column: 0 }), signal)).toMatchObject({
      column: 'total',
      aggregate: { sum: '50.00' },
    });
  });

  it('reads on where a slice held fewer rows than asked', async () => {
    const column = selectColumn({ row: 0, column: 0 });
    const { text, rows } = await copySelection(sourceOf(50), column, { format: 'text', signal });
    expect(rows).toBe(50);
    expect(text.split('\n').at(-1)).toBe('49');
  });

  it('copies the first rows of what is too much and says so', async () => {
    const all = selectAll({ row: 0, column: 0 });
    const copied = await copySelection(sourceOf(1_000), all, { format: 'text', signal, maxCells: 30 });
    expect(copied).toMatchObject({ rows: 10, columns: 3, selected: 3_000, limited: true });
    const short = await copySelection(sourceOf(1_000), all, { format: 'text', signal, maxCharacters: 40 });
    expect(short.limited).toBe(true);
    expect(short.rows).toBeLessThan(20);
  });

  it('sums the numbers of all rows selected and leaves other columns out', async () => {
    const all = selectAll({ row: 0, column: 0 });
    expect(await sumSelection(sourceOf(20), all, signal)).toEqual({
      cells: 60,
      rows: 20,
      columns: 3,
      aggregate: { count: 40, sum: '390.00', average: '9.75' },
    });
    const one = selectCell({ row: 1, column: 1 });
    expect(await sumSelection(sourceOf(20), one, signal)).toEqual({
      cells: 1,
      rows: 1,
      columns: 1,
      column: 'name',
    });
    const large = await sumSelection(sourceOf(1_000_000), all, signal);
    expect(large).toEqual({ cells: 3_000_000, rows: 1_000_000, columns: 3, unsummed: true });
    expect(summaryWords(large)).toMatch(/cells · sums up to 10\D?000 rows$/);
    const words = selectColumn({ row: 0, column: 1 });
    expect(await sumSelection(sourceOf(1_000_000), words, signal)).not.toHaveProperty('unsummed');
  });
});
