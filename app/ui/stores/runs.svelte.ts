import { SvelteMap } from 'svelte/reactivity';
import type { MethodInput, Notification } from '#shared/contract/derive.ts';
import { AppError, fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import type { RunSummary } from '#shared/query/result.ts';
import type { SelectionSummary } from '../components/grid/gridSummary.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { partOf, Run, textStart, type RunRequest, type RunState } from './runsRun.svelte.ts';
import type { Result } from './runsResult.svelte.ts';
import { TabRuns, type Turn } from './runsTab.svelte.ts';
import { countSkipped } from './runsSkipped.ts';
import type { SentTexts } from './sentTexts.ts';

export type QueryNotification = Extract<Notification, { method: `query.${string}` }>;

/** What the status bar says of a tab; `rows` and `elapsedMs` belong to the grid that is shown. */
export interface TabStatus {
  readonly state: RunState | 'starting';
  readonly rows?: number;
  readonly complete: boolean;
  readonly elapsedMs?: number;
  readonly selection?: SelectionSummary;
}

/** `query.run` answers at once; a sidecar that does not is one that hangs. */
const runMs = 15_000;
/** The statement or its socket has ended after 2 s at the latest; the rest is for a slow machine. */
const cancelMs = 15_000;

/**
 * The runs and results of all tabs, from `query.*` notifications and `snapshot.runs`. A response patches nothing here
 * but row slices; what the user asked for and is not confirmed is kept apart, as a launch.
 */
export class RunsStore {
  #tabs = new SvelteMap<string, TabRuns>();
  #runs = new Map<string, Run>();
  #rpc: Rpc;
  #sent: SentTexts;

  constructor(rpc: Rpc, sent: SentTexts) {
    this.#rpc = rpc;
    this.#sent = sent;
  }

  /** The runs of a tab; undefined where nothing was ever run in it. */
  tab(tabId: string): TabRuns | undefined {
    return this.#tabs.get(tabId);
  }

  isBusy(tabId: string): boolean {
    return this.#tabs.get(tabId)?.busy ?? false;
  }

  statusOf(tabId: string): TabStatus | undefined {
    const tab = this.#tabs.get(tabId);
    if (!tab?.run) return undefined;
    const { run, result } = tab;
    const shown = result ?? run.results.at(-1);
    return {
      state: tab.starting ? 'starting' : run.state,
      complete: !run.active,
      ...(result ? { rows: result.rowCount } : {}),
      ...(shown?.elapsedMs === undefined ? {} : { elapsedMs: shown.elapsedMs }),
      ...(result?.view.summary ? { selection: result.view.summary } : {}),
    };
  }

  load(summaries: readonly RunSummary[]): void {
    const known = new Set(summaries.map((summary) => summary.runId));
    for (const run of this.#runs.values()) if (!known.has(run.id)) run.lose(Date.now());
    for (const summary of summaries) this.#sync(summary, known);
    for (const tab of this.#tabs.values()) tab.turnOver();
    this.#forgetRuns();
  }

  /** After a reload: finds the texts of runs again in the documents that they were sent from. */
  recall(documentText: (tabId: string) => string | undefined): void {
    for (const run of this.#runs.values()) {
      if (run.origin || run.from === undefined) continue;
      const document = documentText(run.tabId) ?? '';
      const text = this.#sent.recall(run.id, document, run.from);
      if (text === undefined) continue;
      run.recalled({ from: run.from, text, start: textStart(document, run.from) });
      void countSkipped(this.#rpc, run);
    }
  }

  apply(notification: QueryNotification): void {
    const { method, params } = notification;
    if (method === 'query.runStarted') return this.#started(params);
    const run = this.#runs.get(params.runId);
    if (!run) return;
    if (method === 'query.waiting') run.waiting(params);
    else if (method === 'query.resultStarted') run.resultStarted(params);
    else if (method === 'query.progress') run.result(params.resultId)?.progressed(params);
    else if (method === 'query.resultEnded') run.result(params.resultId)?.ended(params);
    else if (method === 'query.arranging') run.result(params.resultId)?.arranging.progressed(params);
    else if (method === 'query.notice') run.noticed(params);
    else {
      run.ended(params, Date.now());
      this.#tabs.get(run.tabId)?.turnOver();
      void countSkipped(this.#rpc, run);
    }
  }

  /**
   * Shows from now on that something is about to be run in a tab, while `find` finds out what. What keeps it from that
   * stands with the tab; undefined then, or where the user has taken it back.
   */
  async prepare<T>(tabId: string, find: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    if (this.tab(tabId)?.starting) return undefined;
    const tab = this.#tabOf(tabId);
    const abort = new AbortController();
    tab.launched({ kind: 'preparing', abort });
    try {
      return await find(abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) tab.launched({ kind: 'notRun', error: asAppError(error) });
      return undefined;
    } finally {
      if (tab.starting?.abort === abort) tab.launched(undefined);
      if (abort.signal.aborted || tab.launch) tab.turnOver();
    }
  }

  /** Sends a text. Never rejects: a refusal stands with the tab, where its results would, and is returned. */
  async run(request: RunRequest): Promise<AppError | undefined> {
    const { tabId, confirm: _, ...origin } = request;
    const tab = this.#tabOf(tabId);
    if (tab.busy) return undefined;
    const abort = new AbortController();
    tab.launched({ kind: 'starting', origin, abort });
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(runMs)]);
    try {
      const keep = [...tab.pinned];
      const params = { ...paramsOf(request), ...(keep.length > 0 ? { keep } : {}) };
      await this.#rpc.call('query.run', params, signal);
    } catch (error) {
      if (tab.launch?.kind !== 'starting' || tab.launch.abort !== abort) return undefined;
      const refusal = abort.signal.aborted ? undefined : refusalOf(error);
      tab.launched(refusal && { kind: 'refused', origin, error: refusal });
      tab.turnOver();
      return refusal;
    }
    return undefined;
  }

  /** The run of a tab once it has ended; undefined where it was not begun. */
  async endOf(tabId: string): Promise<Run | undefined> {
    const tab = this.#tabOf(tabId);
    await tab.untilIdle();
    if (tab.launch?.kind === 'refused') throw tab.launch.error;
    return tab.run;
  }

  /** Waits until what is under way in the tab has ended; at once where nothing is. */
  waitForTurn(request: RunRequest): Promise<Turn> {
    const tab = this.#tabOf(request.tabId);
    if (tab.busy) return tab.waitForTurn(request);
    tab.takeBackNext();
    return Promise.resolve('come');
  }

  /** The limit of what is run in a tab from now on, in milliseconds; 0 is none, undefined the connection's. */
  limit(tabId: string, ms: number | undefined): void {
    this.#tabOf(tabId).limitMs = ms;
  }

  /** What is run in a tab from now on goes on after a statement that fails, or no longer does. */
  goOnAfterErrors(tabId: string, goesOn: boolean): void {
    this.#tabOf(tabId).goesOn = goesOn;
  }

  /** What was refused is asked about elsewhere. */
  forgetRefusal(tabId: string): void {
    const tab = this.#tabs.get(tabId);
    if (tab?.launch?.kind === 'refused') tab.launched(undefined);
  }

  /** The text of the last run is known, so that it can be sent once more as it was. */
  canRunAgain(tabId: string): boolean {
    const tab = this.#tabs.get(tabId);
    return tab !== undefined && !tab.busy && tab.lastOrigin !== undefined && tab.run !== undefined;
  }

  /** There is a run, but what it was is not known: its text was changed between the run and a reload. */
  isTextGone(tabId: string): boolean {
    const tab = this.#tabs.get(tabId);
    return tab?.run !== undefined && tab.lastOrigin === undefined;
  }

  /** What sends the text of the last run once more, to the same connection and database. */
  requestAgain(tabId: string): RunRequest | undefined {
    const { lastOrigin } = this.#tabs.get(tabId) ?? {};
    return lastOrigin && { tabId, ...lastOrigin };
  }

  /** What sends the statement at which the last run stopped once more, and nothing before or behind it. */
  requestStopped(tabId: string): RunRequest | undefined {
    const { run } = this.#tabs.get(tabId) ?? {};
    const stopped = run?.failedStatement ?? run?.stoppedAt;
    return run?.origin && stopped && { tabId, ...partOf(run.origin, stopped) };
  }

  /** What sends the statements that the last run left out: behind the one at which it stopped, or from it on. */
  requestRest(tabId: string, from: 'behind' | 'here'): RunRequest | undefined {
    const { run } = this.#tabs.get(tabId) ?? {};
    if (!run?.origin || !run.stoppedAt || run.skipped === 0) return undefined;
    const at = from === 'here' ? run.stoppedAt.from : run.stoppedAt.to;
    return { tabId, ...partOf(run.origin, { from: at, to: run.origin.text.length }) };
  }

  /** Frees results that are all there, here and in the sidecar. */
  closeResults(tabId: string, results: readonly Result[]): void {
    const ids = new Set(results.filter(({ complete }) => complete).map(({ id }) => id));
    this.#tabs.get(tabId)?.dropResults(ids);
    this.#forgetRuns();
    // What the sidecar could not be told, it frees with the next run.
    for (const resultId of ids) this.#rpc.call('query.close', { resultId }).catch(() => undefined);
  }

  /** Asks for the end of what runs in a tab. Done when `query.runEnded` says so; safe to repeat. */
  async cancel(tabId: string): Promise<void> {
    const tab = this.#tabs.get(tabId);
    tab?.withdraw();
    const run = tab?.run;
    if (!run?.active || run.state === 'cancelling') return;
    run.markCancelAsked(true);
    try {
      await this.#rpc.call('query.cancel', { runId: run.id }, AbortSignal.timeout(cancelMs));
    } catch {
      // It has ended meanwhile, or the link is gone; else the button is there to be pressed again.
      run.markCancelAsked(false);
    }
  }

  /** The tab is closed: its results are freed here and in the sidecar. For whoever closes a document. */
  closeTab(tabId: string): void {
    const tab = this.#tabs.get(tabId);
    if (!tab) return;
    tab.close();
    this.#tabs.delete(tabId);
    this.#forgetRuns();
    // Where the link is down, the sidecar frees a window's results with its session.
    this.#rpc.call('query.close', { tabId }).catch(() => undefined);
  }

  #started({ at, ...facts }: Extract<QueryNotification, { method: 'query.runStarted' }>['params']): void {
    if (this.#runs.has(facts.runId)) return;
    const tab = this.#tabOf(facts.tabId);
    const { withdrawn } = tab;
    // Also where it was given up for lost, and yet arrived.
    const origin = tab.launchedOrigin ?? withdrawn;
    this.#begin(tab, new Run(this.#rpc, { ...facts, startedAt: at }, { origin, kept: tab.kept }));
    this.#forgetRuns();
    if (origin) this.#sent.remember(facts.runId, origin.text);
    // It was taken back while it was on its way.
    if (withdrawn) void this.cancel(facts.tabId);
  }

  /** Runs that no tab shows any more, and what their texts were. */
  #forgetRuns(): void {
    for (const run of this.#runs.values())
      if (!this.#tabs.get(run.tabId)?.runs.includes(run)) this.#runs.delete(run.id);
    this.#sent.keepOnly((runId) => this.#runs.has(runId));
  }

  #sync(summary: RunSummary, held: ReadonlySet<string>): void {
    const known = this.#runs.get(summary.runId);
    const tab = this.#tabOf(summary.tabId);
    const run = known ?? new Run(this.#rpc, summary, { kept: tab.kept });
    run.sync(summary);
    if (known) return;
    // What the sidecar holds of runs before this one is what was pinned.
    for (const { results } of tab.runs.filter(({ id }) => held.has(id)))
      for (const { id } of results) tab.pin(id, true);
    this.#begin(tab, run);
  }

  #begin(tab: TabRuns, run: Run): void {
    this.#runs.set(run.id, run);
    tab.began(run);
  }

  #tabOf(tabId: string): TabRuns {
    const known = this.#tabs.get(tabId);
    if (known) return known;
    const tab = new TabRuns(tabId);
    this.#tabs.set(tabId, tab);
    return tab;
  }
}

const paramsOf = ({ start: _, database, confirm, ...params }: RunRequest): MethodInput<'query.run'> => ({
  ...params,
  ...(database === undefined ? {} : { database }),
  ...(confirm === undefined ? {} : { confirm }),
});

const asAppError = (error: unknown): AppError =>
  error instanceof AppError ? error : fromEnvelope(toEnvelope(error));

/** A request that got no answer may have arrived: then the run is told as soon as the sidecar can be heard again. */
function refusalOf(error: unknown): AppError {
  const refusal = asAppError(error);
  if (refusal.code !== 'TIMEOUT' && refusal.code !== 'SIDECAR_RESTARTED') return refusal;
  return refusal.facts.outcome === 'none' ? refusal : refusal.with({ outcome: 'unknown', hint: undefined });
}
