import { randomUUID } from 'node:crypto';
import type { MethodParams, Notification } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { RunSummary, TransactionStatus } from '#shared/query/result.ts';
import type { Clock } from '../lib/clock.ts';
import { NoticeLog } from './noticeLog.ts';
import type { ResultRecord } from './result/resultRecord.ts';
import { transition, type RunEnding, type RunEvent, type RunState } from './runMachine.ts';

export type RunParams = MethodParams<'query.run'>;
export type Publish = (notification: Notification) => void;

/** One run of a text in a tab: where it stands, what it has given so far, and what it tells of itself. */
export class Run {
  readonly id = `run-${randomUUID()}`;
  readonly sessionId: string;
  readonly params: RunParams;
  readonly startedAt: number;
  readonly results = new Map<string, ResultRecord>();
  readonly notices: NoticeLog;
  /** Resolves once `query.runStarted` is out, which is after the answer to the request that began the run. */
  readonly announced: Promise<void>;
  /** Resolves once `query.runEnded` is out. */
  readonly finished: Promise<void>;
  #state: RunState = { name: 'waiting' };
  #finish: () => void = () => {};
  readonly #abort = new AbortController();
  readonly #clock: Clock;
  readonly #publish: Publish;

  constructor(sessionId: string, params: RunParams, { clock, publish }: { clock: Clock; publish: Publish }) {
    this.sessionId = sessionId;
    this.params = params;
    this.#clock = clock;
    this.#publish = publish;
    this.startedAt = clock.now();
    this.announced = new Promise((resolve) =>
      setImmediate(() => {
        this.#announce();
        resolve();
      }),
    );
    this.finished = new Promise((resolve) => (this.#finish = resolve));
    this.notices = new NoticeLog(clock, (batch) =>
      this.publish({ method: 'query.notice', params: { runId: this.id, ...batch } }),
    );
  }

  get state(): RunState {
    return this.#state;
  }
  get isCancelling(): boolean {
    return this.#state.name === 'cancelling';
  }
  /** Fires when the run is cancelled, so that waiting ends. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  publish(notification: Notification): void {
    this.#publish(notification);
  }

  waiting(busy: number): void {
    if (!this.#dispatch({ type: 'busy', busy })) return;
    this.publish({ method: 'query.waiting', params: { runId: this.id, busy } });
  }

  begun(): void {
    const { state } = this;
    const waited = state.name === 'waiting' && state.busy !== undefined;
    // A statement that says nothing for long would look as if it still waited.
    if (this.#dispatch({ type: 'begun' }) && waited)
      this.publish({ method: 'query.waiting', params: { runId: this.id, busy: 0 } });
  }

  /** From here on nothing more is sent; what is on its way must be stopped by the caller. */
  cancel(): void {
    if (this.#dispatch({ type: 'cancel' }))
      this.#abort.abort(new AppError('CANCELLED', 'The run was cancelled.', { outcome: 'none' }));
  }

  end(ending: RunEnding, transactionStatus: TransactionStatus): void {
    if (!this.#dispatch({ type: 'ended', at: this.#clock.now(), ending, transactionStatus })) return;
    this.notices.flush();
    const { outcome, error, statement } = ending;
    this.publish({
      method: 'query.runEnded',
      params: {
        runId: this.id,
        outcome,
        ...(error ? { error: error.toEnvelope() } : {}),
        ...(statement ? { statement } : {}),
        transactionStatus,
      },
    });
    this.#finish();
  }

  /** Frees its results, but for those of these ids; true where none is left. */
  keepOnly(ids: ReadonlySet<string>): boolean {
    for (const [id, record] of this.results) {
      if (ids.has(id)) continue;
      record.close();
      this.results.delete(id);
    }
    return this.results.size === 0;
  }

  summary(): RunSummary {
    const state = this.#state;
    return {
      runId: this.id,
      ...this.#origin,
      startedAt: this.startedAt,
      ...(state.name === 'ended' ? endedFacts(state) : { state: state.name }),
      ...(state.name === 'waiting' && state.busy !== undefined ? { busy: state.busy } : {}),
      notices: [...this.notices.kept],
      noticeCount: this.notices.count,
      results: [...this.results.values()].map((result) => result.summary()),
    };
  }

  /** Where it came from and went to, as it was asked for. */
  get #origin() {
    const { connectionId, tabId, from, database } = this.params;
    return {
      connectionId,
      tabId,
      ...(from === undefined ? {} : { from }),
      ...(database === undefined ? {} : { database }),
    };
  }

  #announce(): void {
    this.publish({
      method: 'query.runStarted',
      params: { runId: this.id, at: this.startedAt, ...this.#origin },
    });
  }

  #dispatch(event: RunEvent): boolean {
    const before = this.#state;
    this.#state = transition(before, event);
    return this.#state !== before;
  }
}

function endedFacts({ at, ending, transactionStatus }: Extract<RunState, { name: 'ended' }>) {
  return {
    state: ending.outcome,
    endedAt: at,
    transactionStatus,
    ...(ending.error ? { error: ending.error.toEnvelope() } : {}),
    ...(ending.statement ? { statement: ending.statement } : {}),
  };
}
