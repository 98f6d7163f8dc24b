import {
  clampRanges,
  countCells,
  isSelected,
  rangesOf,
  selectedLines,
  type CellRange,
  type GridSelection,
  type Interval,
} from './selection.ts';
import type { GridCells, GridSource } from './source.ts';
import { toTsv } from './tsv.ts';

/** A clipboard is no export: beyond this the first rows are copied, and it is said. */
export const maxCopiedCells = 100_000;
export const maxCopiedCharacters = 32 * 1024 * 1024;

export interface Copied {
  readonly text: string;
  readonly rows: number;
  readonly columns: number;
  /** Cells that were selected; more than copied where `limited`. */
  readonly selected: number;
  readonly limited: boolean;
}

export interface CopyOptions {
  readonly header: boolean;
  readonly signal: AbortSignal;
  readonly maxCells?: number;
  readonly maxCharacters?: number;
}

const membersOf = (intervals: readonly Interval[]): number[] =>
  intervals.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, step) => first + step));

/** The selected cells as tab separated text. Fetches what is not here, and the whole of values that were cut. */
export async function copySelection(
  source: GridSource,
  selection: GridSelection,
  { header, signal, maxCells = maxCopiedCells, maxCharacters = maxCopiedCharacters }: CopyOptions,
): Promise<Copied> {
  const size = { rows: source.rowCount, columns: source.columns.length };
  const ranges = clampRanges(rangesOf(selection), size);
  const lines = selectedLines(ranges, size);
  const columns = membersOf(lines.columns);
  const maxRows = Math.max(1, Math.floor(maxCells / Math.max(1, columns.length)));
  const reader = new SelectionReader(source, ranges, columns, signal, maxCharacters);
  for (const interval of lines.rows) {
    if (reader.isFull() || reader.rows.length >= maxRows) break;
    await reader.take(interval, maxRows);
  }
  const wanted = lines.rows.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const names = header ? columns.map((column) => source.columns[column]?.name ?? '') : undefined;
  return {
    text: toTsv(reader.rows, names),
    rows: reader.rows.length,
    columns: columns.length,
    selected: countCells(ranges, size),
    limited: reader.rows.length < wanted,
  };
}

class SelectionReader {
  readonly rows: (string | null)[][] = [];
  #characters = 0;
  #source: GridSource;
  #ranges: readonly CellRange[];
  #columns: readonly number[];
  #signal: AbortSignal;
  #maxCharacters: number;

  constructor(
    source: GridSource,
    ranges: readonly CellRange[],
    columns: readonly number[],
    signal: AbortSignal,
    maxCharacters: number,
  ) {
    this.#source = source;
    this.#ranges = ranges;
    this.#columns = columns;
    this.#signal = signal;
    this.#maxCharacters = maxCharacters;
  }

  isFull(): boolean {
    return this.#characters >= this.#maxCharacters;
  }

  async take({ first, last }: Interval, maxRows: number): Promise<void> {
    const end = Math.min(last + 1, first + maxRows - this.rows.length);
    let next = first;
    while (next < end && !this.isFull()) {
      const { rows, cut } = await this.#source.read(next, end, this.#signal);
      if (rows.length === 0) return;
      const cutCells = new Set(cut.map(({ row, column }) => `${row}:${column}`));
      for (const [step, cells] of rows.entries()) {
        if (this.isFull()) return;
        await this.#add(next + step, cells, cutCells);
      }
      next += rows.length;
    }
  }

  async #add(row: number, cells: GridCells, cut: ReadonlySet<string>): Promise<void> {
    const values: (string | null)[] = [];
    for (const column of this.#columns) {
      const selected = isSelected(this.#ranges, row, column);
      const value = selected && cut.has(`${row}:${column}`) ? await this.#whole(row, column) : cells[column];
      values.push((selected ? value : null) ?? null);
      this.#characters += value?.length ?? 0;
    }
    this.rows.push(values);
  }

  #whole(row: number, column: number): Promise<string | null> {
    return this.#source.whole(row, column, this.#signal);
  }
}
