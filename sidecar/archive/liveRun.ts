import type { NotificationParams } from '#shared/contract/derive.ts';
import type { StatementRef } from '#shared/query/result.ts';
import type { KeptRun } from '#shared/session/kept.ts';
import { cleanStatement } from '../diagnostics/cleanStatement.ts';
import { errorAsKept } from './asKept.ts';

/** A longer run is kept by its first statements, a longer statement by its beginning. */
const maxStatements = 200;
const maxStatementLength = 10_000;

export interface KeepDeps {
  /** What a connection is called now. */
  nameOf: (connectionId: string) => string;
  /** A statement, or what a server says of one, without the passwords that stand in it. */
  redact: (statement: string) => string;
  /** A value of the server's or of our own without the secrets that are known. */
  clean: <T>(value: T) => T;
}

type Facts = Omit<KeptRun['statements'][number], 'text' | 'cut'>;

/** A run of a session as it goes on: what its results mean, never their rows. */
export class LiveRun {
  readonly startedAt: number;
  readonly #run: Omit<KeptRun, 'statements'>;
  #text: string;
  /** The statements that are kept, by their index in the text. */
  readonly #kept = new Map<number, { from: number; to: number; facts: Facts }>();
  readonly #results = new Map<string, number>();
  /** What its error is about. */
  #blamed: StatementRef | undefined;
  readonly #deps: KeepDeps;
  #encoded: string | undefined;

  /** @param text what the run was asked to run. */
  constructor(params: NotificationParams<'query.runStarted'>, text: string, deps: KeepDeps) {
    const { runId, connectionId, database, at } = params;
    this.startedAt = at;
    this.#text = text;
    this.#deps = deps;
    this.#run = {
      runId,
      connectionId,
      connectionName: deps.nameOf(connectionId),
      ...(database === undefined ? {} : { database }),
      startedAt: at,
    };
  }

  get connectionName(): string {
    return this.#run.connectionName;
  }
  get hasFailed(): boolean {
    return this.#run.outcome === 'failed' || this.#run.outcome === 'lost';
  }

  resultStarted({ resultId, statement, columns }: NotificationParams<'query.resultStarted'>): void {
    const facts = this.#keep(statement);
    if (!facts) return;
    this.#results.set(resultId, statement.index);
    facts.columns = columns.map(({ name, typeName }) => ({ name, typeName }));
  }

  resultEnded(params: NotificationParams<'query.resultEnded'>): void {
    const { resultId, commandTag, rowCount, elapsedMs } = params;
    const kept = this.#kept.get(this.#results.get(resultId) ?? -1);
    if (!kept) return;
    Object.assign(kept.facts, { commandTag, rowCount, elapsedMs });
    this.#encoded = undefined;
  }

  ended({ outcome, error, statement }: NotificationParams<'query.runEnded'>, at: number): void {
    // What fails before it gives anything has not been heard of yet; and of a text that is refused no statement has.
    const whole = { index: 0, from: 0, to: this.#text.length };
    if (statement || this.#kept.size === 0) this.#keep(statement ?? whole);
    this.#blamed = statement ?? whole;
    Object.assign(this.#run, { outcome, endedAt: at, ...(error ? { error } : {}) });
    this.#results.clear();
    this.#encoded = undefined;
  }

  /** As JSON. Of a run that is over nothing else is left in memory, for its text may have been long. */
  encode(): string {
    this.#encoded ??= JSON.stringify(this.#cleaned());
    if (this.#run.outcome === undefined) return this.#encoded;
    this.#kept.clear();
    this.#text = '';
    return this.#encoded;
  }

  #cleaned(): KeptRun {
    const { error, ...run } = this.#run;
    const { redact, clean } = this.#deps;
    const cleaned = ({ from, to }: Pick<StatementRef, 'from' | 'to'>) =>
      cleanStatement(this.#text.slice(from, to), maxStatementLength, redact);
    const statements = [...this.#kept.values()].map((kept) => {
      const { text, isCut } = cleaned(kept);
      return { text, ...(isCut ? { cut: true } : {}), ...kept.facts };
    });
    if (!error || !this.#blamed) return { ...run, statements };
    return { ...run, error: errorAsKept(clean(error), cleaned(this.#blamed).said), statements };
  }

  /** Undefined where there are too many. */
  #keep({ index, from, to }: StatementRef): Facts | undefined {
    this.#encoded = undefined;
    const known = this.#kept.get(index);
    if (known) return known.facts;
    if (this.#kept.size >= maxStatements) {
      this.#run.omitted = (this.#run.omitted ?? 0) + 1;
      return undefined;
    }
    const facts = { columns: [] };
    this.#kept.set(index, { from, to, facts });
    return facts;
  }
}
