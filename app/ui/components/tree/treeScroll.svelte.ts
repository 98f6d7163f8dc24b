import { rowsBetween, rowTops } from './rowWindow.ts';
import type { TreeRowFacts } from './treeKeys.ts';

/** Rows are drawn that far beyond what is seen, so that scrolling shows no holes. */
const overscan = 240;

/** As --row says. */
const rowHeight = 24;

export interface ScrolledRows<Row extends TreeRowFacts> {
  readonly rows: () => readonly Row[];
  /** How much stands free before a row, in pixels. */
  readonly gapBefore: (row: Row, before: Row | undefined) => number;
  /** The row that is drawn wherever it is, for Tab reaches it. */
  readonly kept: () => string | undefined;
}

/** A tree of which only the part in view is drawn. */
export class TreeScroll<Row extends TreeRowFacts> {
  readonly #of: ScrolledRows<Row>;
  #element: HTMLElement | undefined;
  #top = $state(0);
  /** More than any window: what is drawn before the height is known must not be nothing. */
  #height = $state(2_000);

  readonly #places: ReadonlyMap<string, number> = $derived.by(
    () => new Map(this.#of.rows().map(({ key }, index) => [key, index])),
  );
  /** Where each row begins, in pixels; the last entry is the height of all. */
  readonly tops: Float64Array = $derived.by(() => {
    const rows = this.#of.rows();
    const gap = (at: number) => {
      const row = rows[at];
      return row ? this.#of.gapBefore(row, rows[at - 1]) : 0;
    };
    return rowTops(rows.length, rowHeight, gap);
  });
  /** The places of the rows that are drawn, from top to bottom. */
  readonly drawn: readonly number[] = $derived.by(() => {
    const { first, end } = rowsBetween(this.tops, this.#top - overscan, this.#top + this.#height + overscan);
    const shown = Array.from({ length: end - first }, (_, step) => first + step);
    const kept = this.placeOf(this.#of.kept());
    if (kept === undefined || (kept >= first && kept < end)) return shown;
    return kept < first ? [kept, ...shown] : [...shown, kept];
  });

  constructor(of: ScrolledRows<Row>) {
    this.#of = of;
  }

  placeOf(key: string | undefined): number | undefined {
    return key === undefined ? undefined : this.#places.get(key);
  }

  row(key: string | undefined): Row | undefined {
    return this.#of.rows()[this.placeOf(key) ?? -1];
  }

  attach(element: HTMLElement): () => void {
    this.#element = element;
    const watch = new ResizeObserver(() => (this.#height = element.clientHeight));
    watch.observe(element);
    return () => {
      watch.disconnect();
      this.#element = undefined;
    };
  }

  scrolled(): void {
    this.#top = this.#element?.scrollTop ?? 0;
  }

  /** Brings a row into view, by the shortest way. */
  reveal(key: string): void {
    const element = this.#element;
    const top = this.tops[this.placeOf(key) ?? -1];
    if (!element || top === undefined) return;
    const bottom = top + rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight)
      element.scrollTop = bottom - element.clientHeight;
    this.scrolled();
  }
}
