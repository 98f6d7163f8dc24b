import type { MethodParams, MethodResult, Notification } from '#shared/contract/derive.ts';
import type { ReadOnlyMode } from '#shared/connection/config.ts';
import { AppError, fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import type { RunSummary } from '#shared/query/result.ts';
import type { TabSearchPath } from '#shared/query/searchPath.ts';
import type { Snapshot } from '#shared/session/snapshot.ts';
import type { Connections } from '../connection/connections.ts';
import { LeftBackends } from '../connection/leftBackends.ts';
import type { Clock } from '../lib/clock.ts';
import { Emitter } from '../lib/emitter.ts';
import { AutoReplay } from './ledger/autoReplay.ts';
import type { CatalogChange } from './catalogChange.ts';
import { Exports } from './exporting/exports.ts';
import { Ledger } from './ledger/ledger.ts';
import { readPage, readValue } from './result/pages.ts';
import { resultClosed } from './result/resultClosed.ts';
import type { ResultRecord } from './result/resultRecord.ts';
import { Run, type RunParams } from './run.ts';
import type { RanStatement } from './ranStatement.ts';
import { Runner } from './runner.ts';
import { replay } from './ledger/replay.ts';
import type { SpoolStore } from './spool/spoolStore.ts';
import { withinBudget } from './result/summaryBudget.ts';
import type { TabJournal } from './ledger/tabJournal.ts';
import { TabSession, type QueryLog } from './tabSession.ts';

export interface RunsDeps {
  connections: Connections;
  journal: TabJournal;
  clock: Clock;
  log: QueryLog;
  spools: SpoolStore;
  /** Hawser's own, into which nothing is exported. */
  dataFolder: string;
}

/** All runs of all sessions: starts them, hands out their rows, cancels and frees them. A session sees its own only. */
export class Runs {
  readonly events = new Emitter<{ sessionId: string; notification: Notification }>();
  /** A statement has changed what is in a database. */
  readonly catalogChanged = new Emitter<CatalogChange>();
  /** A statement is over, however it went. */
  readonly ran = new Emitter<RanStatement>();
  /** What tabs lost with their backends. */
  readonly ledger: Ledger;
  readonly exports: Exports;
  readonly #autoReplay: AutoReplay;
  readonly #left: LeftBackends;
  readonly #runs = new Map<string, Run>();
  readonly #tabs = new Map<string, TabSession>();
  readonly #deps: RunsDeps;

  constructor(deps: RunsDeps) {
    this.#deps = deps;
    this.#left = new LeftBackends(deps.connections);
    this.ledger = new Ledger({
      ...deps,
      publish: (sessionId, notification) => this.events.emit({ sessionId, notification }),
    });
    this.exports = new Exports({
      ...deps,
      find: (sessionId, resultId) => this.result(sessionId, resultId),
      publish: (sessionId, notification) => this.events.emit({ sessionId, notification }),
    });
    this.#autoReplay = new AutoReplay({
      ...deps,
      ledger: this.ledger,
      events: this.events,
      replay: ({ sessionId, tabId }, connectionId, signal) =>
        this.replay(sessionId, { connectionId, tabId }, signal),
    });
  }

  /** Throws NOT_FOUND and NOT_CONNECTED at once; everything later comes by notification, the first after the answer. */
  run(sessionId: string, params: RunParams): { runId: string } {
    const { connections, clock } = this.#deps;
    connections.requireLive(params.connectionId);
    // A run that waits for its turn is not let loose by a choice that is made meanwhile.
    const atLeast = connections.readOnly.of(sessionId, params.connectionId);
    const publish = (notification: Notification) => this.events.emit({ sessionId, notification });
    const run = new Run(sessionId, params, { clock, publish });
    const session = this.tab(sessionId, params.tabId);
    this.#runs.set(run.id, run);
    void session.inTurn(() =>
      this.#execute(run, session, atLeast).catch((error: unknown) => {
        run.end({ outcome: 'failed', error: fromEnvelope(toEnvelope(error)) }, session.transactionStatus);
        throw error;
      }),
    );
    return { runId: run.id };
  }

  /** Throws RESULT_CLOSED. */
  async rows(sessionId: string, params: MethodParams<'query.rows'>): Promise<MethodResult<'query.rows'>> {
    const record = this.result(sessionId, params.resultId);
    const source = record.rows(params.arrangementId);
    const { rows, cut } = await readPage(source, params.offset, params.limit);
    if (record.closed) throw resultClosed();
    const { complete } = record;
    return { rows, rowCount: source.rowCount, complete, ...(cut.length > 0 ? { cut } : {}) };
  }

  /** Throws RESULT_CLOSED, and NOT_FOUND for a row or column that is not there. */
  async value(sessionId: string, params: MethodParams<'query.value'>): Promise<MethodResult<'query.value'>> {
    const { resultId, arrangementId, row, column, offset, limit } = params;
    const record = this.result(sessionId, resultId);
    const read = readValue(record.rows(arrangementId), { row, column }, { offset, limit });
    return read.finally(() => {
      // Then there was nothing to read.
      if (record.closed) throw resultClosed();
    });
  }

  /** Answers once the statement has ended on the server or its socket is gone. What has ended is cancelled already. */
  async cancel(sessionId: string, { runId }: { runId: string }): Promise<{ settled: true }> {
    const run = this.#own(sessionId, runId);
    if (run) await this.#cancel(run);
    return { settled: true };
  }

  /** Frees one result, a run's, or all that a tab has, its backend and open transaction included. Idempotent. */
  async close(sessionId: string, target: MethodParams<'query.close'>): Promise<MethodResult<'query.close'>> {
    if ('tabId' in target) {
      await this.#closeTab(tabKey(sessionId, target.tabId));
      return {};
    }
    if ('resultId' in target) {
      this.#closeResult(sessionId, target.resultId);
      return {};
    }
    const run = this.#own(sessionId, target.runId);
    if (run) {
      await this.#cancel(run);
      this.#forget(run);
    }
    return {};
  }

  summaries(sessionId: string): RunSummary[] {
    return withinBudget(this.#of(sessionId).map((run) => run.summary()));
  }

  /** Tabs with a transaction that is open or has failed. */
  transactions(sessionId: string): Snapshot['transactions'] {
    return [...this.#tabs.values()].flatMap((tab) => {
      const { transactionStatus: status, transactionSinceAt: sinceAt, tabId, place } = tab;
      if (tab.sessionId !== sessionId || status === 'I' || !place) return [];
      const { connectionId } = place;
      return [{ tabId, connectionId, status, ...(sinceAt === undefined ? {} : { sinceAt }) }];
    });
  }

  /** Tabs that have a choice of their own about auto-commit. */
  tabs(sessionId: string): NonNullable<Snapshot['tabs']> {
    return [...this.#tabs.values()].flatMap((tab) => {
      const { tabId, autoCommit } = tab;
      return tab.sessionId !== sessionId || autoCommit === undefined ? [] : [{ tabId, autoCommit }];
    });
  }

  searchPaths(sessionId: string): TabSearchPath[] {
    return [...this.#tabs.values()].flatMap((tab) => {
      const { tabId, searchPath, place } = tab;
      if (tab.sessionId !== sessionId || !searchPath || !place) return [];
      return [{ tabId, connectionId: place.connectionId, searchPath }];
    });
  }

  setAutoCommit(sessionId: string, { tabId, autoCommit }: MethodParams<'tab.setAutoCommit'>): void {
    this.tab(sessionId, tabId).autoCommit = autoCommit;
  }

  /** Sets again what the tab's last loss took, on its next backend. */
  async replay(
    sessionId: string,
    params: MethodParams<'ledger.replay'>,
    signal: AbortSignal,
  ): Promise<MethodResult<'ledger.replay'>> {
    this.#deps.connections.requireLive(params.connectionId);
    return replay(this.tab(sessionId, params.tabId), this.ledger, params, signal);
  }

  /** What a run was asked to run; undefined once it is freed. */
  textOf(runId: string): string | undefined {
    return this.#runs.get(runId)?.params.text;
  }

  hasActive(sessionId: string): boolean {
    const isRunning = this.#of(sessionId).some(({ state }) => state.name !== 'ended');
    return isRunning || this.exports.isActive(sessionId);
  }

  /** A window has come: it is told what it had lost when the sidecar before this one ended. */
  beginSession(sessionId: string, windowId: string): void {
    this.#deps.journal.sessionBegan(sessionId, windowId);
    this.ledger.restore(sessionId);
  }

  /** Its window has not come back: cancels and frees all that it has. What that takes is told if it comes after all. */
  async endSession(sessionId: string): Promise<void> {
    const keys = [...this.#tabs].flatMap(([key, tab]) => (tab.sessionId === sessionId ? [key] : []));
    await Promise.all([
      this.exports.stop(sessionId),
      ...keys.map((key) => this.#endTab(key, (tab) => tab.close(awayForLong()))),
    ]);
    this.#deps.connections.readOnly.endSession(sessionId);
    this.ledger.leave(sessionId);
    const next = this.#deps.journal.sessionEnded(sessionId);
    if (next !== undefined) this.ledger.restore(next);
  }

  /** Cancels and frees everything. Idempotent. */
  async shutdown(): Promise<void> {
    this.#deps.journal.close();
    this.#autoReplay.close();
    await Promise.all([this.exports.stop(), ...[...this.#tabs.keys()].map((key) => this.#closeTab(key))]);
    this.ledger.close();
    this.#left.close();
  }

  async #execute(run: Run, tab: TabSession, atLeast: ReadOnlyMode): Promise<void> {
    await run.announced;
    // It may have been cancelled while it waited for its turn.
    if (run.state.name === 'ended') return;
    this.#freeEarlier(run, tab);
    const { connectionId } = run.params;
    const autoCommit = tab.autoCommitsOn(connectionId);
    const guard = tab.guardOn(connectionId, { notices: run.notices, atLeast });
    const onStatement = (ran: RanStatement) => this.ran.emit(ran);
    const runner = new Runner(run, { ...this.#deps, autoCommit, guard, onStatement });
    await tab.execute(run, (acquire) => runner.execute(acquire));
  }

  async #cancel(run: Run): Promise<void> {
    await run.announced;
    run.cancel();
    await this.tab(run.sessionId, run.params.tabId).interrupt(run);
    await run.finished;
  }

  /** The user has closed it. */
  #closeTab(key: string): Promise<void> {
    return this.#endTab(key, async (tab) => {
      await tab.close();
      this.ledger.forgetTab(tab);
    });
  }

  async #endTab(key: string, close: (tab: TabSession) => Promise<void>): Promise<void> {
    const tab = this.#tabs.get(key);
    if (!tab) return;
    const runs = this.#runsOf(tab);
    // All are told first: a run that is still waiting must not begin when the one before it has stopped.
    for (const run of runs) run.cancel();
    await Promise.all(runs.map((run) => this.#cancel(run)));
    for (const run of runs) this.#forget(run);
    await close(tab);
    if (this.#runsOf(tab).length === 0) this.#tabs.delete(key);
  }

  /** What a tab's earlier runs gave makes room for a new one, but for what is to be kept. */
  #freeEarlier(run: Run, tab: TabSession): void {
    const { keep } = run.params;
    if (keep === true) return;
    const kept = new Set(keep === false ? [] : keep);
    for (const earlier of this.#runsOf(tab))
      if (earlier !== run && earlier.state.name === 'ended' && earlier.keepOnly(kept))
        this.#runs.delete(earlier.id);
  }

  #forget(run: Run): void {
    this.#runs.delete(run.id);
    run.keepOnly(new Set());
  }

  /** What a tab has on the server; made where there is nothing yet. */
  tab(sessionId: string, tabId: string): TabSession {
    const key = tabKey(sessionId, tabId);
    const known = this.#tabs.get(key);
    if (known) return known;
    const publish = (notification: Notification) => this.events.emit({ sessionId, notification });
    const made = new TabSession(
      { sessionId, tabId },
      {
        ...this.#deps,
        ledger: this.ledger,
        left: this.#left,
        publish,
        onCatalogChanged: (change) => this.catalogChanged.emit(change),
      },
    );
    this.#tabs.set(key, made);
    this.ledger.restore(sessionId, tabId);
    return made;
  }

  #of(sessionId: string): Run[] {
    return [...this.#runs.values()].filter((run) => run.sessionId === sessionId);
  }

  #runsOf({ sessionId, tabId }: TabSession): Run[] {
    return this.#of(sessionId).filter(({ params }) => params.tabId === tabId);
  }

  /** Undefined where there is no such run any more; NOT_FOUND where it is another session's. */
  #own(sessionId: string, runId: string): Run | undefined {
    const run = this.#runs.get(runId);
    if (run && run.sessionId !== sessionId) throw new AppError('NOT_FOUND', 'There is no such run.');
    return run;
  }

  /** One whose rows still come is left alone: it ends with its run. */
  #closeResult(sessionId: string, resultId: string): void {
    for (const { results } of this.#of(sessionId)) {
      const record = results.get(resultId);
      if (!record?.complete) continue;
      record.close();
      results.delete(resultId);
    }
  }

  /** Throws RESULT_CLOSED. */
  runOf(sessionId: string, resultId: string): Run {
    const run = this.#of(sessionId).find(({ results }) => results.has(resultId));
    if (!run) throw resultClosed();
    return run;
  }

  /** Throws RESULT_CLOSED. */
  result(sessionId: string, resultId: string): ResultRecord {
    const record = this.runOf(sessionId, resultId).results.get(resultId);
    if (!record) throw resultClosed();
    return record;
  }
}

const tabKey = (sessionId: string, tabId: string): string => JSON.stringify([sessionId, tabId]);

const awayForLong = (): AppError =>
  new AppError('TOKEN_EXPIRED', 'The window was away for more than a minute, so its session was ended.');
