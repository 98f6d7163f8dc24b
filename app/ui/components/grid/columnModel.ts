import { cellLook } from './cellLook.ts';
import type { GridCells, GridColumn } from './source.ts';

/** Pixels; a cell's text has `cellPadding` on both sides. */
export const minColumnWidth = 40;
export const maxFirstWidth = 320;
export const maxFitWidth = 1_600;
const cellPadding = 10;
const emptyMarkLength = 5;
const slackCells = 2;
/** The beginning of the bytes, and how many they are. */
const maxByteaLength = 48;
/** A header's name is set in Inter, whose letters are about as wide as those of the cells at their usual size. */
const nameCharWidth = 7.5;
const typeCharWidth = 6.1;

/** From here on only the columns in view are on the page. */
export const virtualColumnsFrom = 16;

const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\u{1F300}-\u{1FAFF}]/gu;

/** Letters that are one cell wide: of these it is known without a layout whether they fit. */
export const isAscii = (text: string): boolean => /^[\x20-\x7E]*$/.test(text);

/** How many cells of a fixed-pitch font a text takes; East Asian characters take two. */
function textCells(text: string): number {
  const head = text.length > 400 ? text.slice(0, 400) : text;
  if (isAscii(head)) return head.length;
  return head.length + (head.match(wide)?.length ?? 0);
}

function valueCells(value: string | null, { bytea }: GridColumn): number {
  if (value === null) return textCells(cellLook.nullText);
  if (value === '') return emptyMarkLength;
  return bytea ? Math.min(value.length, maxByteaLength) : textCells(value);
}

/** The width at which the header and all given rows are wholly in view, within the limit. */
export function fitWidth(
  column: GridColumn,
  index: number,
  rows: Iterable<GridCells>,
  limit = maxFitWidth,
): number {
  const header = textCells(column.name) * nameCharWidth + textCells(column.typeName) * typeCharWidth + 6;
  let cells = column.bool ? 'false'.length : 0;
  for (const row of rows) cells = Math.max(cells, valueCells(row[index] ?? null, column));
  // Later values are often a little longer than the first ones, and a number that is cut misleads.
  const content = Math.max(header, (cells + slackCells) * cellLook.charWidth);
  return clampWidth(Math.ceil(content + 2 * cellPadding + 2), limit);
}

/** Whether a value is wholly in view at a width: a number that is cut would be read as another one. */
export const fits = (text: string, width: number): boolean =>
  textCells(text) * cellLook.charWidth <= width - 2 * cellPadding - 1;

export const clampWidth = (width: number, limit = maxFitWidth): number =>
  Math.round(Math.min(Math.max(width, minColumnWidth), limit));

/** The left edge of each column and, last, the width of all. */
export function columnEdges(widths: readonly number[]): number[] {
  const edges = [0];
  for (const width of widths) edges.push((edges.at(-1) ?? 0) + width);
  return edges;
}

/** The column at a place; the last one whose left edge is not beyond it. Undefined outside. */
export function columnAt(edges: readonly number[], x: number): number | undefined {
  if (x < 0 || x >= (edges.at(-1) ?? 0)) return undefined;
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((edges[middle] ?? 0) <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

export interface ColumnRange {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
}

/** What of the columns is in view: the place of the left edge, the width, and how many of the first ones stay. */
export interface ColumnViewport {
  readonly left: number;
  readonly width: number;
  readonly frozen: number;
}

/** Which columns beside the frozen ones are put on the page: all where they are few, else those in view and a few beside. */
export function shownColumns(
  edges: readonly number[],
  { left, width, frozen }: ColumnViewport,
  overscan = 3,
): ColumnRange {
  const count = edges.length - 1;
  if (count < virtualColumnsFrom) return { first: frozen, end: count };
  const from = Math.max(0, left) + (edges[frozen] ?? 0);
  const first = columnAt(edges, from) ?? count - 1;
  const last = columnAt(edges, left + width) ?? count - 1;
  return { first: Math.max(frozen, first - overscan), end: Math.min(count, last + 1 + overscan) };
}

/** So many columns can stay that there is still room for the others to move. */
export function frozenColumns(edges: readonly number[], wanted: number, width: number): number {
  let count = Math.min(wanted, edges.length - 1);
  while (count > 0 && (edges[count] ?? 0) > width * 0.7) count -= 1;
  return count;
}

/** The nearest scroll position at which a column is in view beside what stays. */
export function revealColumn(
  edges: readonly number[],
  column: number,
  { left, width: whole, frozen }: ColumnViewport,
): number {
  if (column < frozen) return left;
  const stays = edges[frozen] ?? 0;
  const width = whole - stays;
  const from = (edges[column] ?? 0) - stays;
  const to = (edges[column + 1] ?? 0) - stays;
  if (from < left || to - from >= width) return from;
  return to > left + width ? to - width : left;
}

/** Room for the largest row number, written with separators. */
export function rowNumberWidth(rowCount: number): number {
  const digits = String(Math.max(1, rowCount)).length;
  return Math.max(34, Math.ceil(digits * 6.8 + Math.floor((digits - 1) / 3) * 3.5 + 18));
}
