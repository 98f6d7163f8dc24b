import { SvelteMap } from 'svelte/reactivity';
import { AppError } from '#shared/error/appError.ts';
import type { Row } from '#shared/query/result.ts';

export const pageSize = 200;
/** 12,000 rows, or as many pages as hold about 48 MB of text; what is looked at always stays. */
const maxPages = 60;
const maxCharacters = 24 * 1024 * 1024;
/** More would only queue in the sidecar behind each other, and could not be given up when the user scrolls on. */
const maxInFlight = 3;
/** A slice takes milliseconds; one that takes this long belongs to a link that hangs, and is asked for again. */
const slowMs = 20_000;

/** Which cells hold only the beginning of their value; `row` counts in the whole result. */
export type CutCells = readonly { readonly row: number; readonly column: number }[];

export interface Slice {
  readonly rows: readonly Row[];
  readonly cut?: CutCells;
}

export type FetchRows = (offset: number, limit: number, signal: AbortSignal) => Promise<Slice>;

interface Page {
  readonly rows: readonly Row[];
  /** `row:column` of cells that hold only the beginning of their value. */
  readonly cut: ReadonlySet<string>;
  readonly characters: number;
}

interface Flight {
  readonly abort: AbortController;
}

const emptyPage: Page = { rows: [], cut: new Set(), characters: 0 };

const charactersOf = (rows: readonly Row[]): number =>
  rows.reduce((sum, row) => sum + row.reduce((each, cell) => each + (cell?.length ?? 4), 0), 0);

/**
 * The rows of one result that are here: pages of 200, the least recently wanted dropped first. A page is asked for once
 * however often it is wanted, and given up when the user has scrolled past it before it came.
 */
export class RowPages {
  #pages = new SvelteMap<number, Page>();
  #flights = new Map<number, Flight>();
  #wanted: number[] = [];
  #characters = 0;
  #closed = false;
  #fetch: FetchRows;
  #rowCount: () => number;
  #failed: (error: AppError) => void;

  /** `rowCount` is how many rows there are so far; `failed` hears of what is not to be asked for again. */
  constructor(fetch: FetchRows, rowCount: () => number, failed: (error: AppError) => void) {
    this.#fetch = fetch;
    this.#rowCount = rowCount;
    this.#failed = failed;
  }

  row(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / pageSize))?.rows[index % pageSize];
  }

  isCut(row: number, column: number): boolean {
    return this.#pages.get(Math.floor(row / pageSize))?.cut.has(`${row}:${column}`) ?? false;
  }

  /** The rows from `first` on that are here without a gap. */
  slice(first: number, end: number): { rows: Row[]; cut: { row: number; column: number }[] } {
    const rows: Row[] = [];
    const cut: { row: number; column: number }[] = [];
    for (let index = first; index < end; index += 1) {
      const page = this.#pages.get(Math.floor(index / pageSize));
      const row = page?.rows[index % pageSize];
      if (!page || !row) break;
      rows.push(row);
      if (page.cut.size === 0) continue;
      row.forEach((_, column) => {
        if (page.cut.has(`${index}:${column}`)) cut.push({ row: index, column });
      });
    }
    return { rows, cut };
  }

  /** Rows that came with a notification. */
  seed(rows: readonly Row[], cut: CutCells = []): void {
    if (rows.length > 0 && !this.#pages.has(0)) this.#add(0, { rows: rows.slice(0, pageSize), cut });
  }

  /** These rows are looked at: what is missing of them is fetched, and everything else on its way is given up. */
  want(first: number, end: number): void {
    const last = Math.min(end, this.#rowCount()) - 1;
    this.#wanted = [];
    for (let page = Math.floor(first / pageSize); page <= Math.floor(last / pageSize); page += 1)
      this.#wanted.push(page);
    for (const [page, flight] of this.#flights) if (!this.#wanted.includes(page)) flight.abort.abort();
    for (const page of this.#wanted) this.#touch(page);
    this.#pump();
  }

  /** Asks again for what is looked at: the link is back. */
  resume(): void {
    this.#pump();
  }

  /** Nothing is asked for any more; what is here stays to be looked at. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const flight of this.#flights.values()) flight.abort.abort();
  }

  #missing(page: number): number {
    const wanted = Math.min(pageSize, this.#rowCount() - page * pageSize);
    return wanted - (this.#pages.get(page)?.rows.length ?? 0);
  }

  #pump(): void {
    if (this.#closed) return;
    for (const page of this.#wanted) {
      if (this.#flights.size >= maxInFlight) return;
      if (!this.#flights.has(page) && this.#missing(page) > 0) void this.#load(page);
    }
  }

  async #load(page: number): Promise<void> {
    const flight: Flight = { abort: new AbortController() };
    this.#flights.set(page, flight);
    const signal = AbortSignal.any([flight.abort.signal, AbortSignal.timeout(slowMs)]);
    try {
      // A slice ends at 2 MB, so that wide rows need several for one page.
      while (this.#missing(page) > 0) {
        const have = this.#pages.get(page)?.rows.length ?? 0;
        const slice = await this.#fetch(page * pageSize + have, this.#missing(page), signal);
        if (slice.rows.length === 0 || flight.abort.signal.aborted) break;
        this.#add(page, slice);
      }
      this.#land(page, flight);
      this.#pump();
    } catch (error) {
      this.#land(page, flight);
      this.#refused(error, flight);
    }
  }

  #land(page: number, flight: Flight): void {
    if (this.#flights.get(page) === flight) this.#flights.delete(page);
  }

  #refused(error: unknown, { abort }: Flight): void {
    // Given up because the user scrolled on; whatever is wanted now may take its place.
    if (abort.signal.aborted) return this.#pump();
    if (!(error instanceof AppError) || this.#closed) return;
    // A lost link asks again by `resume`, a slow one by the next `want`.
    if (['SIDECAR_RESTARTED', 'CANCELLED', 'TIMEOUT'].includes(error.code)) return;
    this.#closed = true;
    this.#failed(error);
  }

  #add(number: number, { rows, cut = [] }: Slice): void {
    const page = this.#pages.get(number) ?? emptyPage;
    const added = charactersOf(rows);
    this.#characters += added;
    this.#pages.set(number, {
      rows: [...page.rows, ...rows],
      cut: new Set([...page.cut, ...cut.map(({ row, column }) => `${row}:${column}`)]),
      characters: page.characters + added,
    });
    this.#evict();
  }

  /** The order of the recently wanted is kept apart from the rows: reordering a reactive map would redraw the grid. */
  #recent: number[] = [];

  #touch(page: number): void {
    const place = this.#recent.indexOf(page);
    if (place >= 0) this.#recent.splice(place, 1);
    this.#recent.push(page);
  }

  #evict(): void {
    if (this.#pages.size <= maxPages && this.#characters <= maxCharacters) return;
    const order = [...this.#pages.keys()].sort((a, b) => this.#recent.indexOf(a) - this.#recent.indexOf(b));
    for (const page of order) {
      if (this.#pages.size <= maxPages && this.#characters <= maxCharacters) break;
      if (this.#wanted.includes(page)) continue;
      this.#characters -= this.#pages.get(page)?.characters ?? 0;
      this.#pages.delete(page);
    }
    this.#recent = this.#recent.filter((page) => this.#pages.has(page) || this.#wanted.includes(page));
  }
}
