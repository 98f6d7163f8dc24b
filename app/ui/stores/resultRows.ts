import { type AppError } from '#shared/error/appError.ts';
import type { MethodResult } from '#shared/contract/derive.ts';
import { maxRowsPerSlice } from '#shared/query/methods.ts';
import type { Row } from '#shared/query/result.ts';
import type { GridSlice } from '../components/grid/source.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { RowPages, type CutCells, type Slice } from './runsPages.svelte.ts';

/** One request of a value, in bytes; larger values come in several. */
export const valuePart = 1024 * 1024;
/** Of one request: a slice takes milliseconds. */
const requestMs = 60_000;

/** Of which result the rows are, and in which arrangement of it they are counted. */
export interface RowsPlace {
  readonly resultId: string;
  readonly arrangementId?: string;
}

interface ResultRowsOptions {
  rowCount: () => number;
  /** Rows that have just come. */
  came: (rows: readonly Row[]) => void;
  /** They cannot be had any more. */
  failed: (error: AppError) => void;
}

/** The rows of one result, in the order they came or as they were arranged: what is here, and how the rest is fetched. */
export class ResultRows {
  readonly #rpc: Rpc;
  readonly #place: RowsPlace;
  readonly #pages: RowPages;
  readonly #came: ResultRowsOptions['came'];

  constructor(rpc: Rpc, place: RowsPlace, { rowCount, came, failed }: ResultRowsOptions) {
    this.#rpc = rpc;
    this.#place = place;
    this.#came = came;
    this.#pages = new RowPages(
      (offset, limit, signal) => this.#fetch(offset, limit, signal),
      rowCount,
      failed,
    );
  }

  row(index: number): Row | undefined {
    return this.#pages.row(index);
  }

  isCut(row: number, column: number): boolean {
    return this.#pages.isCut(row, column);
  }

  want(first: number, end: number): void {
    this.#pages.want(first, end);
  }

  async read(first: number, end: number, signal: AbortSignal): Promise<GridSlice> {
    const here = this.#pages.slice(first, end);
    if (here.rows.length > 0) return here;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(requestMs)]);
    const { rows, cut = [] } = await this.#fetch(first, Math.min(end - first, maxRowsPerSlice), limited);
    return { rows, cut };
  }

  async whole(row: number, column: number, signal: AbortSignal): Promise<string | null> {
    const parts: string[] = [];
    for (let offset = 0; ;) {
      const { text, complete } = await this.part({ row, column, offset, limit: valuePart }, signal);
      if (text === null) return null;
      parts.push(text);
      if (complete || text === '') return parts.join('');
      offset += new TextEncoder().encode(text).length;
    }
  }

  /** A part of one value, counted in bytes of its UTF-8. */
  part(
    part: { row: number; column: number; offset: number; limit: number },
    signal: AbortSignal,
  ): Promise<MethodResult<'query.value'>> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(requestMs)]);
    return this.#rpc.call('query.value', { ...this.#place, ...part }, limited);
  }

  /** Writes one value to a file; returns its size. */
  async save(place: { row: number; column: number; path: string }, signal: AbortSignal): Promise<number> {
    const { bytes } = await this.#rpc.call('query.saveValue', { ...this.#place, ...place }, signal);
    return bytes;
  }

  /** Rows that came with a notification. */
  seed(rows: readonly Row[], cut?: CutCells): void {
    this.#pages.seed(rows, cut);
    this.#came(rows);
  }

  /** The link is back. */
  resume(): void {
    this.#pages.resume();
  }

  close(): void {
    this.#pages.close();
  }

  async #fetch(offset: number, limit: number, signal: AbortSignal): Promise<Slice> {
    const slice = await this.#rpc.call('query.rows', { ...this.#place, offset, limit }, signal);
    this.#came(slice.rows.slice(0, 200));
    return slice;
  }
}
