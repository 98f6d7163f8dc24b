import { AppError, fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import type { Notification } from '#shared/contract/derive.ts';
import type { TransactionStatus } from '#shared/query/result.ts';
import type { ConnectionOptions, ReadOnlyMode } from '#shared/connection/config.ts';
import type { ConnectionRow } from '#shared/connection/status.ts';
import type { Connections } from '../connection/connections.ts';
import { notedCheckpoint } from '../connection/lastStart.ts';
import type { LeftBackends } from '../connection/leftBackends.ts';
import type { Clock } from '../lib/clock.ts';
import { stricter } from '../connection/readOnlyModes.ts';
import type { CatalogChange } from './catalogChange.ts';
import { KeptSettings } from './guard/keptSettings.ts';
import { ReadOnlyGuard } from './guard/readOnlyGuard.ts';
import { HeldBackend } from './heldBackend.ts';
import type { Ledger } from './ledger/ledger.ts';
import { leftOutNotice } from './limits/leftOutLimits.ts';
import { untilAborted } from './leasing.ts';
import { identityOf, lossOf, type Loss } from './loss.ts';
import type { NoticeLog } from './noticeLog.ts';
import type { Run } from './run.ts';
import type { RunEnding } from './runMachine.ts';
import { isUnheeded, unanswered } from './stopMessages.ts';
import type { TabJournal } from './ledger/tabJournal.ts';

export interface TabSessionDeps {
  connections: Pick<Connections, 'lease' | 'rows' | 'readOnly' | 'requireLive'>;
  ledger: Pick<Ledger, 'record'>;
  journal: Pick<TabJournal, 'holds'>;
  left: Pick<LeftBackends, 'learn' | 'add'>;
  clock: Clock;
  log: QueryLog;
  publish: (notification: Notification) => void;
  onCatalogChanged: (at: CatalogChange) => void;
}

/** By then a cancel has settled, or the connection is closed. */
const cancelLimitMs = 2_000;

/** Of the process's log, what is needed here. */
export interface QueryLog {
  warn(facts: object, words: string): void;
}

/** Where something of a tab is to run; no database means the one that the tab is in. */
export interface Place {
  connectionId: string;
  database?: string | undefined;
}

interface AcquireRequest extends Place {
  signal: AbortSignal;
  onWaiting: (busy: number) => void;
}

/** What one tab has on the server: its runs one after the other, and the backend that it holds between them. */
export class TabSession {
  readonly sessionId: string;
  readonly tabId: string;
  /** The tab's own choice; undefined: the connection's. */
  autoCommit: boolean | undefined;
  #held: HeldBackend | undefined;
  #turn: Promise<void> = Promise.resolve();
  /** Whose turn it is. */
  #current: Run | undefined;
  #place: Place | undefined;
  #closing = new AbortController();
  #told: TransactionStatus = 'I';
  #toldPath: string | undefined;
  #loss: Loss | undefined;
  /** The server that the backend is on, and its last checkpoint. */
  #serverFacts: () => Pick<Loss, 'identity' | 'checkpoint'> = () => ({ identity: {} });
  readonly #settings = new KeptSettings();
  readonly #deps: TabSessionDeps;

  constructor({ sessionId, tabId }: { sessionId: string; tabId: string }, deps: TabSessionDeps) {
    this.sessionId = sessionId;
    this.tabId = tabId;
    this.#deps = deps;
  }

  get transactionStatus(): TransactionStatus {
    return this.#held?.transactionStatus ?? 'I';
  }
  get transactionSinceAt(): number | undefined {
    return this.transactionStatus === 'I' ? undefined : this.#held?.transactionSinceAt;
  }
  /** Where the tab is: the place of its last run. */
  get place(): Place | undefined {
    return this.#held ? { connectionId: this.#held.connectionId } : this.#place;
  }
  get held(): HeldBackend | undefined {
    return this.#held?.backend.alive ? this.#held : undefined;
  }

  /** What names without a schema are looked up in, where somebody has set it for this session. */
  get searchPath(): string[] | undefined {
    const { connectionId } = this.place ?? {};
    const [typed, kept] = [this.#held?.searchPath, this.#settings.searchPath];
    // It may have been deleted.
    if (!(typed ?? kept) || connectionId === undefined || !this.#rowOf(connectionId)) return undefined;
    return this.guardOn(connectionId) ? kept : typed;
  }

  autoCommitsOn(connectionId: string): boolean {
    return this.autoCommit ?? this.#optionsOf(connectionId)?.autoCommit ?? true;
  }

  /** What lets statements through on a connection that this window may only read; undefined where it may write. */
  guardOn(
    connectionId: string,
    { notices, atLeast = 'off' }: { notices?: NoticeLog; atLeast?: ReadOnlyMode } = {},
  ): ReadOnlyGuard | undefined {
    const mode = stricter(this.#deps.connections.readOnly.of(this.sessionId, connectionId), atLeast);
    return mode === 'off' ? undefined : new ReadOnlyGuard({ mode, settings: this.#settings, notices });
  }

  /** Calls `work` after all that was handed in before. Never rejects: what fails must not keep the next from its turn. */
  inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work).catch((error: unknown) => {
      const { sessionId, tabId } = this;
      this.#deps.log.warn({ sessionId, tabId, error }, 'Something in a tab failed');
    });
    return this.#turn;
  }

  /** Executes a run whose turn it is, ends it, and then sees whether the backend must stay. Never rejects. */
  async execute(
    run: Run,
    statements: (acquire: () => Promise<HeldBackend>) => Promise<RunEnding>,
  ): Promise<void> {
    this.#current = run;
    const { connectionId, database } = run.params;
    const request = { connectionId, database, signal: run.signal };
    const acquire = async () => {
      const held = await this.#acquire({ ...request, onWaiting: (busy) => run.waiting(busy) });
      const notice = leftOutNotice(this.sessionId, this.#rowOf(connectionId)?.info);
      if (notice) run.notices.add(notice);
      return held;
    };
    const ending = await statements(acquire).catch((error: unknown): RunEnding => {
      if (run.isCancelling) return { outcome: 'cancelled' };
      const failure = error instanceof AppError ? error : fromEnvelope(toEnvelope(error));
      // The user disconnected while it waited, or there is no backend for it.
      const outcome = failure.code === 'CANCELLED' ? 'cancelled' : 'failed';
      // It never came to a backend, so nothing was sent.
      return { outcome, error: failure.with({ outcome: failure.facts.outcome ?? 'none' }) };
    });
    run.end(ending, this.transactionStatus);
    this.#current = undefined;
    await this.#settle();
  }

  /** Something of our own in the tab, in its turn: gets what gives the backend, and is followed by what follows a run. */
  perform<T>(
    signal: AbortSignal,
    work: (acquire: (place: Place) => Promise<HeldBackend>, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const acquire = (place: Place) => this.#acquire({ ...place, signal: either, onWaiting: () => {} });
    return new Promise((resolve, reject) => {
      void this.inTurn(async () => {
        const done = Promise.resolve().then(() => {
          either.throwIfAborted();
          return work(acquire, either);
        });
        const settled = done.catch(() => {}).then(() => this.#settle());
        const onAbort = () => this.#limitCancel(settled);
        either.addEventListener('abort', onAbort, { once: true });
        // What was done is done, also where what follows fails.
        await settled.finally(() => {
          either.removeEventListener('abort', onAbort);
          done.then(resolve, reject);
        });
      });
    });
  }

  /** Stops what a cancelled run has under way; one that still waits for its turn ends here. */
  async interrupt(run: Run): Promise<void> {
    if (run !== this.#current) return run.end({ outcome: 'cancelled' }, this.transactionStatus);
    this.#limitCancel(run.finished);
    await this.#held?.backend.cancel();
  }

  /** A cancel may find something of our own under way on a dead link: what has not settled in time ends with its backend. */
  #limitCancel(settled: Promise<unknown>): void {
    const disarm = this.#deps.clock.after(cancelLimitMs, () => {
      const backend = this.#held?.backend;
      // What was sent for the user is seen to by its own cancel.
      if (backend && !backend.busy) backend.destroy(unanswered());
    });
    settled.then(disarm, disarm);
  }

  /** Gives the backend back once the present turn is over; what it holds is a loss where that has a cause. Idempotent. */
  close(cause?: AppError): Promise<void> {
    this.#closing.abort(new AppError('CANCELLED', 'The tab was closed.', { outcome: 'none' }));
    this.#closing = new AbortController();
    return this.inTurn(() => {
      if (cause && this.held) this.#loss = this.#lossOf(this.held, cause);
      return this.#release();
    });
  }

  /**
   * A backend: the one that the tab holds, or another. Waits visibly and as long as the pool lets it; rejects with why
   * there is none, or with the abort.
   */
  async #acquire(request: AcquireRequest): Promise<HeldBackend> {
    const { connectionId, database } = request;
    await this.#leaveOther(request);
    this.#held ??= await this.#lease(request);
    this.#place = { connectionId, database };
    if (this.#mayWriteAfterAll(connectionId)) await this.#held.allowWriting();
    return this.#held;
  }

  /** A tab may move on to another database or connection, but not away from an open transaction. */
  async #leaveOther({ connectionId, database }: Place): Promise<void> {
    await this.#releaseIfLost();
    const held = this.#held;
    if (!held) return;
    const isSame =
      held.connectionId === connectionId && (database === undefined || database === held.backend.database);
    if (isSame) return;
    if (held.transactionStatus === 'I') return this.#release();
    const place = `the database ${held.backend.database}`;
    throw new AppError('TRANSACTION_STATE', `This tab has an open transaction in ${place}.`, {
      hint: 'Commit it or roll it back there first, or run this in another tab.',
      outcome: 'none',
      actions: [{ id: 'rollback', label: 'Roll back' }],
    });
  }

  async #lease({ connectionId, ...request }: AcquireRequest): Promise<HeldBackend> {
    const { control } = this.#deps.connections.requireLive(connectionId);
    const identity = identityOf(this.#rowOf(connectionId));
    const lease = await untilAborted(this.#deps.connections.lease(connectionId, request), request.signal);
    this.#serverFacts = () => ({ identity, checkpoint: notedCheckpoint(control) });
    const events = {
      onLost: (error: AppError) => this.#lost(held, error),
      onTransaction: () => this.#tellTransaction(held),
      onHeld: () => this.#writeDown(held),
      onCatalogChanged: () => this.#deps.onCatalogChanged({ connectionId, database: lease.backend.database }),
    };
    const options = this.#optionsOf(connectionId);
    const held = new HeldBackend(connectionId, lease, this.#deps.clock, events, options);
    this.#held = held;
    void this.#deps.left.learn(connectionId, lease.backend);
    try {
      if (this.#hasOwnState(connectionId)) await held.learnBaseline();
      return held;
    } catch (error) {
      await this.#release();
      throw error;
    }
  }

  /** For the next sidecar, should this one end before the tab gives its backend back. */
  #writeDown(held: HeldBackend): void {
    const { connectionId, backend } = held;
    const gone = held.gone();
    this.#tellSearchPath(connectionId);
    if (!gone) return this.#deps.journal.holds(this, undefined);
    const { database } = backend;
    const commit = gone.commit && { ...gone.commit, ...this.#serverFacts() };
    this.#deps.journal.holds(this, { connectionId, database, at: this.#deps.clock.now(), ...gone, commit });
  }

  #lost(held: HeldBackend, error: AppError): void {
    this.#loss = this.#lossOf(held, error);
    if (held.leavesTransaction || isUnheeded(error)) this.#deps.left.add(held.connectionId, held.backend);
    void this.inTurn(() => this.#releaseIfLost());
  }

  #lossOf(held: HeldBackend, error: AppError): Loss | undefined {
    const facts = { ...this.#serverFacts(), at: this.#deps.clock.now(), error };
    return lossOf(held, { row: this.#rowOf(held.connectionId), ...facts });
  }

  /** SQL that a connection runs at its start, and its role, look like the user's doing afterwards. */
  #hasOwnState(connectionId: string): boolean {
    const { startupSql, role } = this.#optionsOf(connectionId) ?? {};
    return Boolean(startupSql) || Boolean(role);
  }

  #optionsOf(connectionId: string): ConnectionOptions | undefined {
    return this.#rowOf(connectionId)?.config.options;
  }

  /** Its backends begin read-only, and the mode in force is another. */
  #mayWriteAfterAll(connectionId: string): boolean {
    const startedAs = this.#rowOf(connectionId)?.info?.readOnly ?? 'off';
    return startedAs !== 'off' && this.#deps.connections.readOnly.of(this.sessionId, connectionId) === 'off';
  }

  #rowOf(connectionId: string): ConnectionRow | undefined {
    return this.#deps.connections.rows().find(({ config }) => config.id === connectionId);
  }

  /** After a run: keeps the backend where the user would lose something otherwise. */
  async #settle(): Promise<void> {
    const held = this.#held;
    if (!held) return;
    held.noteTransaction();
    const isNeeded = await held.isNeeded().catch((error: unknown) => {
      // Rather one backend too many than settings and tables of the user's lost.
      const { connectionId } = held;
      this.#deps.log.warn({ connectionId, error }, 'What a session holds could not be read, so it is kept');
      return held.backend.alive;
    });
    if (!isNeeded) await this.#release();
  }

  /** A backend that is gone keeps its place in the pool until it is given back. */
  async #releaseIfLost(): Promise<void> {
    if (this.#held && !this.#held.backend.alive) await this.#release();
  }

  async #release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    await held?.release();
    if (held) this.#tellTransaction(held);
    if (held) this.#tellSearchPath(held.connectionId);
    const loss = this.#loss;
    this.#loss = undefined;
    if (loss) this.#deps.ledger.record(this, loss);
    this.#deps.journal.holds(this, undefined);
  }

  #tellSearchPath(connectionId: string): void {
    const { tabId, searchPath } = this;
    const path = JSON.stringify(searchPath);
    if (path === this.#toldPath) return;
    this.#toldPath = path;
    const params = { tabId, connectionId, ...(searchPath ? { searchPath } : {}) };
    this.#deps.publish({ method: 'tab.searchPathChanged', params });
  }

  /** The window is told of each change once. */
  #tellTransaction({ connectionId }: HeldBackend): void {
    const { tabId, transactionStatus: status, transactionSinceAt: sinceAt } = this;
    if (status === this.#told) return;
    this.#told = status;
    const since = sinceAt === undefined ? {} : { sinceAt };
    this.#deps.publish({ method: 'transaction.changed', params: { tabId, connectionId, status, ...since } });
  }
}
