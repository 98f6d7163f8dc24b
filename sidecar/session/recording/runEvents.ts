import type { NotificationParams } from '#shared/contract/derive.ts';
import { briefRefusal } from './briefError.ts';
import type { RecordingDeps } from './recording.ts';

/** Of a script's statements so many command tags are told. */
const maxTags = 20;

interface RunSeen {
  from: number;
  connectionId: string;
  tabId: string;
  database: string | undefined;
  statements: number;
  rows: number;
  tags: string[];
  /** Until the first statement answered. */
  firstMs?: number;
}

/** Runs from beginning to end, and what tabs lost. Never the text of a statement, nor a value. */
export function recordRuns(deps: RecordingDeps): void {
  const recorder = new RunRecorder(deps);
  // All that runs tell passes here, progress too: what is not told of must cost nothing.
  deps.runs.events.on(({ notification: { method, params } }) => {
    if (method === 'query.runStarted') recorder.started(params);
    else if (method === 'query.waiting') recorder.waiting(params);
    else if (method === 'query.resultStarted') recorder.resultStarted(params);
    else if (method === 'query.resultEnded') recorder.resultEnded(params);
    else if (method === 'query.runEnded') recorder.ended(params);
    else if (method === 'connection.ledger') recorder.lost(params);
  });
}

class RunRecorder {
  readonly #seen = new Map<string, RunSeen>();
  readonly #deps: RecordingDeps;
  readonly #took;
  readonly #first;
  readonly #rows;
  readonly #lost;

  constructor(deps: RecordingDeps) {
    this.#deps = deps;
    const { metrics } = deps;
    this.#took = metrics.histogram('hawser_query_duration_seconds', 'How long runs took, by outcome.');
    this.#first = metrics.histogram(
      'hawser_query_first_rows_seconds',
      'How long runs took to their first rows.',
    );
    this.#rows = metrics.counter('hawser_query_rows_total', 'Rows that statements gave or changed.');
    this.#lost = metrics.counter('hawser_sessions_lost_total', 'Tabs that lost what their session held.');
    metrics.gauge('hawser_queries_running', 'Runs that are under way.', () => this.#seen.size);
  }

  started({ runId, connectionId, tabId, database }: NotificationParams<'query.runStarted'>): void {
    const { clock, events } = this.#deps;
    const run = { from: clock.monotonic(), connectionId, tabId, database };
    this.#seen.set(runId, { ...run, statements: 0, rows: 0, tags: [] });
    const payload = { runId, tabId, database };
    events.record({ type: 'query', event: 'runStarted', source: 'user', connectionId, payload });
  }

  waiting({ runId, busy }: NotificationParams<'query.waiting'>): void {
    if (busy === 0) return;
    const connectionId = this.#seen.get(runId)?.connectionId;
    const payload = { runId, busy };
    this.#deps.events.record({ type: 'query', event: 'waiting', connectionId, payload, sameAs: runId });
  }

  resultStarted({ runId }: NotificationParams<'query.resultStarted'>): void {
    const run = this.#seen.get(runId);
    if (run) run.firstMs ??= this.#deps.clock.monotonic() - run.from;
  }

  resultEnded({ runId, commandTag, rowCount }: NotificationParams<'query.resultEnded'>): void {
    const run = this.#seen.get(runId);
    if (!run) return;
    run.statements += 1;
    run.rows += rowCount;
    if (run.tags.length < maxTags) run.tags.push(commandTag);
    this.#rows.add(rowCount);
  }

  ended({ runId, outcome, error, transactionStatus }: NotificationParams<'query.runEnded'>): void {
    const run = this.#seen.get(runId);
    if (!run) return;
    this.#seen.delete(runId);
    const { from, connectionId, firstMs, ...told } = run;
    const ms = this.#deps.clock.monotonic() - from;
    this.#took.observe(ms / 1_000, { outcome });
    if (firstMs !== undefined) this.#first.observe(firstMs / 1_000);
    const times = { ms: Math.round(ms), ...(firstMs === undefined ? {} : { firstMs: Math.round(firstMs) }) };
    const payload = { runId, outcome, ...times, ...told, transactionStatus, ...briefRefusal(error) };
    this.#deps.events.record({ type: 'query', event: 'runEnded', source: 'user', connectionId, payload });
  }

  /** Told again as more is known of it. */
  lost(entry: NotificationParams<'connection.ledger'>): void {
    const { connectionId, tabId, database, commitOutcome, unknownReason, judging } = entry;
    const [lost, replayed] = [entry.lost, entry.replayed].map((items) => items.map(({ kind }) => kind));
    if (replayed?.length === 0 && commitOutcome === undefined) this.#lost.add();
    const verdict = { commitOutcome, unknownReason, judging };
    const payload = { tabId, database, lost, replayed, ...verdict, ...briefRefusal(entry.error) };
    this.#deps.events.record({ type: 'query', event: 'lost', connectionId, payload });
  }
}
