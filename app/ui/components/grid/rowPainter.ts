import { CellPainter } from './cellPainter.ts';
import { isSelected, type CellRange } from './selection.ts';
import type { GridCells, GridColumn } from './source.ts';

/** What one row of a grid shows. */
export interface RowFacts {
  readonly row: number;
  /** Undefined while they are on their way. */
  readonly cells: GridCells | undefined;
  readonly columns: readonly GridColumn[];
  /** The positions that are on the page, in their order. */
  readonly shown: readonly number[];
  readonly widths: readonly number[];
  /** So many of the first positions stay in view. */
  readonly frozen: number;
  readonly isCut: (row: number, position: number) => boolean;
  /** The selected ranges that touch this row. */
  readonly ranges: readonly CellRange[];
  /** The position of the active cell, where it is in this row. */
  readonly active: number | undefined;
  readonly activeId: string;
  /** One cell is selected: its whole row is tinted, so that the eye finds the way to the left. */
  readonly single: boolean;
}

const numbers = new Intl.NumberFormat();

/**
 * Writes one row into its element. While ten million rows rush by, every cell in view changes at each frame: cells are
 * kept and only what differs is written, which a template with its conditions and anchors for each cell cannot do.
 */
export class RowPainter {
  #row: HTMLElement;
  #number: HTMLElement;
  /** By position. */
  #cells = new Map<number, CellPainter>();
  #shown: readonly number[] | undefined;
  #at: number | undefined;

  /** `row` holds the cell of the row number. */
  constructor(row: HTMLElement, number: HTMLElement) {
    this.#row = row;
    this.#number = number;
  }

  paint(facts: RowFacts): void {
    const { row, cells, columns, shown, widths, ranges, active, single } = facts;
    this.#paintRow(facts);
    if (shown !== this.#shown) this.#place(shown);
    for (const position of shown) {
      const cell = this.#cells.get(position);
      const column = columns[position];
      if (!cell || !column) continue;
      const isActive = active === position;
      const isMarked = ranges.length > 0 && isSelected(ranges, row, position);
      const isTinted = isMarked && !single;
      const isFrozen = position < facts.frozen;
      cell.mark({ column, position, isActive, isMarked, isTinted, isFrozen, id: facts.activeId });
      const value = cells && (cells[position] ?? null);
      // Only long values are ever cut, so that the others need not be asked about.
      const cut = typeof value === 'string' && value.length > shortestCut && facts.isCut(row, position);
      cell.show(value, column, widths[position] ?? 0, cut);
    }
  }

  #paintRow({ row, cells, ranges, active, single }: RowFacts): void {
    if (row !== this.#at) {
      this.#at = row;
      this.#row.ariaRowIndex = String(row + 2);
      this.#number.textContent = numbers.format(row + 1);
    }
    this.#row.ariaBusy = cells ? null : 'true';
    this.#row.classList.toggle('loading', !cells);
    this.#row.classList.toggle('tinted', active !== undefined && single);
    this.#number.classList.toggle('marked', ranges.length > 0);
  }

  /** Cells stay with their column for as long as it is on the page; those of columns that went serve those that came. */
  #place(shown: readonly number[]): void {
    this.#shown = shown;
    const wanted = new Set(shown);
    const free = [...this.#cells].filter(([position]) => !wanted.has(position));
    for (const [position] of free) this.#cells.delete(position);
    let last: Element = this.#number;
    for (const position of shown) {
      const cell = this.#cells.get(position) ?? free.pop()?.[1] ?? new CellPainter();
      this.#cells.set(position, cell);
      if (last.nextElementSibling !== cell.element) last.after(cell.element);
      last = cell.element;
    }
    for (const [, cell] of free) cell.element.remove();
  }
}

/** A slice gives each cell of a row its share of 2 MB: with 1,600 columns that is more than 300 characters. */
const shortestCut = 300;
