import { describe, expect, it } from 'vitest';
import { fits } from './columnModel.ts';
import { GridView } from './gridView.svelte.ts';
import { KeptColumns } from './keptColumns.ts';
import { extendTo, rangesOf, selectCell, selectColumn } from './selection.ts';

const columns = [
  { name: 'i', typeName: 'int8', numeric: true, json: false },
  { name: 'note', typeName: 'text', numeric: false, json: false },
];
const all = { first: 0, end: 2 };
const long = ['123456789012345678901234567890', 'x'.repeat(60)];
const widthOf = (view: GridView, column: number): number => view.widths[column] ?? 0;

describe('the widths of a grid', () => {
  it('grow with the numbers that come into view, and a little with words', () => {
    const view = new GridView(columns);
    view.fitFirst([['1', 'a']]);
    const before = widthOf(view, 1);
    view.widen(all, [long]);
    expect(fits(long[0] ?? '', widthOf(view, 0))).toBe(true);
    expect(widthOf(view, 1)).toBe(before);
    const wide = view.widths;
    view.widen(all, [['1', 'a']]);
    expect(view.widths).toBe(wide);
    view.widen(all, [['1', 'row 10,000']]);
    expect(fits('row 10,000', widthOf(view, 1))).toBe(true);
    expect(widthOf(view, 1)).toBeGreaterThan(before);
  });

  it('stay where the user has put them', () => {
    const view = new GridView(columns);
    view.setWidth(0, 70);
    view.widen(all, [long]);
    view.fitFirst([long]);
    expect(widthOf(view, 0)).toBe(70);
    view.setFitted(new Map([[0, 70]]));
    view.widen(all, [long]);
    expect(widthOf(view, 0)).toBeGreaterThan(70);
  });

  it('are those of the user in the next result with the same columns, and in no other', () => {
    const kept = new KeptColumns();
    new GridView(columns, kept).setWidth(1, 222);
    const next = new GridView(columns, kept);
    next.fitFirst([long]);
    expect(widthOf(next, 1)).toBe(222);
    expect(widthOf(next, 0)).toBeGreaterThan(200);
    const others = columns.map((column) => ({ ...column, typeName: 'bpchar' }));
    expect(widthOf(new GridView(others, kept), 1)).not.toBe(222);
    next.setFitted(new Map([[1, 90]]));
    expect(widthOf(new GridView(columns, kept), 1)).not.toBe(222);
  });
});

const letters = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({
  name,
  typeName: 'int4',
  numeric: true,
  json: false,
}));
const namesOf = (view: GridView): string => view.order.map((column) => letters[column]?.name).join('');

describe('the columns of a view', () => {
  it('are moved alone or as neighbours, and the widths go with them', () => {
    const view = new GridView(letters);
    view.setWidth(0, 111);
    view.move({ first: 0, last: 0 }, 3);
    expect(namesOf(view)).toBe('bcdaef');
    expect(view.widths[3]).toBe(111);
    view.move({ first: 3, last: 4 }, 0);
    expect(namesOf(view)).toBe('aebcdf');
    view.move({ first: 5, last: 5 }, 9);
    expect(namesOf(view), 'no further than the end').toBe('aebcdf');
    expect(view.isNatural).toBe(false);
  });

  it('keep the active cell on its column, and a moved group selected', () => {
    const view = new GridView(letters);
    view.selection = selectCell({ row: 7, column: 2 });
    view.move({ first: 2, last: 2 }, 0);
    expect(view.selection.active).toEqual({ row: 7, column: 0 });
    view.hide([0]);
    expect(view.selection.active, 'a hidden one hands it to its neighbour').toEqual({ row: 7, column: 0 });
    view.selection = extendTo(selectColumn({ row: 0, column: 1 }), { row: 0, column: 2 });
    view.move({ first: 1, last: 2 }, 2);
    expect(namesOf(view)).toBe('aebdf');
    expect(rangesOf(view.selection)).toMatchObject([{ left: 2, right: 3 }]);
  });

  it('are hidden but for the last, and come back to their place', () => {
    const view = new GridView(letters);
    view.hide([1, 2, 4]);
    expect([namesOf(view), view.hidden]).toEqual(['adf', 3]);
    expect(view.positionOf(2)).toBeUndefined();
    view.show(2);
    expect(namesOf(view)).toBe('acdf');
    view.hide([0, 1, 2, 3]);
    expect(namesOf(view)).toBe('acdf');
    view.showAll();
    expect([namesOf(view), view.isNatural]).toEqual(['abcdef', true]);
  });

  it('are arranged alike in the next result with the same columns, until they are reset', () => {
    const kept = new KeptColumns();
    const view = new GridView(letters, kept);
    view.move({ first: 5, last: 5 }, 0);
    view.hide([1]);
    view.freeze(2);
    const next = new GridView(letters, kept);
    expect([namesOf(next), next.frozen]).toEqual(['fbcde', 2]);
    next.reset();
    const last = new GridView(letters, kept);
    expect([namesOf(last), last.frozen]).toEqual(['abcdef', 0]);
  });
});
