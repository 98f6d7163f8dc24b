import type { MethodResult, NotificationParams } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Condition, SortKey, ValueOrderName } from '#shared/query/arrange.ts';
import type { Row } from '#shared/query/result.ts';
import type { GridColumn, GridSlice, GridSource } from '../components/grid/source.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { ResultRows } from './resultRows.ts';

/** What rows are to be arranged by. */
export interface ArrangeWish {
  readonly sort: readonly SortKey[];
  readonly filter: readonly Condition[];
}

/** How far the sidecar is with it. */
export type ArrangeProgress = Pick<NotificationParams<'query.arranging'>, 'phase' | 'done' | 'total'>;

/** Why a wish was not met; what was shown before stays. */
export type ArrangeProblem =
  | { readonly kind: 'tooLarge'; readonly wish: ArrangeWish; readonly column: number }
  | { readonly kind: 'failed'; readonly wish: ArrangeWish; readonly error: AppError };

/** The result that is arranged; told of the rows that come, and of what keeps them from coming. */
export interface ArrangedResult {
  readonly id: string;
  readonly columns: readonly GridColumn[];
  came(rows: readonly Row[]): void;
  failed(error: AppError): void;
}

const asTheyCame: ArrangeWish = { sort: [], filter: [] };

type Answer = Extract<MethodResult<'query.arrange'>, { rowCount: number }>;

/** Rows in another order, or some of them, for a grid. Their number does not change. */
class ArrangedRows implements GridSource {
  readonly id: string;
  readonly columns: readonly GridColumn[];
  readonly rowCount: number;
  readonly totalRows: number;
  readonly orders: readonly ValueOrderName[];
  readonly complete: boolean;
  readonly #rows: ResultRows;

  constructor(rpc: Rpc, result: ArrangedResult, answer: Answer, failed: (error: AppError) => void) {
    this.id = answer.arrangementId;
    this.columns = result.columns;
    this.rowCount = answer.rowCount;
    this.totalRows = answer.totalRows;
    this.orders = answer.orders;
    this.complete = answer.complete;
    const place = { resultId: result.id, arrangementId: answer.arrangementId };
    const came = (rows: readonly Row[]): void => result.came(rows);
    this.#rows = new ResultRows(rpc, place, { rowCount: () => this.rowCount, came, failed });
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
  part(part: Parameters<ResultRows['part']>[0], signal: AbortSignal): ReturnType<ResultRows['part']> {
    return this.#rows.part(part, signal);
  }

  save(...args: Parameters<ResultRows['save']>): Promise<number> {
    return this.#rows.save(...args);
  }
  resume(): void {
    this.#rows.resume();
  }
  close(): void {
    this.#rows.close();
  }
}

/**
 * The order and choice in which a result is shown. A wish is on its way, or met, or was refused; until a new one is met
 * the grid shows what it did. The statement is never run again for it.
 */
export class Arranging {
  #applied = $state.raw<ArrangeWish>(asTheyCame);
  #wish = $state.raw<ArrangeWish>();
  #rows = $state.raw<ArrangedRows>();
  #progress = $state.raw<ArrangeProgress>();
  #problem = $state.raw<ArrangeProblem>();
  #abort: AbortController | undefined;
  readonly #rpc: Rpc;
  readonly #result: ArrangedResult;

  constructor(rpc: Rpc, result: ArrangedResult) {
    this.#rpc = rpc;
    this.#result = result;
  }

  /** Undefined: the rows are shown as they came. */
  get rows(): (GridSource & Pick<ArrangedRows, 'id' | 'totalRows' | 'orders' | 'part' | 'save'>) | undefined {
    return this.#rows;
  }
  /** What the rows are shown by. */
  get applied(): ArrangeWish {
    return this.#applied;
  }
  /** What is asked for now, else what is shown: the marks in the header follow the hand at once. */
  get wanted(): ArrangeWish {
    return this.#wish ?? this.#applied;
  }
  get busy(): boolean {
    return this.#wish !== undefined;
  }
  get progress(): ArrangeProgress | undefined {
    return this.#progress;
  }
  get problem(): ArrangeProblem | undefined {
    return this.#problem;
  }

  /** Shows the rows by this from now on; resolves to whether it came to that. Never rejects. */
  async ask(wish: ArrangeWish): Promise<boolean> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#wish = wish;
    this.#progress = undefined;
    this.#problem = undefined;
    try {
      const answer = await this.#rpc.call('query.arrange', paramsOf(this.#result.id, wish), abort.signal);
      return !abort.signal.aborted && this.#answered(wish, answer);
    } catch (error) {
      if (!abort.signal.aborted) this.#problem = { kind: 'failed', wish, error: asAppError(error) };
      return false;
    } finally {
      if (this.#abort === abort) this.#wish = this.#abort = undefined;
    }
  }

  /** More rows have come, or all: what was arranged of them so far is arranged anew. */
  again(): void {
    if (!this.busy && this.#rows && !this.#rows.complete) void this.ask(this.#applied);
  }

  /** What is shown stays. */
  cancel(): void {
    this.#abort?.abort();
    this.#wish = this.#abort = undefined;
  }

  dismiss(): void {
    this.#problem = undefined;
  }

  progressed({ phase, done, total }: ArrangeProgress): void {
    if (this.busy) this.#progress = { phase, done, total };
  }

  resume(): void {
    this.#rows?.resume();
  }

  close(): void {
    this.cancel();
    this.#rows?.close();
  }

  #answered(wish: ArrangeWish, answer: MethodResult<'query.arrange'>): boolean {
    if ('tooLarge' in answer) {
      this.#problem = { kind: 'tooLarge', wish, column: answer.tooLarge.column };
      return false;
    }
    this.#rows?.close();
    this.#applied = wish;
    this.#rows = 'rowCount' in answer ? this.#arranged(answer) : undefined;
    return true;
  }

  #arranged(answer: Answer): ArrangedRows {
    const rows: ArrangedRows = new ArrangedRows(this.#rpc, this.#result, answer, (error) => {
      // One that another has taken the place of is gone because of that.
      if (this.#rows === rows) this.#result.failed(error);
    });
    return rows;
  }
}

const paramsOf = (resultId: string, { sort, filter }: ArrangeWish) => ({
  resultId,
  sort: [...sort],
  filter: [...filter],
});

const asAppError = (error: unknown): AppError =>
  error instanceof AppError ? error : new AppError('INTERNAL', 'The rows could not be arranged.');
