import { fitWidth, maxFirstWidth, maxFitWidth } from './columnModel.ts';
import { gridAction, type GridAction, type KeyPress } from './gridKeys.ts';
import type { GridScroll } from './gridScroll.svelte.ts';
import type { GridView } from './gridView.svelte.ts';
import {
  addRange,
  clampRanges,
  extendTo,
  rangesOf,
  selectAll,
  selectCell,
  selectColumn,
  selectRow,
  type Cell,
  type GridSelection,
  type Interval,
} from './selection.ts';
import type { GridCells, GridSource } from './source.ts';

export interface GridEvents {
  /** The user wants to see a value whole. */
  open(cell: Cell): void;
  copy(selection: GridSelection): void;
  /** The menu of the active column was asked for by key. */
  columnMenu(position: number): void;
}

type Held = Pick<MouseEvent, 'shiftKey' | 'ctrlKey' | 'metaKey'>;

const origin: Cell = { row: 0, column: 0 };

/** What mouse, keyboard and menus do to the view of one grid. */
export class GridControl {
  #read: () => { source: GridSource; view: GridView };
  #scroll: GridScroll;
  #events: GridEvents;

  constructor(read: () => { source: GridSource; view: GridView }, scroll: GridScroll, events: GridEvents) {
    this.#read = read;
    this.#scroll = scroll;
    this.#events = events;
  }

  get #view(): GridView {
    return this.#read().view;
  }
  get #source(): GridSource {
    return this.#read().source;
  }
  get #active(): Cell {
    return this.#view.selection?.active ?? origin;
  }
  /** What is selected; the first cell where nothing is. */
  get selection(): GridSelection {
    return this.#view.selection ?? selectCell(this.#active);
  }

  /** True where the key was for the grid. */
  key(event: KeyPress): boolean {
    if (this.#source.rowCount === 0) return false;
    const size = { rows: this.#source.rowCount, columns: this.#source.columns.length };
    const action = gridAction(event, this.#active, size, this.#scroll.pageRows);
    return action !== undefined && this.#do(action);
  }

  /** The grid got the focus by keyboard: a cell has to be the active one. */
  focused(): void {
    if (this.#view.selection || this.#source.rowCount === 0) return;
    const row = Math.ceil(this.#view.offset / this.#scroll.geometry.rowHeight);
    this.#view.selection = selectCell({ row: Math.min(row, this.#source.rowCount - 1), column: 0 });
  }

  pressCell(cell: Cell, held: Held): void {
    const { selection } = this.#view;
    if (held.shiftKey && selection) this.#select(extendTo(selection, cell));
    else this.#select(held.ctrlKey || held.metaKey ? addRange(selection, cell) : selectCell(cell));
  }

  pressRow(row: number, held: Held): void {
    this.#pressLine({ row, column: this.#active.column }, 'rows', held);
  }

  pressColumn(column: number, held: Held): void {
    this.#pressLine({ row: this.#active.row, column }, 'columns', held);
  }

  pressCorner(): void {
    this.#select(selectAll(this.#active));
  }

  /** The pointer moves on with the button held. */
  dragTo(cell: Cell): void {
    const { selection } = this.#view;
    if (selection) this.#select(extendTo(selection, cell));
  }

  /** Makes a cell the only selected one and brings it into view. */
  goTo(cell: Cell): void {
    this.#move(cell, false);
  }

  selectRow(): void {
    this.#select(selectRow(this.#active));
  }

  selectColumn(column = this.#active.column): void {
    this.#select(selectColumn({ row: this.#active.row, column }));
  }

  selectAll(): void {
    this.#select(selectAll(this.#active));
  }

  /** The columns that are meant by one of them: those selected with it as neighbours, else it alone. */
  columnsWith(position: number): Interval {
    const { selection } = this.#view;
    if (selection?.axis !== 'columns') return { first: position, last: position };
    const range = clampRanges(rangesOf(selection), {
      rows: this.#source.rowCount,
      columns: this.#source.columns.length,
    }).find(({ left, right }) => position >= left && position <= right);
    return range ? { first: range.left, last: range.right } : { first: position, last: position };
  }

  resize(position: number, width: number): void {
    this.#view.setWidth(position, width);
  }

  /** Makes columns as wide as what is in view and around it needs. */
  fit({ first, last }: Interval, limit = maxFitWidth): void {
    const rows = this.#rowsAround();
    const widths = new Map<number, number>();
    for (let position = first; position <= last; position += 1) {
      const column = this.#source.columns[position];
      if (column) widths.set(position, fitWidth(column, position, rows, limit));
    }
    this.#view.setFitted(widths);
  }

  fitAll(): void {
    this.fit({ first: 0, last: this.#source.columns.length - 1 });
  }

  /** As the statement gave them, with the widths of their content. */
  resetColumns(): void {
    this.#view.reset();
    this.fit({ first: 0, last: this.#source.columns.length - 1 }, maxFirstWidth);
    this.#scroll.reveal(this.#active);
  }

  /** To the left or the right by so many places, with what is selected beside it. */
  moveColumn(position: number, by: number): void {
    const moved = this.columnsWith(position);
    this.#view.move(moved, moved.first + by);
    this.#scroll.reveal(this.#active);
  }

  hide({ first, last }: Interval): void {
    this.#view.hide(Array.from({ length: last - first + 1 }, (_, step) => first + step));
  }

  #do(action: GridAction): boolean {
    const { column } = this.#active;
    switch (action.kind) {
      case 'move':
        this.#move(action.to, action.extend);
        return true;
      case 'selectAll':
        this.selectAll();
        return true;
      case 'selectRow':
        this.selectRow();
        return true;
      case 'selectColumn':
        this.selectColumn();
        return true;
      case 'clear':
        // A selection of several cells becomes one; with one the key is left to whoever is around the grid.
        return this.#collapse();
      case 'open':
        this.#events.open(this.#active);
        return true;
      case 'copy':
        this.#events.copy(this.selection);
        return true;
      case 'resize':
        this.resize(column, (this.#view.widths[column] ?? 0) + action.by);
        return true;
      case 'fit':
        this.fit(this.columnsWith(column));
        return true;
      case 'hide':
        this.hide(this.columnsWith(column));
        return true;
      case 'moveColumn':
        this.moveColumn(column, action.by);
        return true;
      case 'columnMenu':
        this.#events.columnMenu(column);
        return true;
    }
  }

  #move(to: Cell, extend: boolean): void {
    const { selection } = this.#view;
    this.#select(extend && selection ? extendTo(selection, to) : selectCell(to));
    this.#scroll.reveal(to);
  }

  #pressLine(cell: Cell, axis: 'rows' | 'columns', held: Held): void {
    const { selection } = this.#view;
    if (held.shiftKey && selection?.axis === axis) this.#select(extendTo(selection, cell));
    else if (held.ctrlKey || held.metaKey) this.#select(addRange(selection, cell, axis));
    else this.#select(axis === 'rows' ? selectRow(cell) : selectColumn(cell));
  }

  #collapse(): boolean {
    const { selection } = this.#view;
    if (!selection) return false;
    const single = selectCell(selection.active);
    const was = JSON.stringify(selection);
    this.#select(single);
    return was !== JSON.stringify(single);
  }

  #select(selection: GridSelection): void {
    this.#view.selection = selection;
  }

  /** Those in view and some before and behind them, as far as they are here. */
  #rowsAround(): GridCells[] {
    const { first, end } = this.#scroll.rows;
    const rows: GridCells[] = [];
    for (let index = Math.max(0, first - 500); index < end + 500; index += 1) {
      const row = this.#source.row(index);
      if (row) rows.push(row);
    }
    return rows;
  }
}
