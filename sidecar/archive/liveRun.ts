import type { NotificationParams } from '#shared/contract/derive.ts';
import type { StatementRef } from '#shared/query/result.ts';
import type { KeptRun } from '#shared/session/kept.ts';

/** A longer run is kept by its first statements, a longer statement by its beginning. */
const maxStatements = 200;
const maxStatementLength = 10_000;

export interface KeepDeps {
  /** What a connection is called now. */
  nameOf: (connectionId: string) => string;
  /** A statement without the passwords that stand in it. */
  redact: (statement: string) => string;
  /** A value of the server's or of our own without the secrets that are known. */
  clean: <T>(value: T) => T;
}

/** A run of a session as it goes on: what its results mean, never their rows. */
export class LiveRun {
  readonly startedAt: number;
  readonly #run: KeptRun;
  readonly #text: string;
  /** The statements that are kept, by their index in the text. */
  readonly #kept = new Map<number, KeptRun['statements'][number]>();
  readonly #results = new Map<string, number>();
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
      statements: [],
    };
  }

  get connectionName(): string {
    return this.#run.connectionName;
  }
  get hasFailed(): boolean {
    return this.#run.outcome === 'failed' || this.#run.outcome === 'lost';
  }

  resultStarted({ resultId, statement, columns }: NotificationParams<'query.resultStarted'>): void {
    const kept = this.#keep(statement);
    if (!kept) return;
    this.#results.set(resultId, statement.index);
    kept.columns = columns.map(({ name, typeName }) => ({ name, typeName }));
  }

  resultEnded(params: NotificationParams<'query.resultEnded'>): void {
    const { resultId, commandTag, rowCount, elapsedMs } = params;
    const kept = this.#kept.get(this.#results.get(resultId) ?? -1);
    if (kept) Object.assign(kept, { commandTag, rowCount, elapsedMs });
  }

  ended({ outcome, error, statement }: NotificationParams<'query.runEnded'>, at: number): void {
    // What fails before it gives anything has not been heard of yet; and of a text that is refused no statement has.
    if (statement) this.#keep(statement);
    else if (this.#kept.size === 0) this.#keep({ index: 0, from: 0, to: this.#text.length });
    Object.assign(this.#run, { outcome, endedAt: at, ...(error ? { error } : {}) });
    this.#results.clear();
  }

  /** As JSON; made once where nothing comes any more. */
  encode(): string {
    if (this.#encoded !== undefined) return this.#encoded;
    const { redact, clean } = this.#deps;
    const { error, ...run } = this.#run;
    const statements = [...this.#kept.values()].map(({ text, ...rest }) => ({ text: redact(text), ...rest }));
    const json = JSON.stringify({ ...run, ...(error ? { error: clean(error) } : {}), statements });
    if (run.outcome !== undefined) this.#encoded = json;
    return json;
  }

  /** Undefined where there are too many. */
  #keep({ index, from, to }: StatementRef): KeptRun['statements'][number] | undefined {
    const known = this.#kept.get(index);
    if (known) return known;
    if (this.#kept.size >= maxStatements) {
      this.#run.omitted = (this.#run.omitted ?? 0) + 1;
      return undefined;
    }
    const text = this.#text.slice(from, Math.min(to, from + maxStatementLength));
    const kept = { text, ...(to - from > maxStatementLength ? { cut: true } : {}), columns: [] };
    this.#kept.set(index, kept);
    return kept;
  }
}
