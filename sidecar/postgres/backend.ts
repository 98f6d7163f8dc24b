import { AppError } from '#shared/error/appError.ts';
import type { TransactionStatus } from '#shared/query/result.ts';
import { atMost } from '../lib/deadline.ts';
import { Emitter } from '../lib/emitter.ts';
import { BackendClient, type LoginOptions } from './backendClient.ts';
import { sendCancelRequest } from './cancelRequest.ts';
import { ExtendedStatement } from './extendedStatement.ts';
import { classify, isOfStatement } from './linkErrors.ts';
import type { CopyResponseMessage, NoticeMessage, ReadyForQueryMessage } from './pgInside.ts';
import { RawStatement, toNotice, type StatementSink } from './statement.ts';

/** A first cancel may come before the statement has begun and is lost then: it is sent again until the statement ends. */
const cancelDelaysMs = [50, 100, 200, 250];
/** After this time a statement that does not heed its cancel costs its backend. */
const cancelLimitMs = 2_000;
/** Statements of our own are short; one that takes longer than this is on a dead link. */
const ownQueryLimitMs = 10_000;

interface ExecuteOptions {
  protocol?: 'simple' | 'extended';
  /**
   * Commands of our own without rows, SET LOCAL, that go in the same message. They make one transaction with the
   * statement, so not before what must run outside of one. By the simple protocol only.
   */
  before?: readonly string[];
}

interface Running {
  statement: RawStatement;
  settled: Promise<void>;
  resolve: (result: { error?: AppError }) => void;
  reject: (error: AppError) => void;
}

/** One server process and its socket: sends one statement at a time, cancels it, and knows when it is lost. */
export class Backend {
  readonly client: BackendClient;
  readonly database: string;
  readonly target: string;
  /** Told once, with the cause, when the socket is gone. */
  readonly lost = new Emitter<AppError>();
  /** Values that the server reported at login, for example server_version. */
  readonly parameters = new Map<string, string>();
  /** A pooler is in the way: each transaction may run on another process of the server, shared with others. */
  pooled = false;
  #transactionStatus: TransactionStatus = 'I';
  #running: Running | undefined;
  #cancelling: Promise<void> | undefined;
  #lostBy: AppError | undefined;
  /** Nothing more is sent: what ran is being stopped, and then the socket goes. */
  #abandoned = false;
  /** Ends when the last statement of our own has been answered. */
  #ownQueries: Promise<void> = Promise.resolve();
  #ownUnderWay = 0;
  /** Was a cancel sent for what runs, or ran last, and has the server taken one? */
  #cancelRequest: 'none' | 'sent' | 'taken' = 'none';

  constructor(login: LoginOptions, target: string) {
    this.client = new BackendClient(login);
    this.database = login.database;
    this.target = target;
    const { raw } = this.client;
    raw.on('parameterStatus', (message: { parameterName: string; parameterValue: string }) =>
      this.parameters.set(message.parameterName, message.parameterValue),
    );
    raw.on('copyOutResponse', (message: CopyResponseMessage) => this.#copyOut(message));
    // pg has set its own listeners when it is connected, and ours must come after them.
    this.client.once('connect', () =>
      raw.on('readyForQuery', (message: ReadyForQueryMessage) => this.#settle(message)),
    );
    this.client.on('notice', (message: NoticeMessage) =>
      this.#running?.statement.sink.notice(toNotice(message)),
    );
    this.client.on('error', (error: unknown) => this.#lose(error));
    this.client.once('end', () => this.#lose(new Error('Connection terminated')));
  }

  /** Opens the socket and logs in. Rejects with an error of the catalogue; nothing is left open then. */
  async open(): Promise<this> {
    try {
      await this.client.connect();
      return this;
    } catch (error) {
      throw classify(error, this.target);
    }
  }

  get pid(): number {
    return this.client.processID ?? 0;
  }
  get transactionStatus(): TransactionStatus {
    return this.#transactionStatus;
  }
  get alive(): boolean {
    return this.#lostBy === undefined;
  }
  /** Is its connection being closed? */
  get abandoned(): boolean {
    return this.#abandoned;
  }
  get busy(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Sends one statement and settles when the server is ready again; by the extended protocol the server itself sees to it
   * that it is one. A server's error is a result; it rejects only where the backend is lost, with `outcome` none if nothing
   * was sent, else unknown.
   */
  execute(
    text: string,
    sink: StatementSink,
    { protocol = 'simple', before = [] }: ExecuteOptions = {},
  ): Promise<{ error?: AppError }> {
    if (this.#lostBy) return Promise.reject(this.#lostBy.with({ outcome: 'none' }));
    if (this.#abandoned)
      return Promise.reject(
        new AppError('CANCELLED', 'Disconnected before this was sent.', { outcome: 'none' }),
      );
    if (this.#running) throw new Error('A backend runs one statement at a time');
    const Statement = protocol === 'extended' ? ExtendedStatement : RawStatement;
    const statement = new Statement(text, sink, before);
    let running: Running | undefined;
    const result = new Promise<{ error?: AppError }>((resolve, reject) => {
      running = { statement, resolve, reject, settled: Promise.resolve() };
    });
    if (running) running.settled = result.then(noop, noop);
    this.#running = running;
    this.#cancelRequest = 'none';
    this.client.query(statement);
    return result;
  }

  /** A statement of our own, values as text. Rejects with an error of the catalogue. */
  query(text: string, limitMs = ownQueryLimitMs): Promise<(string | null)[][]> {
    // One after the other: pg's own queue of waiting queries is going away.
    const answer = this.#ownQueries.then(() => this.#query(text, limitMs));
    this.#ownQueries = answer.then(noop, noop);
    return answer;
  }

  async #query(text: string, limitMs: number): Promise<(string | null)[][]> {
    if (this.#lostBy) throw this.#lostBy;
    this.#ownUnderWay += 1;
    const timer = setTimeout(
      () => this.destroy(new AppError('CONNECTION_LOST', `${this.target} stopped answering.`)),
      limitMs,
    );
    try {
      const result = await this.client.query<(string | null)[]>({ text, rowMode: 'array', types: asText });
      // Several statements in one text give several results: the last one's rows are the answer.
      const results = [result].flat();
      return results.at(-1)?.rows ?? [];
    } catch (error) {
      throw this.#lostBy ?? classify(error, this.target);
    } finally {
      this.#ownUnderWay -= 1;
      clearTimeout(timer);
    }
  }

  pause(): void {
    this.client.raw.pause();
  }
  resume(): void {
    this.client.raw.resume();
  }

  /**
   * Stops the running statement. Resolves once it has settled and no cancel is under way any more, so that what is sent
   * next cannot be hit; a statement that does not end in time loses its backend.
   */
  cancel(limitMs = cancelLimitMs): Promise<void> {
    if (this.#running)
      this.#cancelling ??= this.#cancel(this.#running, limitMs).finally(() => (this.#cancelling = undefined));
    return this.#cancelling ?? Promise.resolve();
  }

  /** Gives the backend up at once; never waits for the network. Idempotent. */
  destroy(error: AppError): void {
    this.#lose(error);
  }

  /**
   * Before the backend is given up: nothing more is sent, and what runs is cancelled, for it would go on at the server.
   * Resolves once it has settled, or after `limitMs`.
   */
  async abandon(limitMs: number): Promise<void> {
    this.#abandoned = true;
    const running = this.#running;
    if (!this.alive) return;
    if (!running) return this.#cancelOwn(limitMs);
    const abort = new AbortController();
    const requests = await this.#askUntilSettled(running, limitMs, abort.signal);
    abort.abort(new Error('The backend is given up'));
    await Promise.all(requests);
  }

  async #cancelOwn(limitMs: number): Promise<void> {
    if (this.#ownUnderWay === 0) return;
    const abort = new AbortController();
    await atMost(
      limitMs,
      this.#sendCancel(abort.signal).then(() => this.#ownQueries, noop),
    );
    abort.abort(new Error('The backend is given up'));
  }

  #sendCancel(signal: AbortSignal): Promise<void> {
    const key = { pid: this.pid, secretKey: this.client.secretKey ?? 0 };
    return sendCancelRequest(this.client.login.dial, key, signal);
  }

  #askToCancel(running: Running, signal: AbortSignal): Promise<void> {
    if (this.#cancelRequest === 'none') this.#cancelRequest = 'sent';
    return this.#sendCancel(signal).then(() => {
      if (this.#running === running) this.#cancelRequest = 'taken';
    }, noop);
  }

  /** Gives the cancels that may still be on their way. */
  async #askUntilSettled(running: Running, limitMs: number, signal: AbortSignal): Promise<Promise<void>[]> {
    const requests: Promise<void>[] = [];
    // A server that waits for data takes no cancel, nor does one whose data is not taken.
    running.statement.feed?.stop();
    this.client.raw.drain(true);
    const until = performance.now() + limitMs;
    for (let round = 0; this.#running === running && performance.now() < until; round += 1) {
      requests.push(this.#askToCancel(running, signal));
      const wait = cancelDelaysMs[Math.min(round, cancelDelaysMs.length - 1)] ?? 250;
      await atMost(wait, running.settled);
    }
    return requests;
  }

  async #cancel(running: Running, limitMs: number): Promise<void> {
    const abort = new AbortController();
    const requests = await this.#askUntilSettled(running, limitMs, abort.signal);
    if (this.#running === running) this.destroy(notStopped(this.#cancelRequest === 'taken'));
    if (!this.alive) abort.abort(new Error('The backend is gone'));
    await Promise.all(requests);
    // The signal of a late cancel has been sent by now; one round trip makes sure that it has been taken, too.
    if (this.alive) await this.query('', cancelLimitMs).catch(noop);
  }

  #copyOut({ columnTypes }: CopyResponseMessage): void {
    if (!this.#running) return;
    const { statement } = this.#running;
    if (statement.sink.copyOut) return statement.sink.copyOut(columnTypes.length);
    statement.copy = 'out';
    void this.cancel();
  }

  #settle({ status }: ReadyForQueryMessage): void {
    this.#transactionStatus = status;
    const running = this.#running;
    if (!running) return;
    this.#release();
    const { statement } = running;
    const error =
      statement.feed?.failure ?? statement.error ?? (statement.copy ? new Error('COPY') : undefined);
    running.resolve(error === undefined ? {} : { error: this.#statementError(statement, error) });
  }

  #statementError(statement: RawStatement, error: unknown): AppError {
    if (statement.copy) return copyNeedsFile(statement.copy);
    const known = classify(error, this.target);
    // A server that speaks another language says by its code alone that it stopped: if we did not ask, a limit did.
    if (
      known.code === 'CANCELLED' &&
      this.#cancelRequest === 'none' &&
      !/^cancel+ing statement/.test((error as Error).message)
    )
      return new AppError('STATEMENT_TIMEOUT', 'Stopped: the statement ran for longer than its time limit.', {
        ...known.facts,
      });
    const position = statement.errorPosition;
    return classify(error, this.target, position === undefined ? {} : { position });
  }

  #lose(cause: unknown): void {
    if (this.#lostBy) return;
    const running = this.#running;
    const said = running?.statement.error;
    // A FATAL error of the server comes before the end of the stream, and names the cause; one of a statement does not.
    const error = classify(said === undefined || isOfStatement(said) ? cause : said, this.target);
    this.#lostBy = error;
    this.#release();
    this.client.destroy(error);
    const own = said === undefined ? error : classify(said, this.target);
    const isUnfinished = running?.statement.feed?.complete === false;
    running?.reject(own.with(isUnfinished ? nothingCopied : { outcome: own.facts.outcome ?? 'unknown' }));
    this.lost.emit(error);
  }

  #release(): void {
    this.#running?.statement.feed?.end();
    this.#running = undefined;
    this.client.raw.rowSink = undefined;
    this.client.raw.copySink = undefined;
    this.client.raw.drain(false);
  }
}

/** A cancel was in vain: the server knows of it and goes on all the same, or knows nothing of it. */
function notStopped(isTaken: boolean): AppError {
  const message = isTaken
    ? 'The server was asked to stop the statement, which goes on all the same, so its connection was closed.'
    : 'The server was not reached to stop the statement, so its connection was closed.';
  return new AppError('CANCELLED', message, {
    reason: isTaken ? 'cancelIgnored' : 'cancelUnreached',
    hint: 'Whether the statement takes effect is not known. Look before you run it again.',
    outcome: 'unknown',
  });
}

/** The link was lost while a COPY FROM STDIN still sent its data. */
const nothingCopied = {
  outcome: 'rolledBack',
  hint: 'Nothing was copied: the server takes all rows of a COPY or none, and the last ones were not sent yet.',
} as const;

export function copyNeedsFile(direction: 'in' | 'out'): AppError {
  return direction === 'in'
    ? new AppError('COPY_NEEDS_FILE', 'COPY FROM STDIN reads its rows from a file, and none was chosen.', {
        reason: 'fromStdin',
        hint: 'Use INSERT, or COPY from a file on the server. Nothing was changed.',
      })
    : new AppError('COPY_NEEDS_FILE', 'COPY TO STDOUT writes its rows to a file, and none was chosen.', {
        reason: 'toStdout',
        hint: 'Run it as a SELECT to see its rows here. Nothing was run.',
      });
}

const asText = { getTypeParser: () => (value: string) => value };
const noop = (): void => {};
