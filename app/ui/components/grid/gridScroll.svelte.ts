import {
  columnEdges,
  frozenColumns,
  revealColumn,
  rowNumberWidth,
  shownColumns,
  type ColumnRange,
  type ColumnViewport,
} from './columnModel.ts';
import type { GridView } from './gridView.svelte.ts';
import {
  anchorOf,
  barHeight,
  barToOffset,
  clampOffset,
  defaultMaxBarHeight,
  isScaled,
  offsetToBar,
  pageRows,
  revealRow,
  rowAt,
  visibleRows,
  wheelOffset,
  type RowRange,
  type ScrollGeometry,
  type WheelMode,
} from './scrollModel.ts';
import { clampCell, type Cell } from './selection.ts';
import type { GridSource } from './source.ts';

export const rowHeight = 24;
export const headerHeight = 24;

const wheelModes: readonly WheelMode[] = ['pixel', 'line', 'page'];

/** The scrolling of one grid: the native bar of its element on one side, the view's virtual offset on the other. */
export class GridScroll {
  /** Of the scrolled element's inside, without its bars. */
  width = $state(0);
  height = $state(0);
  #read: () => { source: GridSource; view: GridView };
  #element: HTMLElement | undefined;
  /** Where the bar was put last, as the browser rounded it: an event that finds it there is an echo, not the user. */
  #writtenBar = 0;

  readonly geometry = $derived.by<ScrollGeometry>(() => ({
    rowCount: this.#read().source.rowCount,
    rowHeight,
    viewportHeight: Math.max(0, this.height - headerHeight),
    maxBarHeight: defaultMaxBarHeight,
  }));
  readonly contentHeight = $derived.by(() => barHeight(this.geometry) + headerHeight);
  readonly numberWidth = $derived.by(() => rowNumberWidth(this.geometry.rowCount));
  readonly edges = $derived.by(() => columnEdges(this.#read().view.widths));
  readonly contentWidth = $derived.by(() => this.numberWidth + (this.edges.at(-1) ?? 0));
  readonly rows = $derived.by<RowRange>(() => visibleRows(this.geometry, this.#read().view.offset, 1));
  /** How many of the first columns stay in view. */
  readonly frozen = $derived.by(() =>
    frozenColumns(this.edges, this.#read().view.frozen, this.#viewportWidth),
  );
  readonly #columnRange = $derived.by<ColumnRange>(() => shownColumns(this.edges, this.#columnViewport));
  readonly #first = $derived(this.#columnRange.first);
  readonly #end = $derived(this.#columnRange.end);
  /** Those on the page beside the frozen ones; the same object until they change. */
  readonly columns = $derived<ColumnRange>({ first: this.#first, end: this.#end });
  /** The positions on the page. */
  readonly shown = $derived.by<readonly number[]>(() => {
    const { first, end } = this.columns;
    const frozen = Array.from({ length: this.frozen }, (_, position) => position);
    return [...frozen, ...Array.from({ length: end - first }, (_, step) => first + step)];
  });
  readonly anchor = $derived.by(() => anchorOf(this.#read().view.offset));
  /** How far the layer of rows is moved, so that the anchored rows stand where the offset says. */
  readonly shift = $derived.by(() => headerHeight + this.anchor - Math.round(this.#read().view.offset));
  /** One slot more than rows can be in view at once, and the overscan. */
  readonly slots = $derived.by(() =>
    Array.from({ length: Math.ceil(this.geometry.viewportHeight / rowHeight) + 3 }, (_, slot) => slot),
  );

  constructor(read: () => { source: GridSource; view: GridView }) {
    this.#read = read;
  }

  get #columnViewport(): ColumnViewport {
    return { left: this.#read().view.left, width: this.#viewportWidth, frozen: this.frozen };
  }

  get #viewportWidth(): number {
    return Math.max(0, this.width - this.numberWidth);
  }

  get pageRows(): number {
    return pageRows(this.geometry);
  }

  /** Takes the element over and puts it where the view was left; returns the way to let go of it. */
  attach(element: HTMLElement): () => void {
    this.#element = element;
    const observer = new ResizeObserver(() => this.#measure(element));
    observer.observe(element);
    this.#measure(element);
    const wheel = (event: WheelEvent): void => this.#wheel(event);
    // Only a listener that is not passive may keep the browser from scrolling the bar itself.
    element.addEventListener('wheel', wheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener('wheel', wheel);
      this.#element = undefined;
    };
  }

  /** Puts the bar where the view is; to be called after the content has got its size. */
  syncBar(): void {
    const element = this.#element;
    if (!element) return;
    const { view } = this.#read();
    element.scrollTop = offsetToBar(this.geometry, view.offset);
    this.#writtenBar = element.scrollTop;
    element.scrollLeft = view.left;
  }

  /** The bar has moved. */
  scrolled(): void {
    const element = this.#element;
    if (!element) return;
    const { view } = this.#read();
    view.left = element.scrollLeft;
    if (element.scrollTop === this.#writtenBar) return;
    this.#writtenBar = element.scrollTop;
    view.offset = barToOffset(this.geometry, element.scrollTop);
  }

  moveTo(offset: number): void {
    const { view } = this.#read();
    view.offset = clampOffset(this.geometry, offset);
    this.syncBar();
  }

  moveBy(down: number, right: number): void {
    const { view } = this.#read();
    if (right !== 0) view.left = Math.max(0, Math.min(view.left + right, this.contentWidth - this.width));
    this.moveTo(view.offset + down);
  }

  reveal({ row, column }: Cell): void {
    const { view } = this.#read();
    view.left = revealColumn(this.edges, column, this.#columnViewport);
    this.moveTo(revealRow(this.geometry, view.offset, row));
  }

  /** The cell nearest to a place in the window, and how far outside the rows that place is. */
  nearest(clientX: number, clientY: number): { cell: Cell; outsideX: number; outsideY: number } | undefined {
    const box = this.#element?.getBoundingClientRect();
    if (!box) return undefined;
    const { view, source } = this.#read();
    const x = clientX - box.left - this.numberWidth;
    const y = clientY - box.top - headerHeight;
    const inX = Math.min(Math.max(x, 0), this.#viewportWidth - 1);
    const inY = Math.min(Math.max(y, 0), this.geometry.viewportHeight - 1);
    const row = rowAt(this.geometry, Math.round(view.offset), inY) ?? source.rowCount - 1;
    const place = this.#placeOf(inX);
    const found = this.edges.findIndex((edge) => edge > place) - 1;
    const column = found < 0 ? source.columns.length - 1 : found;
    const size = { rows: source.rowCount, columns: source.columns.length };
    return { cell: clampCell({ row, column }, size), outsideX: x - inX, outsideY: y - inY };
  }

  /** Between which columns a place in the window is: the number of those to the left of it. */
  gapAt(clientX: number): number {
    const box = this.#element?.getBoundingClientRect();
    const x = Math.max(0, Math.min(clientX - (box?.left ?? 0) - this.numberWidth, this.#viewportWidth));
    const place = this.#placeOf(x);
    const right = this.edges.findIndex((edge, index) => place < (edge + (this.edges[index + 1] ?? edge)) / 2);
    return right < 0 ? this.edges.length - 1 : right;
  }

  /** Where a gap between columns is drawn, in pixels from the left of the content. */
  gapLeft(gap: number): number {
    const left = gap < this.frozen ? this.#read().view.left : 0;
    return this.numberWidth + left + (this.edges[gap] ?? 0);
  }

  /** What is in view at a distance from the row numbers, as a distance from the first column. */
  #placeOf(x: number): number {
    return x < (this.edges[this.frozen] ?? 0) ? x : x + this.#read().view.left;
  }

  /** What opens beside the grid or above it never covers the cell that it is about. */
  #measure(element: HTMLElement): void {
    const active = this.#read().view.selection?.active;
    const isInView = active !== undefined && this.#isInView(active);
    this.width = element.clientWidth;
    this.height = element.clientHeight;
    if (isInView) this.reveal(active);
  }

  #isInView({ row, column }: Cell): boolean {
    const { view } = this.#read();
    const left = revealColumn(this.edges, column, this.#columnViewport);
    return left === view.left && revealRow(this.geometry, view.offset, row) === view.offset;
  }

  /**
   * Where the bar is scaled, one pixel of it is many rows: the wheel then moves the view itself and the bar follows.
   * Elsewhere the browser scrolls, with its own inertia.
   */
  #wheel(event: WheelEvent): void {
    const mode = wheelModes[event.deltaMode];
    if (!isScaled(this.geometry) || event.ctrlKey || event.shiftKey || event.deltaY === 0 || !mode) return;
    event.preventDefault();
    const { view } = this.#read();
    this.moveBy(
      wheelOffset(this.geometry, view.offset, event.deltaY, mode) - view.offset,
      mode === 'pixel' ? event.deltaX : 0,
    );
  }
}
