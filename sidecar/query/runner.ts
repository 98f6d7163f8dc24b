import { AppError, fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import type { StatementRef } from '#shared/query/result.ts';
import type { Connections } from '../connection/connections.ts';
import type { Clock } from '../lib/clock.ts';
import type { Backend } from '../postgres/backend.ts';
import type { TypeNames } from '../postgres/typeNames.ts';
import { changesCatalog } from './catalogChange.ts';
import { planCopies, type CopyPlan, type Refused } from './copy/copyPlan.ts';
import type { FileOutput } from './exporting/fileOutput.ts';
import { notOneResult, openOutput, settleOutput } from './exporting/statementOutput.ts';
import type { ReadOnlyGuard } from './guard/readOnlyGuard.ts';
import type { Gone, HeldBackend } from './heldBackend.ts';
import { withPlaceholderHint } from './placeholders.ts';
import { StatementTeller, type RanStatement } from './ranStatement.ts';
import { refusal } from './refusals.ts';
import type { ResultRecord } from './result/resultRecord.ts';
import { ResultSink } from './result/resultSink.ts';
import type { Run } from './run.ts';
import type { RunEnding } from './runMachine.ts';
import { sessionNeed } from './sessionNeed.ts';
import type { Spool } from './spool/spool.ts';
import type { SpoolStore } from './spool/spoolStore.ts';
import { splitStatements, sqlOf, type StatementKind, type StatementRange } from './statements.ts';
import { asCopied, asInTransaction, commitLost, errorNotice, fullNotice, timedOut } from './stopMessages.ts';
import { needsWholeDatabase, opensTransaction } from './transactionText.ts';
import { noteTag, refreshTypes, typeName } from './typeRefresh.ts';

/** The server's own limit comes first; where it does not come (a server that hangs) ours does, this much later. */
const limitGraceMs = 500;
/** A statement that does not heed the cancel either is ended with its backend: 2 s after its limit. */
const limitCancelMs = 1_500;

export interface RunnerDeps {
  connections: Pick<Connections, 'requireLive' | 'typeNames'>;
  clock: Clock;
  spools: Pick<SpoolStore, 'open'>;
  /** Off: a statement outside a transaction opens one by itself. */
  autoCommit: boolean;
  /** Where the window may only read: what looks at each statement and encloses it. */
  guard: ReadOnlyGuard | undefined;
  /** Hawser's own, into which nothing is exported. */
  dataFolder: string;
  onStatement: (ran: RanStatement) => void;
}

/** How one statement went. `stopped` tells why we ended it ourselves, where we did. */
interface StatementEnd {
  error?: AppError | undefined;
  lost?: boolean;
  stopped?: 'full' | 'limit' | undefined;
  /** The user is disconnecting. */
  isClosing?: boolean;
  /** The last that it gave. */
  result?: ResultRecord | undefined;
}

interface Statement {
  ref: StatementRef;
  /** What is sent of it. */
  text: string;
  kind: StatementKind;
  copy?: CopyPlan | undefined;
  /** The file that its answer goes to. */
  output?: FileOutput | undefined;
}

/** Runs the statements of one text on one backend, each sent alone, one after the other. */
export class Runner {
  readonly #run: Run;
  readonly #deps: RunnerDeps;
  readonly #teller: StatementTeller;
  /** The first error, where the run goes on after errors. */
  #failure: { error: AppError; statement: StatementRef } | undefined;

  constructor(run: Run, deps: RunnerDeps) {
    this.#run = run;
    this.#deps = deps;
    this.#teller = new StatementTeller(run, deps.clock, deps.onStatement);
  }

  /** Rejects where there is no backend, or with the run's abort while it waits. */
  async execute(acquire: () => Promise<HeldBackend>): Promise<RunEnding> {
    const { text } = this.#run.params;
    try {
      const ending = await this.#statements(acquire);
      const { from, to } = ending.statement ?? { from: 0, to: text.length };
      this.#teller.unsent(text.slice(from, to), ending.error);
      return ending;
    } catch (error) {
      this.#teller.unsent(text, asAppError(error));
      throw error;
    }
  }

  async #statements(acquire: () => Promise<HeldBackend>): Promise<RunEnding> {
    const { params, signal } = this.#run;
    const ranges = await splitStatements(params.text);
    signal.throwIfAborted();
    if (ranges.length === 0) return { outcome: 'done' };
    const plans = await planCopies(params.text, ranges, params);
    const refused = params.saveTo && notOneResult(ranges);
    if (refused) return { outcome: 'failed', error: refused };
    if (!(plans instanceof Map)) return notRun(plans, ranges);
    const held = await acquire();
    const names = this.#deps.connections.typeNames(held.connectionId, held.backend.database);
    this.#run.begun();
    for (const [index, range] of ranges.entries()) {
      const { from, to, kind } = range;
      const copy = plans.get(index);
      const statement = { ref: { index, from, to }, text: sqlOf(params.text, range), kind, copy };
      this.#teller.begins();
      const end = await this.#statement(held, names, statement);
      this.#teller.ended(statement.text, held.backend.database, end);
      const isClosing = held.backend.abandoned;
      const error = end.error && withPlaceholderHint(end.error, statement.text);
      const isLast = index === ranges.length - 1;
      const ending = this.#endingAfter({ ...end, error, isClosing }, statement.ref, isLast);
      if (ending) return ending;
    }
    return this.#failure ? { outcome: 'failed', ...this.#failure } : { outcome: 'done' };
  }

  /** How the run ends with this statement, or undefined where it goes on. */
  #endingAfter(end: StatementEnd, statement: StatementRef, isLast: boolean): RunEnding | undefined {
    const run = this.#run;
    const error = end.error && inRun(end.error, statement);
    const isCancel = error?.code === 'CANCELLED';
    // Cancelled where that is known: the server has said so, or nothing was sent.
    const isKnown = !end.lost || error?.facts.outcome === 'none';
    if (end.isClosing && isCancel && isKnown) return { outcome: 'cancelled', error, statement };
    if (end.lost) return { outcome: run.isCancelling && isCancel ? 'cancelled' : 'lost', error, statement };
    // The server may finish just before it is stopped: then nothing was cancelled if nothing was left to do.
    const isFull = end.stopped === 'full' && (isCancel || (!error && !isLast));
    if (isFull || (isCancel && run.isCancelling)) return { outcome: 'cancelled', ...this.#failure };
    if (!error) return undefined;
    if (this.#failure) run.notices.add(errorNotice(error, statement));
    this.#failure ??= { error, statement };
    const goesOn = !run.params.stopOnError && end.stopped !== 'full';
    return goesOn ? undefined : { outcome: 'failed', ...this.#failure };
  }

  async #statement(held: HeldBackend, names: TypeNames, statement: Statement): Promise<StatementEnd> {
    const refused = refusal(statement.text, statement.kind);
    if (refused) return { error: refused };
    const { copy } = statement;
    let output: FileOutput | undefined;
    try {
      output = await openOutput({ copy, saveTo: this.#run.params.saveTo }, this.#deps.dataFolder);
      return await this.#prepared(held, names, { ...statement, output });
    } catch (error) {
      return { error: asAppError(error).with({ outcome: 'none' }) };
    } finally {
      await output?.discard();
    }
  }

  async #prepared(held: HeldBackend, names: TypeNames, statement: Statement): Promise<StatementEnd> {
    const run = this.#run;
    const { backend } = held;
    let commit: Gone['commit'];
    try {
      await refreshTypes(names, backend, statement.text);
      await held.limit.apply(run.params.timeoutMs);
      if (this.#opensTransaction(held, statement.text)) await held.control('begin');
      commit = await held.beforeCommit(statement.text);
      if (backend.pooled && !this.#deps.guard) await this.#warnOfPooler(statement.text);
      // What lies idle there would keep it from being done, and be somebody else to the server.
      if (needsWholeDatabase(statement.text))
        await this.#deps.connections.requireLive(held.connectionId).closeIdle();
    } catch (error) {
      return { error: asAppError(error).with({ outcome: 'none' }), lost: !backend.alive };
    }
    // From here to the sending nothing is awaited, so that a cancel finds the statement either running or not sent.
    if (run.isCancelling) return { error: cancelled() };
    if (this.#deps.guard) return this.#sendGuarded(this.#deps.guard, held, names, statement);
    held.note(statement.text, commit);
    const before = held.local.before(statement.text, run.params.timeoutMs);
    return this.#send(held, names, statement, { before });
  }

  async #sendGuarded(
    guard: ReadOnlyGuard,
    held: HeldBackend,
    names: TypeNames,
    statement: Statement,
  ): Promise<StatementEnd> {
    const run = this.#run;
    const send = async (text: string): Promise<StatementEnd> => {
      await held.local.apply(run.params.timeoutMs);
      if (run.isCancelling) return { error: cancelled() };
      return this.#send(held, names, { ...statement, text }, { protocol: 'extended' });
    };
    try {
      return await guard.run(held, statement.text, send);
    } catch (error) {
      return { error: asAppError(error).with({ outcome: 'none' }), lost: !held.backend.alive };
    }
  }

  async #warnOfPooler(text: string): Promise<void> {
    const notice = await sessionNeed(text);
    if (notice) this.#run.notices.add(notice);
  }

  #opensTransaction({ transactionStatus }: HeldBackend, text: string): boolean {
    if (this.#deps.guard || this.#deps.autoCommit || transactionStatus !== 'I' || this.#run.isCancelling)
      return false;
    return opensTransaction(text);
  }

  async #send(
    held: HeldBackend,
    names: TypeNames,
    { ref, text, copy, output }: Statement,
    options: Parameters<Backend['execute']>[2] = {},
  ): Promise<StatementEnd> {
    const run = this.#run;
    const { clock, spools } = this.#deps;
    const { backend } = held;
    const limitMs = run.params.timeoutMs ?? held.limit.ownMs;
    const startedAt = clock.monotonic();
    let stopped: StatementEnd['stopped'];
    const stop = (why: 'full' | 'limit') => {
      stopped ??= why;
      void backend.cancel(why === 'limit' ? limitCancelMs : undefined);
    };
    let problem: AppError | undefined;
    const onFull = (spool: Spool) => {
      ({ problem } = spool);
      if (!output) run.notices.add(fullNotice(spool));
      stop('full');
    };
    const results = { run, statement: ref, backend, clock, openSpool: () => spools.open(), onFull };
    const files = { output, ...copySides(copy) };
    const sink = new ResultSink({ ...results, ...files, typeName: (oid) => typeName(names, oid) });
    const disarm = limitMs ? clock.after(limitMs + limitGraceMs, () => stop('limit')) : () => {};
    const end = await backend.execute(text, sink, options).catch((error: unknown): StatementEnd => ({
      error: held.isCommitting ? commitLost(asAppError(error)) : asAppError(error),
      lost: true,
    }));
    disarm();
    const unsaved = await settleOutput(output, end.error !== undefined);
    sink.stop();
    noteTag(names, sink.lastTag);
    held.noteTransaction();
    if (!end.error && changesCatalog(text, sink.lastTag)) held.noteCatalogChange();
    if (!end.error) await held.noteExecuted(text);
    // A cancel of ours may still be on its way, and must not hit what is sent next.
    if (stopped) await backend.cancel();
    const isOver = clock.monotonic() - startedAt >= (limitMs || Infinity);
    const ended = { ...end, stopped, result: sink.lastRecord };
    if (problem && end.error?.code === 'CANCELLED') return { ...ended, error: problem };
    const error = end.error && limitMs && isOver ? asLimit(end.error, limitMs, stopped) : end.error;
    if (unsaved && !(end as StatementEnd).lost) return { ...ended, error: unsaved };
    const said = error && copy?.kind === 'in' ? asCopied(error) : error;
    return { ...ended, error: said && asInTransaction(said) };
  }
}

/** What the sink needs for a COPY. */
const copySides = (copy: CopyPlan | undefined) => ({
  copyShape: copy?.kind === 'show' ? copy.shape : undefined,
  copySource: copy?.kind === 'in' ? copy.source : undefined,
});

/** Nothing of the text was run, for this statement cannot be. */
function notRun({ index, error }: Refused, ranges: readonly StatementRange[]): RunEnding {
  const { from = 0, to = 0 } = ranges[index] ?? {};
  return { outcome: 'failed', error, statement: { index, from, to } };
}

/** The server's limit has come, or ours; a stricter one that the user has set is over before. */
function asLimit(error: AppError, limitMs: number, stopped: StatementEnd['stopped']): AppError {
  const isLimit = error.code === 'STATEMENT_TIMEOUT' || (error.code === 'CANCELLED' && stopped === 'limit');
  return isLimit ? timedOut(limitMs, error) : error;
}

const cancelled = (): AppError => new AppError('CANCELLED', 'The run was cancelled.');

const asAppError = (error: unknown): AppError =>
  error instanceof AppError ? error : fromEnvelope(toEnvelope(error));

/** A position in the statement as one in the text of the run. */
function inRun(error: AppError, { from }: StatementRef): AppError {
  const { position } = error.facts;
  return position === undefined ? error : error.with({ position: position + from });
}
