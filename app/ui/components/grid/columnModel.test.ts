import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  columnAt,
  columnEdges,
  fits,
  fitWidth,
  frozenColumns,
  maxFirstWidth,
  maxFitWidth,
  minColumnWidth,
  revealColumn,
  rowNumberWidth,
  shownColumns,
} from './columnModel.ts';

const column = { name: 'note', typeName: 'text', numeric: false, json: false };

describe('the columns of a grid', () => {
  it('are as wide as header and content need, within the limits', () => {
    const narrow = fitWidth(column, 0, [['a']]);
    const wide = fitWidth(column, 0, [['a'], ['leave at the door of the house']]);
    expect(narrow).toBeGreaterThanOrEqual(minColumnWidth);
    expect(wide).toBeGreaterThan(narrow);
    expect(fitWidth(column, 0, [['x'.repeat(10_000)]], maxFirstWidth)).toBe(maxFirstWidth);
    expect(fitWidth(column, 0, [['漢字漢字漢字漢字漢字']])).toBeGreaterThan(
      fitWidth(column, 0, [['0123456789']]),
    );
    expect(fitWidth(column, 0, [[null], ['']])).toBeGreaterThanOrEqual(minColumnWidth);
  });

  it('are found by place, each pixel in exactly one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 40, max: 400 }), { minLength: 1, maxLength: 60 }),
        fc.nat(20_000),
        (widths, x) => {
          const edges = columnEdges(widths);
          const found = columnAt(edges, x);
          if (x >= (edges.at(-1) ?? 0)) expect(found).toBeUndefined();
          else {
            expect(edges[found ?? -1]).toBeLessThanOrEqual(x);
            expect(edges[(found ?? -1) + 1]).toBeGreaterThan(x);
          }
        },
      ),
    );
    expect(columnAt([0, 50], -1)).toBeUndefined();
  });

  it('are all shown when few, and only those in view when many', () => {
    const few = columnEdges(Array.from({ length: 12 }, () => 100));
    expect(shownColumns(few, { left: 0, width: 300, frozen: 0 })).toEqual({ first: 0, end: 12 });
    const many = columnEdges(Array.from({ length: 1_000 }, () => 100));
    const shown = shownColumns(many, { left: 50_000, width: 800, frozen: 0 });
    expect(shown.first).toBeLessThanOrEqual(500);
    expect(shown.end).toBeGreaterThanOrEqual(509);
    expect(shown.end - shown.first).toBeLessThan(20);
    expect(shownColumns(many, { left: 99_900, width: 800, frozen: 0 }).end).toBe(1_000);
  });

  it('stay where they are frozen, as far as there is room for others', () => {
    const edges = columnEdges(Array.from({ length: 200 }, () => 100));
    expect(shownColumns(edges, { left: 0, width: 800, frozen: 2 })).toMatchObject({ first: 2 });
    const shown = shownColumns(edges, { left: 5_000, width: 800, frozen: 2 });
    expect(shown.first).toBeGreaterThan(45);
    expect(shown.first).toBeLessThanOrEqual(52);
    expect(frozenColumns(edges, 2, 800)).toBe(2);
    expect(frozenColumns(edges, 9, 800)).toBe(5);
    expect(revealColumn(edges, 1, { left: 5_000, width: 800, frozen: 2 })).toBe(5_000);
    expect(revealColumn(edges, 10, { left: 5_000, width: 800, frozen: 2 })).toBe(800);
  });

  it('come wholly into view where they fit, and at their beginning where they do not', () => {
    const edges = columnEdges([100, 100, 100, 900]);
    const reveal = (column: number, left: number) =>
      revealColumn(edges, column, { left, width: 200, frozen: 0 });
    expect(reveal(0, 150)).toBe(0);
    expect(reveal(2, 0)).toBe(100);
    expect(reveal(1, 50)).toBe(50);
    expect(reveal(3, 0)).toBe(300);
  });

  it('tell whether a number is wholly in view', () => {
    fc.assert(
      fc.property(fc.bigInt().map(String), (text) => {
        expect(fits(text, fitWidth(column, 0, [[text]]))).toBe(true);
      }),
    );
    expect(fits('1499999998.5', 90)).toBe(false);
    expect(fits('9'.repeat(1_000), maxFitWidth)).toBe(false);
  });

  it('leave room for the row numbers', () => {
    expect(rowNumberWidth(10_000_000)).toBeGreaterThan(rowNumberWidth(10));
  });
});
