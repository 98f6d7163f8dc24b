import type { NotificationParams } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Column, Row, RunSummary, Saved, StatementRef } from '#shared/query/result.ts';
import { GridView } from '../components/grid/gridView.svelte.ts';
import type { KeptColumns } from '../components/grid/keptColumns.ts';
import type { GridColumn, GridSlice, GridSource } from '../components/grid/source.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { Arranging } from './arranging.svelte.ts';
import { ResultRows } from './resultRows.ts';

/** int8, int2, int4, oid, float4, float8, money, numeric. */
const numericOids = new Set([20, 21, 23, 26, 700, 701, 790, 1700]);
/** json, jsonb. */
const jsonOids = new Set([114, 3802]);
const boolOid = 16;
const byteaOid = 17;

export const gridColumn = ({ name, typeName, typeOid, tableOid, columnNumber }: Column): GridColumn => ({
  name,
  typeName,
  numeric: numericOids.has(typeOid),
  json: jsonOids.has(typeOid),
  bool: typeOid === boolOid,
  bytea: typeOid === byteaOid,
  ...(tableOid && columnNumber ? { origin: { tableOid, columnNumber } } : {}),
});

/** A part of a value, in bytes of its UTF-8. */
export type ValuePart = Parameters<ResultRows['part']>[0];
/** Rows for a grid, and their values in parts for the viewer. */
export type ShownRows = GridSource & Pick<ResultRows, 'part' | 'save'>;

type Summary = RunSummary['results'][number];

/** What one statement gave: its columns, how many rows so far, and those of them that are looked at. */
export class Result implements GridSource {
  readonly id: string;
  readonly statement: StatementRef;
  readonly columns: readonly GridColumn[];
  /** Where its grid stands and what is selected there. */
  readonly view: GridView;
  /** In which order its rows are shown, and which of them. */
  readonly arranging: Arranging;
  #rowCount = $state(0);
  #complete = $state(false);
  #commandTag = $state<string>();
  #elapsedMs = $state<number>();
  #truncated = $state(false);
  #saved = $state.raw<Saved>();
  #sentShare = $state<number>();
  /** Why its rows cannot be had any more. */
  #gone = $state.raw<AppError>();
  #rows: ResultRows;

  constructor(
    rpc: Rpc,
    { resultId, statement, columns }: Pick<Summary, 'resultId' | 'statement' | 'columns'>,
    kept?: KeptColumns,
  ) {
    this.id = resultId;
    this.statement = statement;
    this.columns = columns.map(gridColumn);
    this.view = new GridView(this.columns, kept);
    const came = (rows: readonly Row[]): void => this.view.fitFirst(rows);
    const failed = (error: AppError): void => void (this.#gone = error);
    this.#rows = new ResultRows(rpc, { resultId }, { rowCount: () => this.#rowCount, came, failed });
    this.arranging = new Arranging(rpc, { id: resultId, columns: this.columns, came, failed });
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
  /** How much of its file a COPY FROM STDIN has sent: 0 to 1. */
  get sentShare(): number | undefined {
    return this.#sentShare;
  }
  /** The file that it went to. */
  get saved(): Saved | undefined {
    return this.#saved;
  }
  get gone(): AppError | undefined {
    return this.#gone;
  }
  get hasColumns(): boolean {
    return this.columns.length > 0;
  }

  /** What its grid shows: the rows as they were arranged, or as they came. */
  get shown(): ShownRows {
    return this.arranging.rows ?? this;
  }

  row(index: number): Row | undefined {
    return this.#rows.row(index);
  }

  isCut(row: number, column: number): boolean {
    return this.#rows.isCut(row, column);
  }

  want(first: number, end: number): void {
    this.#rows.want(first, end);
  }

  read(first: number, end: number, signal: AbortSignal): Promise<GridSlice> {
    return this.#rows.read(first, end, signal);
  }

  whole(row: number, column: number, signal: AbortSignal): Promise<string | null> {
    return this.#rows.whole(row, column, signal);
  }

  part(place: ValuePart, signal: AbortSignal): ReturnType<ResultRows['part']> {
    return this.#rows.part(place, signal);
  }

  save(...args: Parameters<ResultRows['save']>): Promise<number> {
    return this.#rows.save(...args);
  }

  /** `firstRows` came with the notification that made this result. */
  started({ firstRows, cut }: Pick<NotificationParams<'query.resultStarted'>, 'firstRows' | 'cut'>): void {
    this.#rowCount = Math.max(this.#rowCount, firstRows.length);
    this.#rows.seed(firstRows, cut);
  }

  progressed({
    rowCount,
    elapsedMs,
    bytes,
    totalBytes,
  }: Pick<NotificationParams<'query.progress'>, 'rowCount' | 'elapsedMs' | 'bytes' | 'totalBytes'>): void {
    this.#sentShare = totalBytes ? bytes / totalBytes : undefined;
    this.#rowCount = rowCount;
    this.#elapsedMs = elapsedMs;
  }

  ended(
    params: Pick<
      NotificationParams<'query.resultEnded'>,
      'commandTag' | 'rowCount' | 'elapsedMs' | 'truncated' | 'saved'
    >,
  ): void {
    this.#rowCount = params.rowCount;
    this.#elapsedMs = params.elapsedMs;
    this.#commandTag = params.commandTag;
    this.#truncated = params.truncated ?? false;
    this.#saved = params.saved;
    this.stop();
  }

  /** The run is over: no more rows come, whether its statement ended well or not. */
  stop(): void {
    if (this.#complete) return;
    this.#complete = true;
    this.arranging.again();
  }

  /** What a snapshot says of it. */
  sync(summary: Summary): void {
    this.#rowCount = summary.rowCount;
    this.#complete = summary.complete;
    this.#commandTag = summary.commandTag;
    this.#elapsedMs = summary.elapsedMs;
    this.#truncated = summary.truncated ?? false;
    this.#saved = summary.saved;
    this.#rows.resume();
    this.arranging.resume();
  }

  /** The sidecar does not hold it any more; rows that are here stay to be looked at. */
  lose(): void {
    this.#gone ??= new AppError('RESULT_CLOSED', 'These rows are no longer held.');
    this.close();
  }

  close(): void {
    this.#rows.close();
    this.arranging.close();
  }
}
