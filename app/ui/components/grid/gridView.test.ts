import { describe, expect, it } from 'vitest';
import { fits } from './columnModel.ts';
import { GridView } from './gridView.svelte.ts';
import { KeptWidths } from './keptWidths.ts';

const columns = [
  { name: 'i', typeName: 'int8', numeric: true, json: false },
  { name: 'note', typeName: 'text', numeric: false, json: false },
];
const all = { first: 0, end: 2 };
const long = ['123456789012345678901234567890', 'x'.repeat(60)];
const widthOf = (view: GridView, column: number): number => view.widths[column] ?? 0;

describe('the widths of a grid', () => {
  it('grow with the numbers that come into view, and with nothing else', () => {
    const view = new GridView(columns);
    view.fitFirst(columns, [['1', 'a']]);
    const before = widthOf(view, 1);
    view.widenNumbers(columns, all, [long]);
    expect(fits(long[0] ?? '', widthOf(view, 0))).toBe(true);
    expect(widthOf(view, 1)).toBe(before);
    const wide = view.widths;
    view.widenNumbers(columns, all, [['1', 'a']]);
    expect(view.widths).toBe(wide);
  });

  it('stay where the user has put them', () => {
    const view = new GridView(columns);
    view.setWidth(0, 70);
    view.widenNumbers(columns, all, [long]);
    view.fitFirst(columns, [long]);
    expect(widthOf(view, 0)).toBe(70);
    view.setFitted(0, 70);
    view.widenNumbers(columns, all, [long]);
    expect(widthOf(view, 0)).toBeGreaterThan(70);
  });

  it('are those of the user in the next result with the same columns, and in no other', () => {
    const kept = new KeptWidths();
    new GridView(columns, kept).setWidth(1, 222);
    const next = new GridView(columns, kept);
    next.fitFirst(columns, [long]);
    expect(widthOf(next, 1)).toBe(222);
    expect(widthOf(next, 0)).toBeGreaterThan(200);
    const others = columns.map((column) => ({ ...column, typeName: 'bpchar' }));
    expect(widthOf(new GridView(others, kept), 1)).not.toBe(222);
    next.setFitted(1, 90);
    expect(widthOf(new GridView(columns, kept), 1)).not.toBe(222);
  });
});
