import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addRange,
  clampCell,
  countCells,
  extendTo,
  isOneCell,
  isSelected,
  rangesOf,
  selectAll,
  selectCell,
  selectColumn,
  selectedLines,
  selectRow,
} from './selection.ts';

const size = { rows: 10_000_000, columns: 8 };
const at = (row: number, column: number) => ({ row, column });

describe('a selection', () => {
  it('is one cell after a click and a rectangle after an extension in any direction', () => {
    const one = selectCell(at(5, 3));
    expect(isOneCell(one)).toBe(true);
    const range = extendTo(extendTo(one, at(9, 7)), at(2, 1));
    expect(rangesOf(range)).toEqual([{ top: 2, bottom: 5, left: 1, right: 3 }]);
    expect(isOneCell(range)).toBe(false);
    expect(range.active).toEqual(at(2, 1));
  });

  it('takes whole rows, whole columns and everything, and grows with the rows', () => {
    expect(countCells(rangesOf(extendTo(selectRow(at(4, 0)), at(6, 2))), size)).toBe(24);
    const column = rangesOf(selectColumn(at(0, 2)));
    expect(countCells(column, size)).toBe(10_000_000);
    expect(countCells(column, { ...size, rows: 7 })).toBe(7);
    expect(countCells(rangesOf(selectAll(at(3, 3))), size)).toBe(80_000_000);
  });

  it('starts anew from the active cell when everything is extended', () => {
    expect(rangesOf(extendTo(selectAll(at(3, 3)), at(4, 3)))).toEqual([
      { top: 3, bottom: 4, left: 3, right: 3 },
    ]);
  });

  it('keeps earlier ranges beside a new one and names the rows and columns touched', () => {
    const two = extendTo(addRange(extendTo(selectCell(at(0, 0)), at(1, 1)), at(5, 4)), at(6, 4));
    expect(selectedLines(rangesOf(two), size)).toEqual({
      rows: [
        { first: 0, last: 1 },
        { first: 5, last: 6 },
      ],
      columns: [
        { first: 0, last: 1 },
        { first: 4, last: 4 },
      ],
    });
    expect(isSelected(rangesOf(two), 1, 1)).toBe(true);
    expect(isSelected(rangesOf(two), 5, 1)).toBe(false);
  });

  it('counts no cell twice, however its ranges lie over each other', () => {
    const range = fc.tuple(fc.nat(12), fc.nat(12), fc.nat(12), fc.nat(12)).map(([a, b, c, d]) => ({
      top: Math.min(a, b),
      bottom: Math.max(a, b),
      left: Math.min(c, d),
      right: Math.max(c, d),
    }));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 5 }), (ranges) => {
        const small = { rows: 10, columns: 9 };
        let counted = 0;
        for (let row = 0; row < small.rows; row += 1)
          for (let column = 0; column < small.columns; column += 1)
            if (isSelected(ranges, row, column)) counted += 1;
        expect(countCells(ranges, small)).toBe(counted);
      }),
    );
  });

  it('stays within the grid', () => {
    expect(clampCell(at(-1, 99), size)).toEqual(at(0, 7));
    expect(clampCell(at(5, 5), { rows: 0, columns: 0 })).toEqual(at(0, 0));
  });
});
