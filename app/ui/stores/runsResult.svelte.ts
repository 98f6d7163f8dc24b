import type { NotificationParams } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import { maxRowsPerSlice } from '#shared/query/methods.ts';
import type { Column, Row, RunSummary, StatementRef } from '#shared/query/result.ts';
import { GridView } from '../components/grid/gridView.svelte.ts';
import type { KeptWidths } from '../components/grid/keptWidths.ts';
import type { GridColumn, GridSlice, GridSource } from '../components/grid/source.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { RowPages, type Slice } from './runsPages.svelte.ts';

/** int8, int2, int4, oid, float4, float8, money, numeric. */
const numericOids = new Set([20, 21, 23, 26, 700, 701, 790, 1700]);
/** json, jsonb. */
const jsonOids = new Set([114, 3802]);
const boolOid = 16;
/** One request of a value, in bytes; larger values come in several. */
const valuePart = 1024 * 1024;
const valueMs = 60_000;
const readMs = 60_000;

export const gridColumn = ({ name, typeName, typeOid }: Column): GridColumn => ({
  name,
  typeName,
  numeric: numericOids.has(typeOid),
  json: jsonOids.has(typeOid),
  bool: typeOid === boolOid,
});

type Summary = RunSummary['results'][number];

/** What one statement gave: its columns, how many rows so far, and those of them that are looked at. */
export class Result implements GridSource {
  readonly id: string;
  readonly statement: StatementRef;
  readonly columns: readonly GridColumn[];
  /** Where its grid stands and what is selected there. */
  readonly view: GridView;
  #rowCount = $state(0);
  #complete = $state(false);
  #commandTag = $state<string>();
  #elapsedMs = $state<number>();
  #truncated = $state(false);
  /** Why its rows cannot be had any more. */
  #gone = $state.raw<AppError>();
  #pages: RowPages;
  #rpc: Rpc;

  constructor(
    rpc: Rpc,
    { resultId, statement, columns }: Pick<Summary, 'resultId' | 'statement' | 'columns'>,
    kept?: KeptWidths,
  ) {
    this.id = resultId;
    this.statement = statement;
    this.columns = columns.map(gridColumn);
    this.view = new GridView(this.columns, kept);
    this.#rpc = rpc;
    this.#pages = new RowPages(
      (offset, limit, signal) => this.#slice(offset, limit, signal),
      () => this.#rowCount,
      (error) => (this.#gone = error),
    );
  }

  get rowCount(): number {
    return this.#rowCount;
  }
  get complete(): boolean {
    return this.#complete;
  }
  /** Absent while it runs, and where the statement did not end well. */
  get commandTag(): string | undefined {
    return this.#commandTag;
  }
  get elapsedMs(): number | undefined {
    return this.#elapsedMs;
  }
  get truncated(): boolean {
    return this.#truncated;
  }
  get gone(): AppError | undefined {
    return this.#gone;
  }
  get hasColumns(): boolean {
    return this.columns.length > 0;
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
    const limit = Math.min(end - first, maxRowsPerSlice);
    const { rows, cut = [] } = await this.#slice(
      first,
      limit,
      AbortSignal.any([signal, AbortSignal.timeout(readMs)]),
    );
    return { rows, cut };
  }

  /** Parts are cut at characters and counted in bytes of UTF-8. */
  async whole(row: number, column: number, signal: AbortSignal): Promise<string | null> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(valueMs)]);
    const parts: string[] = [];
    for (let offset = 0; ;) {
      const params = { resultId: this.id, row, column, offset, limit: valuePart };
      const { text, complete } = await this.#rpc.call('query.value', params, limited);
      if (text === null) return null;
      parts.push(text);
      if (complete || text === '') return parts.join('');
      offset += new TextEncoder().encode(text).length;
    }
  }

  /** `firstRows` came with the notification that made this result. */
  started({ firstRows, cut }: Pick<NotificationParams<'query.resultStarted'>, 'firstRows' | 'cut'>): void {
    this.#rowCount = Math.max(this.#rowCount, firstRows.length);
    this.#pages.seed(firstRows, cut);
    this.view.fitFirst(this.columns, firstRows);
  }

  progressed({
    rowCount,
    elapsedMs,
  }: Pick<NotificationParams<'query.progress'>, 'rowCount' | 'elapsedMs'>): void {
    this.#rowCount = rowCount;
    this.#elapsedMs = elapsedMs;
  }

  ended(
    params: Pick<
      NotificationParams<'query.resultEnded'>,
      'commandTag' | 'rowCount' | 'elapsedMs' | 'truncated'
    >,
  ): void {
    this.#rowCount = params.rowCount;
    this.#elapsedMs = params.elapsedMs;
    this.#commandTag = params.commandTag;
    this.#truncated = params.truncated ?? false;
    this.#complete = true;
  }

  /** The run is over: no more rows come, whether its statement ended well or not. */
  stop(): void {
    this.#complete = true;
  }

  /** What a snapshot says of it. */
  sync(summary: Summary): void {
    this.#rowCount = summary.rowCount;
    this.#complete = summary.complete;
    this.#commandTag = summary.commandTag;
    this.#elapsedMs = summary.elapsedMs;
    this.#truncated = summary.truncated ?? false;
    this.#pages.resume();
  }

  /** The sidecar does not hold it any more; rows that are here stay to be looked at. */
  lose(): void {
    this.#gone ??= new AppError('RESULT_CLOSED', 'These rows are no longer held.');
    this.close();
  }

  close(): void {
    this.#pages.close();
  }

  async #slice(offset: number, limit: number, signal: AbortSignal): Promise<Slice> {
    const slice = await this.#rpc.call('query.rows', { resultId: this.id, offset, limit }, signal);
    this.view.fitFirst(this.columns, slice.rows.slice(0, 200));
    return slice;
  }
}
