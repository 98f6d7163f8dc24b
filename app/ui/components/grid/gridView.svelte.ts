import { clampWidth, fitWidth, maxFirstWidth, maxFitWidth, type ColumnRange } from './columnModel.ts';
import type { SelectionSummary } from './gridSummary.ts';
import { isNatural, KeptColumns, naturalOrder } from './keptColumns.ts';
import { extendTo, selectCell, selectColumn, type GridSelection, type Interval } from './selection.ts';
import type { GridCells, GridColumn } from './source.ts';

const enoughRows = 60;
/** By so many pixels a column of words grows at once: one long text among short ones stays cut. */
const littleMore = 60;

/**
 * Where a grid stands, how its columns are arranged and what is selected: kept with the result, so that a tab comes back
 * as it was left. A *column* is counted as the statement gave it, a *position* as it is shown.
 */
export class GridView {
  /** The virtual offset, in pixels, see scrollModel. */
  offset = $state(0);
  left = $state(0);
  /** In positions. */
  selection = $state.raw<GridSelection>();
  /** What the status bar says of the selection. */
  summary = $state.raw<SelectionSummary>();
  /** By column. */
  #widths = $state.raw<readonly number[]>([]);
  #order = $state.raw<readonly number[]>([]);
  #frozen = $state(0);
  /** From how many rows the widths were made; enough of them, or the user's own hand, settle it. */
  #fittedRows = 0;
  /** Columns whose width is the user's own: nothing but the user changes it. */
  #byHand = new Set<number>();

  #columns: readonly GridColumn[];
  #kept: KeptColumns;

  /** By position. */
  readonly widths = $derived(this.#order.map((column) => this.#widths[column] ?? 0));

  /** `kept` is shared by the views of one tab: what the user made of the columns outlives a result. */
  constructor(columns: readonly GridColumn[], kept = new KeptColumns()) {
    this.#columns = columns;
    this.#kept = kept;
    const known = kept.of(columns);
    this.#byHand = new Set(known?.widths.keys());
    this.#order = known?.order ?? naturalOrder(columns);
    this.#frozen = known?.frozen ?? 0;
    this.#widths = columns.map(
      (column, index) => known?.widths.get(index) ?? fitWidth(column, index, [], maxFirstWidth),
    );
  }

  /** The columns that are shown, by position. */
  get order(): readonly number[] {
    return this.#order;
  }
  /** So many of the first positions stay in view while the rest moves. */
  get frozen(): number {
    return this.#frozen;
  }
  /** The columns are as the statement gave them. */
  get isNatural(): boolean {
    return isNatural(this.#order, this.#columns);
  }
  get hidden(): number {
    return this.#columns.length - this.#order.length;
  }

  /** Undefined where it is hidden. */
  positionOf(column: number): number | undefined {
    const position = this.#order.indexOf(column);
    return position < 0 ? undefined : position;
  }

  /** Makes room for the first rows. The very first answer may hold only one of them, so columns grow with the next. */
  fitFirst(rows: readonly GridCells[]): void {
    if (this.#fittedRows >= enoughRows || rows.length === 0) return;
    this.#fittedRows += rows.length;
    this.#widths = this.#columns.map((column, index) => {
      const width = this.#widths[index] ?? 0;
      if (this.#byHand.has(index)) return width;
      return Math.max(width, fitWidth(column, index, rows, maxFirstWidth));
    });
  }

  /**
   * Columns grow with the values that come into view: those of numbers, which are never cut, by as much as it takes;
   * others where a little lacks, for `row 2918…` tells one row from no other. Rows hold what is shown.
   */
  widen(shown: ColumnRange, rows: readonly GridCells[]): void {
    const wider = new Map<number, number>();
    for (let position = shown.first; position < shown.end; position += 1) {
      const index = this.#order[position] ?? -1;
      const column = this.#columns[index];
      if (!column || this.#byHand.has(index)) continue;
      const present = this.#widths[index] ?? 0;
      if (!column.numeric && present >= maxFirstWidth) continue;
      const width = fitWidth(column, position, rows, column.numeric ? maxFitWidth : maxFirstWidth);
      if (width > present && (column.numeric || width <= present + littleMore)) wider.set(index, width);
    }
    if (wider.size > 0) this.#widths = this.#widths.map((width, index) => wider.get(index) ?? width);
  }

  /** A width by the user's hand: it stays. */
  setWidth(position: number, width: number): void {
    const column = this.#order[position];
    if (column === undefined) return;
    this.#byHand.add(column);
    this.#put(new Map([[column, width]]));
  }

  /** Widths that were made for the values in view, by position: later ones may still need more. */
  setFitted(widths: ReadonlyMap<number, number>): void {
    const byColumn = new Map<number, number>();
    for (const [position, width] of widths) {
      const column = this.#order[position];
      if (column === undefined) continue;
      this.#byHand.delete(column);
      byColumn.set(column, width);
    }
    this.#put(byColumn);
  }

  /** Moves neighbours so that the first of them stands at `to`, counted without them. */
  move({ first, last }: Interval, to: number): void {
    const order = [...this.#order];
    const moved = order.splice(first, last - first + 1);
    const at = Math.min(Math.max(to, 0), order.length);
    order.splice(at, 0, ...moved);
    if (at === first) return;
    const { selection } = this;
    this.#arrange(order);
    if (selection?.axis !== 'columns') return;
    const row = selection.active.row;
    this.selection = extendTo(selectColumn({ row, column: at }), { row, column: at + moved.length - 1 });
  }

  /** The last column that is shown cannot be hidden. */
  hide(positions: readonly number[]): void {
    const order = this.#order.filter((_, position) => !positions.includes(position));
    if (order.length > 0) this.#arrange(order);
  }

  /** Behind the nearest column before it that is shown. */
  show(column: number): void {
    if (this.#order.includes(column)) return;
    const before = this.#order.filter((each) => each < column);
    const at = before.length === 0 ? 0 : this.#order.indexOf(Math.max(...before)) + 1;
    this.#arrange([...this.#order.slice(0, at), column, ...this.#order.slice(at)]);
  }

  showAll(): void {
    for (const column of naturalOrder(this.#columns)) this.show(column);
  }

  freeze(count: number): void {
    this.#frozen = Math.max(0, Math.min(count, this.#order.length - 1));
    this.#keep();
  }

  /** As the statement gave them; their widths are for the caller to fit. */
  reset(): void {
    this.#byHand.clear();
    this.#frozen = 0;
    this.#arrange(naturalOrder(this.#columns));
  }

  /** What was selected stays so where it is one cell, or everything; ranges of other columns would deceive. */
  #arrange(order: readonly number[]): void {
    const { selection } = this;
    if (selection && selection.axis !== 'all') {
      const { row, column } = selection.active;
      const found = order.indexOf(this.#order[column] ?? -1);
      this.selection = selectCell({ row, column: found < 0 ? Math.min(column, order.length - 1) : found });
    }
    this.#order = order;
    this.#frozen = Math.min(this.#frozen, order.length - 1);
    this.#keep();
  }

  #put(widths: ReadonlyMap<number, number>): void {
    this.#fittedRows = enoughRows;
    this.#widths = this.#widths.map((each, column) => {
      const width = widths.get(column);
      return width === undefined ? each : clampWidth(width);
    });
    this.#keep();
  }

  #keep(): void {
    const widths = new Map([...this.#byHand].map((column) => [column, this.#widths[column] ?? 0] as const));
    this.#kept.keep(this.#columns, { widths, order: this.#order, frozen: this.#frozen });
  }
}
