/**
 * Where a grid of equal rows stands. Two spaces: the *virtual* one, in which every row has its true height (10 million
 * rows are 240 million pixels), and the *bar*, the native scroll position, whose height a browser limits. Up to the
 * limit they are the same; beyond it the bar maps proportionally, while wheel and keyboard move in the virtual space.
 * All lengths are CSS pixels.
 */
export interface ScrollGeometry {
  readonly rowCount: number;
  readonly rowHeight: number;
  /** Of the rows alone, without the header. */
  readonly viewportHeight: number;
  /** The tallest the bar's content may be. */
  readonly maxBarHeight: number;
}

/**
 * Chromium and WebKit keep layout lengths in 1/64 device pixel of 32 bits: 33.5 million device pixels, Firefox about
 * half of it. 8 million CSS pixels stay below that at four device pixels each, and are 333,333 rows of 24.
 */
export const defaultMaxBarHeight = 8_000_000;

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

export const totalHeight = ({ rowCount, rowHeight }: ScrollGeometry): number => rowCount * rowHeight;

export const barHeight = (geometry: ScrollGeometry): number =>
  Math.min(totalHeight(geometry), Math.max(geometry.maxBarHeight, geometry.viewportHeight));

export const isScaled = (geometry: ScrollGeometry): boolean => totalHeight(geometry) > barHeight(geometry);

/** The largest virtual offset: the last row stands at the lower edge. */
export const maxOffset = (geometry: ScrollGeometry): number =>
  Math.max(0, totalHeight(geometry) - geometry.viewportHeight);

export const maxBar = (geometry: ScrollGeometry): number =>
  Math.max(0, barHeight(geometry) - geometry.viewportHeight);

export const clampOffset = (geometry: ScrollGeometry, offset: number): number =>
  clamp(offset, 0, maxOffset(geometry));

/** Where the bar has to stand for a virtual offset. */
export function offsetToBar(geometry: ScrollGeometry, offset: number): number {
  const clamped = clampOffset(geometry, offset);
  if (!isScaled(geometry)) return clamped;
  return (clamped / maxOffset(geometry)) * maxBar(geometry);
}

/** The virtual offset that a bar's position means; both ends are met exactly, although browsers round positions. */
export function barToOffset(geometry: ScrollGeometry, bar: number): number {
  if (!isScaled(geometry)) return clampOffset(geometry, bar);
  const end = maxBar(geometry);
  if (bar <= 0.5) return 0;
  if (bar >= end - 1) return maxOffset(geometry);
  return clampOffset(geometry, Math.round((bar / end) * maxOffset(geometry)));
}

export type WheelMode = 'pixel' | 'line' | 'page';

/** A wheel's move in the virtual space, unscaled: one notch moves as many rows in ten million as in a hundred. */
export function wheelOffset(
  geometry: ScrollGeometry,
  offset: number,
  delta: number,
  mode: WheelMode,
): number {
  const unit = { pixel: 1, line: geometry.rowHeight, page: geometry.viewportHeight }[mode];
  return clampOffset(geometry, offset + delta * unit);
}

export interface RowRange {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
}

/** The rows that are at least partly in view, and `overscan` more on both sides. */
export function visibleRows(geometry: ScrollGeometry, offset: number, overscan = 0): RowRange {
  const { rowCount, rowHeight, viewportHeight } = geometry;
  const top = clampOffset(geometry, offset);
  const first = clamp(Math.floor(top / rowHeight) - overscan, 0, rowCount);
  const end = clamp(Math.ceil((top + viewportHeight) / rowHeight) + overscan, first, rowCount);
  return { first, end };
}

/** The offset nearest to the present one at which a row is wholly in view. */
export function revealRow(geometry: ScrollGeometry, offset: number, row: number): number {
  const { rowHeight, viewportHeight } = geometry;
  const top = row * rowHeight;
  if (top < offset) return clampOffset(geometry, top);
  if (top + rowHeight > offset + viewportHeight)
    return clampOffset(geometry, top + rowHeight - viewportHeight);
  return clampOffset(geometry, offset);
}

/** How many whole rows a page of the keyboard moves: one less than fit, so that one stays as a hold for the eye. */
export const pageRows = ({ rowHeight, viewportHeight }: ScrollGeometry): number =>
  Math.max(1, Math.floor(viewportHeight / rowHeight) - 1);

/** The row under a place in the viewport; undefined below the last row. */
export function rowAt(geometry: ScrollGeometry, offset: number, y: number): number | undefined {
  const row = Math.floor((clampOffset(geometry, offset) + y) / geometry.rowHeight);
  return row >= 0 && row < geometry.rowCount ? row : undefined;
}

/**
 * Rows are placed relative to an anchor near the offset and the layer is moved by the rest: a row keeps its place while
 * the user scrolls, and no length on the page grows so large that a browser rounds it.
 */
export const anchorOf = (offset: number, step = 200_000): number => Math.floor(offset / step) * step;

/** Which row a slot of the recycled pool shows: a row stays in its slot for as long as it is in view. */
export function rowOfSlot(slot: number, first: number, poolSize: number): number {
  const shift = (slot - first) % poolSize;
  return first + (shift < 0 ? shift + poolSize : shift);
}
