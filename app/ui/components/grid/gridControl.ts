import { fitWidth } from './columnModel.ts';
import { gridAction, type GridAction } from './gridKeys.ts';
import type { GridScroll } from './gridScroll.svelte.ts';
import type { GridView } from './gridView.svelte.ts';
import {
  addRange,
  extendTo,
  selectAll,
  selectCell,
  selectColumn,
  selectRow,
  type Cell,
  type GridSelection,
} from './selection.ts';
import type { GridCells, GridSource } from './source.ts';

export interface GridEvents {
  /** The user wants to see a value whole. */
  open(cell: Cell): void;
  copy(selection: GridSelection, header: boolean): void;
}

/** What a menu can offer, for the present selection. */
export interface GridMenuCommands {
  copy(header: boolean): void;
  open(): void;
  selectRow(): void;
  selectColumn(): void;
  selectAll(): void;
  fit(): void;
}

type Held = Pick<MouseEvent, 'shiftKey' | 'ctrlKey' | 'metaKey'>;

const origin: Cell = { row: 0, column: 0 };

/** What mouse and keyboard do to the view of one grid. */
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

  /** True where the key was for the grid. */
  key(event: KeyboardEvent): boolean {
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

  resize(column: number, width: number): void {
    this.#view.setWidth(column, width);
  }

  /** Makes a column as wide as what is in view and around it needs. */
  fit(column: number): void {
    const definition = this.#source.columns[column];
    if (definition) this.#view.setFitted(column, fitWidth(definition, column, this.#rowsAround()));
  }

  menuCommands(): GridMenuCommands {
    return {
      copy: (header) => void this.#do({ kind: 'copy', header }),
      open: () => void this.#do({ kind: 'open' }),
      selectRow: () => void this.#do({ kind: 'selectRow' }),
      selectColumn: () => void this.#do({ kind: 'selectColumn' }),
      selectAll: () => void this.#do({ kind: 'selectAll' }),
      fit: () => void this.#do({ kind: 'fit' }),
    };
  }

  #do(action: GridAction): boolean {
    switch (action.kind) {
      case 'move':
        this.#move(action.to, action.extend);
        return true;
      case 'selectAll':
        this.#select(selectAll(this.#active));
        return true;
      case 'selectRow':
        this.#select(selectRow(this.#active));
        return true;
      case 'selectColumn':
        this.#select(selectColumn(this.#active));
        return true;
      case 'clear':
        // A selection of several cells becomes one; with one the key is left to whoever is around the grid.
        return this.#collapse();
      case 'open':
        this.#events.open(this.#active);
        return true;
      case 'copy':
        this.#events.copy(this.#view.selection ?? selectCell(this.#active), action.header);
        return true;
      case 'resize':
        this.resize(this.#active.column, (this.#view.widths[this.#active.column] ?? 0) + action.by);
        return true;
      case 'fit':
        this.fit(this.#active.column);
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
