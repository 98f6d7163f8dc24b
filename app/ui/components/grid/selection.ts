export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** A rectangle of cells, all four inclusive. `everything` as bottom or right goes on as rows come. */
export interface CellRange {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
}

/**
 * What is selected: the live range between anchor and active cell, taken along its axis, and the ranges selected before
 * it with Ctrl. The active cell is the one with the ring, and the one that moves.
 */
export interface GridSelection {
  readonly anchor: Cell;
  readonly active: Cell;
  readonly axis: 'cells' | 'rows' | 'columns' | 'all';
  readonly earlier: readonly CellRange[];
}

export const everything = Number.MAX_SAFE_INTEGER;

const select = (
  cell: Cell,
  axis: GridSelection['axis'],
  earlier: readonly CellRange[] = [],
): GridSelection => ({
  anchor: cell,
  active: cell,
  axis,
  earlier,
});

export const selectCell = (cell: Cell): GridSelection => select(cell, 'cells');
export const selectRow = (cell: Cell): GridSelection => select(cell, 'rows');
export const selectColumn = (cell: Cell): GridSelection => select(cell, 'columns');
export const selectAll = (active: Cell): GridSelection => select(active, 'all');

/** The live range ends at another cell now; the whole grid, once selected, starts anew there. */
export const extendTo = (selection: GridSelection, cell: Cell): GridSelection =>
  selection.axis === 'all'
    ? { ...selectCell(selection.active), active: cell }
    : { ...selection, active: cell };

/** A further range beside those there are, as with Ctrl and the mouse. */
export const addRange = (
  selection: GridSelection | undefined,
  cell: Cell,
  axis: GridSelection['axis'] = 'cells',
): GridSelection => select(cell, axis, selection ? rangesOf(selection) : []);

function liveRange({ anchor, active, axis }: GridSelection): CellRange {
  const allRows = axis === 'columns' || axis === 'all';
  const allColumns = axis === 'rows' || axis === 'all';
  return {
    top: allRows ? 0 : Math.min(anchor.row, active.row),
    bottom: allRows ? everything : Math.max(anchor.row, active.row),
    left: allColumns ? 0 : Math.min(anchor.column, active.column),
    right: allColumns ? everything : Math.max(anchor.column, active.column),
  };
}

export const rangesOf = (selection: GridSelection): CellRange[] => [
  ...selection.earlier,
  liveRange(selection),
];

export const isSelected = (ranges: readonly CellRange[], row: number, column: number): boolean =>
  ranges.some(
    ({ top, bottom, left, right }) => row >= top && row <= bottom && column >= left && column <= right,
  );

export const isOneCell = (selection: GridSelection): boolean =>
  selection.axis === 'cells' &&
  selection.earlier.length === 0 &&
  selection.anchor.row === selection.active.row &&
  selection.anchor.column === selection.active.column;

/** From `first` to `last`, inclusive. */
export interface Interval {
  readonly first: number;
  readonly last: number;
}

/** Intervals in order, where none touches the next. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const each of [...intervals].sort((a, b) => a.first - b.first)) {
    const previous = merged.at(-1);
    if (previous && each.first <= previous.last + 1)
      merged[merged.length - 1] = { first: previous.first, last: Math.max(previous.last, each.last) };
    else merged.push(each);
  }
  return merged;
}

const within = (range: CellRange, { rows, columns }: GridSize): CellRange => ({
  ...range,
  bottom: Math.min(range.bottom, rows - 1),
  right: Math.min(range.right, columns - 1),
});

/** What of the ranges lies in the grid; empty ones are left out. */
export const clampRanges = (ranges: readonly CellRange[], size: GridSize): CellRange[] =>
  ranges
    .map((range) => within(range, size))
    .filter((range) => range.bottom >= range.top && range.right >= range.left);

/** The rows and the columns that any range touches. */
export function selectedLines(
  ranges: readonly CellRange[],
  size: GridSize,
): { rows: Interval[]; columns: Interval[] } {
  const inside = clampRanges(ranges, size);
  return {
    rows: mergeIntervals(inside.map(({ top, bottom }) => ({ first: top, last: bottom }))),
    columns: mergeIntervals(inside.map(({ left, right }) => ({ first: left, last: right }))),
  };
}

export const lengthOf = (intervals: readonly Interval[]): number =>
  intervals.reduce((sum, { first, last }) => sum + last - first + 1, 0);

/** How many cells are selected, none counted twice. */
export function countCells(ranges: readonly CellRange[], size: GridSize): number {
  const inside = clampRanges(ranges, size);
  const edges = [...new Set(inside.flatMap(({ top, bottom }) => [top, bottom + 1]))].sort((a, b) => a - b);
  return edges.reduce((sum, from, place) => {
    const to = edges[place + 1];
    if (to === undefined) return sum;
    const across = inside.filter(({ top, bottom }) => top <= from && bottom >= to - 1);
    const columns = mergeIntervals(across.map(({ left, right }) => ({ first: left, last: right })));
    return sum + (to - from) * lengthOf(columns);
  }, 0);
}

export const clampCell = ({ row, column }: Cell, { rows, columns }: GridSize): Cell => ({
  row: Math.min(Math.max(row, 0), Math.max(0, rows - 1)),
  column: Math.min(Math.max(column, 0), Math.max(0, columns - 1)),
});
