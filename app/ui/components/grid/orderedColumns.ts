import type { GridCells, GridColumn, GridSlice, GridSource } from './source.ts';

/** Rows with their columns as the user has arranged them: `order` says which column stands at each position. */
export class OrderedColumns implements GridSource {
  readonly columns: readonly GridColumn[];
  #rows: GridSource;
  #order: readonly number[];
  #positions: ReadonlyMap<number, number>;

  constructor(rows: GridSource, order: readonly number[]) {
    this.#rows = rows;
    this.#order = order;
    this.#positions = new Map(order.map((column, position) => [column, position]));
    this.columns = order.flatMap((column) => rows.columns[column] ?? []);
  }

  get rowCount(): number {
    return this.#rows.rowCount;
  }

  row(index: number): GridCells | undefined {
    const cells = this.#rows.row(index);
    return cells && this.#arranged(cells);
  }

  isCut(row: number, position: number): boolean {
    return this.#rows.isCut(row, this.#column(position));
  }

  want(first: number, end: number): void {
    this.#rows.want(first, end);
  }

  async read(first: number, end: number, signal: AbortSignal): Promise<GridSlice> {
    const { rows, cut } = await this.#rows.read(first, end, signal);
    return {
      rows: rows.map((cells) => this.#arranged(cells)),
      cut: cut.flatMap(({ row, column }) => {
        const position = this.#positions.get(column);
        return position === undefined ? [] : [{ row, column: position }];
      }),
    };
  }

  whole(row: number, position: number, signal: AbortSignal): Promise<string | null> {
    return this.#rows.whole(row, this.#column(position), signal);
  }

  #arranged(cells: GridCells): GridCells {
    return this.#order.map((column) => cells[column] ?? null);
  }

  #column(position: number): number {
    return this.#order[position] ?? -1;
  }
}
