import { formatCopied, type CopiedCell, type CopyFormat, type CopyTarget } from './copyFormats.ts';
import {
  clampRanges,
  countCells,
  isSelected,
  lengthOf,
  rangesOf,
  selectedLines,
  type CellRange,
  type GridSelection,
  type Interval,
} from './selection.ts';
import type { GridCells, GridSource } from './source.ts';

/** A clipboard is no export: beyond this the first rows are copied, and it is said. */
export const maxCopiedCells = 1_000_000;
export const maxCopiedCharacters = 64 * 1024 * 1024;

export interface Copied {
  readonly text: string;
  readonly rows: number;
  readonly columns: number;
  /** Cells that were selected; more than copied where `limited`. */
  readonly selected: number;
  readonly limited: boolean;
}

export interface CopyOptions {
  readonly format: CopyFormat;
  /** For INSERT. */
  readonly target?: CopyTarget | undefined;
  readonly signal: AbortSignal;
  /** Hears how many rows are here, of those that are to be copied. */
  readonly progress?: (rows: number, of: number) => void;
  readonly maxCells?: number;
  readonly maxCharacters?: number;
}

const membersOf = (intervals: readonly Interval[]): number[] =>
  intervals.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, step) => first + step));

/** The selected cells as a text. Fetches what is not here, and the whole of values that were cut. */
export async function copySelection(
  source: GridSource,
  selection: GridSelection,
  options: CopyOptions,
): Promise<Copied> {
  const { format, target, signal, progress } = options;
  const { maxCells = maxCopiedCells, maxCharacters = maxCopiedCharacters } = options;
  const size = { rows: source.rowCount, columns: source.columns.length };
  const ranges = clampRanges(rangesOf(selection), size);
  const lines = selectedLines(ranges, size);
  const columns = membersOf(lines.columns);
  const maxRows = Math.max(1, Math.floor(maxCells / Math.max(1, columns.length)));
  const wanted = lengthOf(lines.rows);
  const heard = (rows: number): void => progress?.(rows, Math.min(wanted, maxRows));
  const reader = new SelectionReader(source, ranges, columns, { signal, maxCharacters, heard });
  for (const interval of lines.rows) {
    if (reader.isFull() || reader.rows.length >= maxRows) break;
    await reader.take(interval, maxRows);
  }
  const definitions = columns.flatMap((column) => source.columns[column] ?? []);
  return {
    text: formatCopied(format, { columns: definitions, rows: reader.rows, target }),
    rows: reader.rows.length,
    columns: columns.length,
    selected: countCells(ranges, size),
    limited: reader.rows.length < wanted,
  };
}

interface Reading {
  readonly signal: AbortSignal;
  readonly maxCharacters: number;
  readonly heard: (rows: number) => void;
}

class SelectionReader {
  readonly rows: CopiedCell[][] = [];
  #characters = 0;
  #source: GridSource;
  #ranges: readonly CellRange[];
  #columns: readonly number[];
  #reading: Reading;

  constructor(
    source: GridSource,
    ranges: readonly CellRange[],
    columns: readonly number[],
    reading: Reading,
  ) {
    this.#source = source;
    this.#ranges = ranges;
    this.#columns = columns;
    this.#reading = reading;
  }

  isFull(): boolean {
    return this.#characters >= this.#reading.maxCharacters;
  }

  async take({ first, last }: Interval, maxRows: number): Promise<void> {
    const end = Math.min(last + 1, first + maxRows - this.rows.length);
    let next = first;
    while (next < end && !this.isFull()) {
      const { rows, cut } = await this.#source.read(next, end, this.#reading.signal);
      if (rows.length === 0) return;
      const cutCells = new Set(cut.map(({ row, column }) => `${row}:${column}`));
      for (const [step, cells] of rows.entries()) {
        if (this.isFull()) return;
        await this.#add(next + step, cells, cutCells);
      }
      next += rows.length;
      this.#reading.heard(this.rows.length);
      this.#reading.signal.throwIfAborted();
    }
  }

  async #add(row: number, cells: GridCells, cut: ReadonlySet<string>): Promise<void> {
    const values: CopiedCell[] = [];
    for (const column of this.#columns) {
      if (!isSelected(this.#ranges, row, column)) values.push(undefined);
      else if (cut.has(`${row}:${column}`)) values.push(await this.#whole(row, column));
      else values.push(cells[column] ?? null);
      this.#characters += values.at(-1)?.length ?? 0;
    }
    this.rows.push(values);
  }

  #whole(row: number, column: number): Promise<string | null> {
    return this.#source.whole(row, column, this.#reading.signal);
  }
}
