/** One row in text form; null is SQL's NULL. */
export type GridCells = readonly (string | null)[];

export interface GridColumn {
  readonly name: string;
  readonly typeName: string;
  /** Numbers stand at the right edge, and are summed. */
  readonly numeric: boolean;
  /** Shown on one line, printed over several in the viewer. */
  readonly json: boolean;
  /** The server's `t` and `f` are shown as words; copied they stay what the server sent. */
  readonly bool?: boolean;
  /** Shown by its beginning and its size. */
  readonly bytea?: boolean;
  /** The column of a table that it comes from, where it does. */
  readonly origin?: ColumnOrigin;
}

export interface ColumnOrigin {
  readonly tableOid: number;
  readonly columnNumber: number;
}

/** Rows that stand together, and which of their cells hold only the beginning of a value (`row` counted in the whole). */
export interface GridSlice {
  readonly rows: readonly GridCells[];
  readonly cut: readonly { readonly row: number; readonly column: number }[];
}

/** How a column takes part in the order of the rows: `rank` counts from 1, where there are several. */
export interface SortMark {
  readonly descending: boolean;
  readonly rank?: number;
}

/** What the header shows of the order, and asks for. */
export interface GridSorting {
  of(position: number): SortMark | undefined;
  /** The next of ascending, descending and none; `added` to the columns there are, else in their place. */
  toggle(position: number, added: boolean): void;
}

/** What a grid reads its rows from. What has no signal may be reactive: the grid looks again when it changes. */
export interface GridSource {
  readonly columns: readonly GridColumn[];
  /** As many as there are so far. */
  readonly rowCount: number;
  /** A row that is here already; undefined where it still has to come. */
  row(index: number): GridCells | undefined;
  /** Whether a cell that is here holds only the beginning of its value. */
  isCut(row: number, column: number): boolean;
  /** Says which rows are looked at, `end` exclusive; what is no longer looked at need not come. */
  want(first: number, end: number): void;
  /** Rows from `first` up to at most `end` exclusive, fetched where they are not here; may give fewer, but not none. */
  read(first: number, end: number, signal: AbortSignal): Promise<GridSlice>;
  /** The whole of one value. */
  whole(row: number, column: number, signal: AbortSignal): Promise<string | null>;
}
