import type { GridColumn } from './source.ts';

/** More results of different shapes than that are rarely looked at in one tab; the oldest is forgotten. */
const maxShapes = 100;

/** What the user has made of the columns of a result; columns are counted as the statement gave them. */
export interface ColumnState {
  /** Pixels; only those that the user has set. */
  readonly widths: ReadonlyMap<number, number>;
  /** The columns that are shown, in their order. */
  readonly order: readonly number[];
  /** So many of the first ones stay in view. */
  readonly frozen: number;
}

const shapeOf = (columns: readonly GridColumn[]): string =>
  JSON.stringify(columns.map(({ name, typeName }) => [name, typeName]));

export const naturalOrder = (columns: readonly GridColumn[]): number[] => columns.map((_, index) => index);

export const isNatural = (order: readonly number[], columns: readonly GridColumn[]): boolean =>
  order.length === columns.length && order.every((column, place) => column === place);

/** Kept for later results with columns of the same names and types: the same statement run again looks the same. */
export class KeptColumns {
  #shapes = new Map<string, ColumnState>();

  of(columns: readonly GridColumn[]): ColumnState | undefined {
    return this.#shapes.get(shapeOf(columns));
  }

  keep(columns: readonly GridColumn[], state: ColumnState): void {
    const shape = shapeOf(columns);
    this.#shapes.delete(shape);
    const isPlain = state.widths.size === 0 && state.frozen === 0 && isNatural(state.order, columns);
    if (!isPlain) this.#shapes.set(shape, state);
    const [oldest] = this.#shapes.keys();
    if (this.#shapes.size > maxShapes && oldest !== undefined) this.#shapes.delete(oldest);
  }
}
