import { clampWidth, fitWidth, maxFirstWidth, type ColumnRange } from './columnModel.ts';
import type { SelectionSummary } from './gridSummary.ts';
import { KeptWidths } from './keptWidths.ts';
import type { GridSelection } from './selection.ts';
import type { GridCells, GridColumn } from './source.ts';

const enoughRows = 60;

/** Where a grid stands and what is selected in it: kept with the result, so that a tab comes back as it was left. */
export class GridView {
  /** The virtual offset, in pixels, see scrollModel. */
  offset = $state(0);
  left = $state(0);
  widths = $state.raw<readonly number[]>([]);
  selection = $state.raw<GridSelection>();
  /** What the status bar says of the selection. */
  summary = $state.raw<SelectionSummary>();
  /** From how many rows the widths were made; enough of them, or the user's own hand, settle it. */
  #fittedRows = 0;
  /** Columns whose width is the user's own: nothing but the user changes it. */
  #byHand = new Set<number>();

  #columns: readonly GridColumn[];
  #kept: KeptWidths;

  /** `kept` is shared by the views of one tab: widths that the user gave outlive a result. */
  constructor(columns: readonly GridColumn[], kept = new KeptWidths()) {
    this.#columns = columns;
    this.#kept = kept;
    const known = kept.of(columns);
    this.#byHand = new Set(known.keys());
    this.widths = columns.map(
      (column, index) => known.get(index) ?? fitWidth(column, index, [], maxFirstWidth),
    );
  }

  /** Makes room for the first rows. The very first answer may hold only one of them, so columns grow with the next. */
  fitFirst(columns: readonly GridColumn[], rows: readonly GridCells[]): void {
    if (this.#fittedRows >= enoughRows || rows.length === 0) return;
    this.#fittedRows += rows.length;
    this.widths = columns.map((column, index) => {
      const width = this.widths[index] ?? 0;
      if (this.#byHand.has(index)) return width;
      return Math.max(width, fitWidth(column, index, rows, maxFirstWidth));
    });
  }

  /** Numbers are never cut: a column of them grows with the values that come into view. */
  widenNumbers(columns: readonly GridColumn[], shown: ColumnRange, rows: readonly GridCells[]): void {
    const widths = [...this.widths];
    for (let index = shown.first; index < shown.end; index += 1) {
      const column = columns[index];
      if (!column?.numeric || this.#byHand.has(index)) continue;
      widths[index] = Math.max(widths[index] ?? 0, fitWidth(column, index, rows));
    }
    if (widths.some((width, index) => width !== this.widths[index])) this.widths = widths;
  }

  /** A width by the user's hand: it stays. */
  setWidth(column: number, width: number): void {
    this.#byHand.add(column);
    this.#put(column, width);
    this.#kept.keep(this.#columns, column, this.widths[column]);
  }

  /** A width that was made for the values in view: later ones may still need more. */
  setFitted(column: number, width: number): void {
    this.#byHand.delete(column);
    this.#put(column, width);
    this.#kept.keep(this.#columns, column, undefined);
  }

  #put(column: number, width: number): void {
    this.#fittedRows = enoughRows;
    this.widths = this.widths.map((each, index) => (index === column ? clampWidth(width) : each));
  }
}
