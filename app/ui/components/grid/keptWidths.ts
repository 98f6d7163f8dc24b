import type { GridColumn } from './source.ts';

/** More results of different shapes than that are rarely looked at in one tab; the oldest is forgotten. */
const maxShapes = 100;

const shapeOf = (columns: readonly GridColumn[]): string =>
  JSON.stringify(columns.map(({ name, typeName }) => [name, typeName]));

/** The widths that the user gave to columns, kept for later results with the same names and types. */
export class KeptWidths {
  #shapes = new Map<string, Map<number, number>>();

  /** By the index of the column; pixels. */
  of(columns: readonly GridColumn[]): ReadonlyMap<number, number> {
    return this.#shapes.get(shapeOf(columns)) ?? new Map();
  }

  /** An undefined width forgets the column. */
  keep(columns: readonly GridColumn[], column: number, width: number | undefined): void {
    const shape = shapeOf(columns);
    const widths = this.#shapes.get(shape) ?? new Map<number, number>();
    if (width === undefined) widths.delete(column);
    else widths.set(column, width);
    this.#shapes.delete(shape);
    if (widths.size > 0) this.#shapes.set(shape, widths);
    const [oldest] = this.#shapes.keys();
    if (this.#shapes.size > maxShapes && oldest !== undefined) this.#shapes.delete(oldest);
  }
}
