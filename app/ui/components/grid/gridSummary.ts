import { aggregate, type Aggregate } from './aggregate.ts';
import {
  clampRanges,
  countCells,
  isOneCell,
  isSelected,
  rangesOf,
  selectedLines,
  type GridSelection,
} from './selection.ts';
import type { GridSource } from './source.ts';

/** Rows that are read for a sum; beyond it only the cells are counted. */
const maxSummedRows = 10_000;

export interface SelectionSummary {
  readonly cells: number;
  readonly rows: number;
  readonly columns: number;
  /** The name of the column, where all selected cells are in one. */
  readonly column?: string;
  /** Of the numbers among the selected cells; absent where there are none, or too many. */
  readonly aggregate?: Aggregate;
  /** There are numbers, in more rows than are read for a sum. */
  readonly unsummed?: true;
}

/** What is selected, without looking at any row. */
export function countSelection(source: GridSource, selection: GridSelection): SelectionSummary {
  const size = { rows: source.rowCount, columns: source.columns.length };
  const ranges = clampRanges(rangesOf(selection), size);
  const lines = selectedLines(ranges, size);
  const count = (intervals: typeof lines.rows): number =>
    intervals.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const columns = count(lines.columns);
  const only = columns === 1 ? source.columns[lines.columns[0]?.first ?? -1]?.name : undefined;
  return {
    cells: countCells(ranges, size),
    rows: count(lines.rows),
    columns,
    ...(only === undefined ? {} : { column: only }),
  };
}

/** The same with sum and average of the numeric columns, for which rows are read where they are not here. */
export async function sumSelection(
  source: GridSource,
  selection: GridSelection,
  signal: AbortSignal,
): Promise<SelectionSummary> {
  const counted = countSelection(source, selection);
  if (isOneCell(selection)) return counted;
  const size = { rows: source.rowCount, columns: source.columns.length };
  const ranges = clampRanges(rangesOf(selection), size);
  const numeric = source.columns.flatMap((column, index) => (column.numeric ? [index] : []));
  const touched = numeric.filter((column) =>
    ranges.some(({ left, right }) => column >= left && column <= right),
  );
  if (touched.length === 0) return counted;
  if (counted.rows > maxSummedRows) return { ...counted, unsummed: true };
  const values: (string | null)[] = [];
  for (const { first, last } of selectedLines(ranges, size).rows) {
    let next = first;
    while (next <= last) {
      const { rows } = await source.read(next, last + 1, signal);
      if (rows.length === 0) break;
      rows.forEach((cells, step) => {
        for (const column of touched)
          if (isSelected(ranges, next + step, column)) values.push(cells[column] ?? null);
      });
      next += rows.length;
    }
  }
  const sums = aggregate(values);
  return sums ? { ...counted, aggregate: sums } : counted;
}

const decimals = new Intl.NumberFormat(undefined, { maximumFractionDigits: 20 });
/** Exact, however long: the digits never go through a floating point number. */
const numberWords = (digits: string): string => decimals.format(digits as Intl.StringNumericLiteral);

/** The summary as the status bar writes it: `1 cell · note`, `12 cells · sum 1,234.5 · average 102.875`. */
export function summaryWords({ cells, column, aggregate: sums, unsummed }: SelectionSummary): string {
  const count = `${decimals.format(cells)} ${cells === 1 ? 'cell' : 'cells'}`;
  if (unsummed) return `${count} · sums up to ${decimals.format(maxSummedRows)} rows`;
  if (!sums) return column === undefined ? count : `${count} · ${column}`;
  const numbers = sums.count === cells ? '' : ` of ${decimals.format(sums.count)} numbers`;
  return `${count} · sum ${numberWords(sums.sum)}${numbers} · average ${numberWords(sums.average)}`;
}
