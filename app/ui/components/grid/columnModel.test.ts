import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  columnAt,
  columnEdges,
  fits,
  fitWidth,
  maxFirstWidth,
  maxFitWidth,
  minColumnWidth,
  revealColumn,
  rowNumberWidth,
  shownColumns,
  virtualColumnsFrom,
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
    expect(shownColumns(few, 0, 300)).toEqual({ first: 0, end: 12 });
    const many = columnEdges(Array.from({ length: virtualColumnsFrom * 20 }, () => 100));
    const shown = shownColumns(many, 50_000, 800);
    expect(shown.first).toBeLessThanOrEqual(500);
    expect(shown.end).toBeGreaterThanOrEqual(509);
    expect(shown.end - shown.first).toBeLessThan(20);
    expect(shownColumns(many, 99_900, 800).end).toBe(1_000);
  });

  it('come wholly into view where they fit, and at their beginning where they do not', () => {
    const edges = columnEdges([100, 100, 100, 900]);
    expect(revealColumn(edges, 0, 150, 200)).toBe(0);
    expect(revealColumn(edges, 2, 0, 200)).toBe(100);
    expect(revealColumn(edges, 1, 50, 200)).toBe(50);
    expect(revealColumn(edges, 3, 0, 200)).toBe(300);
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
