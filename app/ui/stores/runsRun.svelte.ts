import type { NotificationParams } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import type { SaveTo } from '#shared/query/exporting.ts';
import type { Notice, RunSummary, StatementRef, TransactionStatus } from '#shared/query/result.ts';
import type { KeptColumns } from '../components/grid/keptColumns.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { Result } from './runsResult.svelte.ts';

export type RunState = RunSummary['state'];

/** Which part of its document a run was, and where it was sent: `from` and `start` are where its text stood then. */
export interface RunOrigin {
  readonly connectionId: string;
  /** Undefined: the one that the tab was in. */
  readonly database?: string | undefined;
  readonly from: number;
  readonly text: string;
  readonly start: TextStart;
  /** The limit that it was sent with; undefined: the connection's. */
  readonly timeoutMs?: number;
  /** False: what follows a statement that fails is run all the same. */
  readonly stopOnError?: boolean;
}

/** A text on its way to a connection. */
export interface RunRequest extends RunOrigin {
  readonly tabId: string;
  /** The user's word to write on production. */
  readonly confirm?: boolean;
  /** Files that COPY reads or writes. */
  readonly copyFrom?: string[];
  readonly copyTo?: string;
  /** Where its rows go. */
  readonly saveTo?: SaveTo;
}

/** A place as a person counts it: line and column from 1. */
export interface TextStart {
  readonly line: number;
  readonly column: number;
}

/** Where a position (UTF-16 code units) of a document is, as a person counts it. */
export function textStart(document: string, position: number): TextStart {
  const before = document.slice(0, position).split('\n');
  return { line: before.length, column: [...(before.at(-1) ?? '')].length + 1 };
}

/** A part of what was sent, as it stands in the same document. */
export function partOf(
  { from, text, start, timeoutMs: _, ...place }: RunOrigin,
  { from: first, to }: Pick<StatementRef, 'from' | 'to'>,
): RunOrigin {
  const { line, column } = textStart(text, first);
  return {
    ...place,
    from: from + first,
    text: text.slice(first, to),
    start: { line: start.line + line - 1, column: line === 1 ? start.column + column - 1 : column },
  };
}

/** How many statements were not run because the run had stopped; `some` where they could not be counted. */
export type Skipped = number | 'some';

export type RunFacts = Pick<
  RunSummary,
  'runId' | 'connectionId' | 'tabId' | 'startedAt' | 'from' | 'database'
>;

/** One run of a tab, from its first notification on. Written by notifications only. */
export class Run {
  readonly id: string;
  readonly connectionId: string;
  readonly tabId: string;
  readonly startedAt: number;
  /** Where its text stood in its document when it was sent; undefined for a run that did not come from one. */
  readonly from: number | undefined;
  readonly #database: string | undefined;
  #origin = $state.raw<RunOrigin>();
  #state = $state<RunState>('running');
  #error = $state.raw<ErrorEnvelope>();
  #failedStatement = $state.raw<StatementRef>();
  #transactionStatus = $state<TransactionStatus>();
  #skipped = $state<Skipped>(0);
  #busy = $state<number>();
  #notices = $state.raw<readonly Notice[]>([]);
  #noticeCount = $state(0);
  #results = $state.raw<readonly Result[]>([]);
  #endedAt = $state<number>();
  /** The user has asked for an end and has no answer yet. */
  #cancelAsked = $state(false);
  #rpc: Rpc;
  #kept: KeptColumns | undefined;

  readonly active = $derived(isActive(this.#state));
  readonly #shown = $derived(this.#results.filter((result) => result.hasColumns || result.commandTag !== ''));
  readonly rowResults = $derived(this.#results.filter((result) => result.hasColumns));

  constructor(
    rpc: Rpc,
    { runId, connectionId, tabId, startedAt, from, database }: RunFacts,
    { origin, kept }: { origin?: RunOrigin | undefined; kept?: KeptColumns } = {},
  ) {
    this.id = runId;
    this.connectionId = connectionId;
    this.tabId = tabId;
    this.startedAt = startedAt;
    this.from = from ?? origin?.from;
    this.#database = database;
    this.#origin = origin;
    this.#rpc = rpc;
    this.#kept = kept;
  }

  /** Undefined after a reload of the page, where its document has been changed since. */
  get origin(): RunOrigin | undefined {
    return this.#origin;
  }
  get state(): RunState {
    return this.#cancelAsked && this.active ? 'cancelling' : this.#state;
  }
  /** The user wanted it to end. */
  get cancelAsked(): boolean {
    return this.#cancelAsked;
  }
  get error(): ErrorEnvelope | undefined {
    return this.#error;
  }
  get failedStatement(): StatementRef | undefined {
    return this.#failedStatement;
  }
  /** How it left the transaction of its tab; undefined while it runs. */
  get transactionStatus(): TransactionStatus | undefined {
    return this.#transactionStatus;
  }
  get skipped(): Skipped {
    return this.#skipped;
  }
  /** The statement at which an error or the user stopped the run; undefined where nothing stopped it. */
  get stoppedAt(): StatementRef | undefined {
    const last = this.#results.at(-1)?.statement;
    const failed = this.#failedStatement;
    if (this.#state === 'cancelled') return last ?? failed;
    // Where statements behind it were run, it went on after the error.
    const wentOn = this.#origin?.stopOnError === false || (last && failed && last.index > failed.index);
    return this.#state === 'failed' && !wentOn ? (failed ?? last) : undefined;
  }
  /** How many backends are busy while this one waits. */
  get busy(): number | undefined {
    return this.#busy;
  }
  get notices(): readonly Notice[] {
    return this.#notices;
  }
  /** As many as came; more than `notices` where the sidecar stopped keeping them. */
  get noticeCount(): number {
    return this.#noticeCount;
  }
  /** What there is to show, in order; a statement that failed at once has a result without columns and tag, and its error instead. */
  get results(): readonly Result[] {
    return this.#shown;
  }
  get endedAt(): number | undefined {
    return this.#endedAt;
  }
  /** The statement that is at work now. */
  get current(): Result | undefined {
    const last = this.#results.at(-1);
    return this.active && last && !last.complete ? last : undefined;
  }

  /** Frees its results, but for those of these ids; true where one is left. */
  keepOnly(isKept: (resultId: string) => boolean): boolean {
    for (const result of this.#results) if (!isKept(result.id)) result.close();
    this.#results = this.#results.filter(({ id }) => isKept(id));
    return this.#results.length > 0;
  }

  /** How many rows have gone to a file so far. */
  get savedRows(): number {
    return this.#results.at(-1)?.rowCount ?? 0;
  }

  result(id: string): Result | undefined {
    return this.#results.find((result) => result.id === id);
  }

  /** The text was found again after a reload. */
  recalled(part: Pick<RunOrigin, 'from' | 'text' | 'start'>): void {
    this.#origin ??= { connectionId: this.connectionId, database: this.#database, ...part };
  }

  counted(skipped: Skipped): void {
    this.#skipped = skipped;
  }

  markCancelAsked(asked: boolean): void {
    this.#cancelAsked = asked;
  }

  waiting({ busy }: NotificationParams<'query.waiting'>): void {
    // None busy any more: the wait is over.
    this.#state = busy > 0 ? 'waiting' : 'running';
    this.#busy = busy;
  }

  resultStarted(params: NotificationParams<'query.resultStarted'>): void {
    this.#state = 'running';
    if (this.result(params.resultId)) return;
    const result = new Result(this.#rpc, params, this.#kept);
    result.started(params);
    this.#results = [...this.#results, result];
  }

  noticed({ notices, count }: NotificationParams<'query.notice'>): void {
    this.#notices = [...this.#notices, ...notices];
    this.#noticeCount = count;
  }

  ended(
    { outcome, error, statement, transactionStatus }: NotificationParams<'query.runEnded'>,
    at: number,
  ): void {
    this.#state = outcome;
    this.#transactionStatus = transactionStatus;
    this.#error = error;
    this.#failedStatement = statement;
    this.#endedAt = at;
    this.#busy = undefined;
    for (const result of this.#results) result.stop();
  }

  /** Takes what a snapshot says; results that it knows keep the rows that are here. */
  sync(summary: RunSummary): void {
    this.#state = summary.state;
    this.#error = summary.error;
    this.#failedStatement = summary.statement;
    this.#transactionStatus = summary.transactionStatus;
    this.#busy = summary.busy;
    this.#notices = summary.notices;
    this.#noticeCount = summary.noticeCount;
    this.#endedAt = summary.endedAt;
    const kept = new Set(summary.results.map((each) => each.resultId));
    for (const result of this.#results) if (!kept.has(result.id)) result.close();
    this.#results = summary.results.map((each) => {
      const result = this.result(each.resultId) ?? new Result(this.#rpc, each, this.#kept);
      result.sync(each);
      if (!isActive(summary.state)) result.stop();
      return result;
    });
  }

  /** The sidecar knows nothing of it any more: it was restarted. What is on the screen stays, and says so. */
  lose(at: number): void {
    if (this.active) {
      const lost = new AppError(
        'SIDECAR_RESTARTED',
        'The engine was restarted while this ran. Your text is safe.',
        {
          hint: 'Whether the statement took effect is not known; look before you run it again.',
          outcome: 'unknown',
        },
      );
      this.#state = 'lost';
      this.#error = lost.toEnvelope();
      this.#endedAt = at;
    }
    for (const result of this.#results) {
      result.stop();
      result.lose();
    }
  }

  close(): void {
    for (const result of this.#results) result.close();
  }
}

export const isActive = (state: RunState): boolean =>
  state === 'waiting' || state === 'running' || state === 'cancelling';
