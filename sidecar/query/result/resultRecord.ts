import { randomUUID } from 'node:crypto';
import type { Column, RunSummary, Saved, StatementRef } from '#shared/query/result.ts';
import type { Arrangement, RowSource } from '../arrange/arrangement.ts';
import { resultClosed } from './resultClosed.ts';
import type { Spool } from '../spool/spool.ts';

/** What is known of how a result ended. */
interface ResultEnd {
  /** The server's; empty where the statement was stopped or failed after it had given rows. */
  commandTag: string;
  elapsedMs: number;
  saved?: Saved;
}

/** One result of a run: its columns, its rows in the spool, and how it ended. */
export class ResultRecord {
  readonly id = `result-${randomUUID()}`;
  readonly statement: StatementRef;
  readonly columns: Column[];
  readonly spool: Spool;
  /** The order and choice of its rows that its window has asked for last. */
  arrangement: Arrangement | undefined;
  /** Resolves once no more rows come, or nobody wants them any more. */
  readonly settled: Promise<void>;
  #end: ResultEnd | undefined;
  #closed = false;
  /** Who reads its rows for longer. */
  #holders = 0;
  #settle: () => void = () => {};

  constructor(statement: StatementRef, columns: Column[], spool: Spool) {
    this.statement = statement;
    this.columns = columns;
    this.spool = spool;
    this.settled = new Promise((resolve) => (this.#settle = resolve));
  }

  get end(): ResultEnd | undefined {
    return this.#end;
  }
  ended(end: ResultEnd): void {
    this.#end = end;
    this.#settle();
  }

  /** Have all its rows come that ever will? */
  get complete(): boolean {
    return this.#end !== undefined;
  }
  get truncated(): boolean {
    return this.spool.full !== undefined;
  }
  get closed(): boolean {
    return this.#closed;
  }

  /** Its rows as they came, or as they were arranged. RESULT_CLOSED where that arrangement is no longer the present one. */
  rows(arrangementId: string | undefined): RowSource {
    if (arrangementId === undefined) return this.spool;
    if (this.arrangement?.id !== arrangementId) throw resultClosed();
    return this.arrangement;
  }

  close(): void {
    this.#closed = true;
    this.arrangement = undefined;
    this.#settle();
    this.#free();
  }

  /** Its rows stay until the answer is called, also where it is closed before. */
  hold(): () => void {
    this.#holders += 1;
    return () => {
      this.#holders -= 1;
      this.#free();
    };
  }

  #free(): void {
    if (this.#closed && this.#holders === 0) this.spool.close();
  }

  summary(): RunSummary['results'][number] {
    const { spool } = this;
    return {
      resultId: this.id,
      statement: this.statement,
      columns: this.columns,
      rowCount: spool.rowCount,
      complete: this.complete,
      bytes: spool.bytes,
      ...this.#end,
      ...(this.truncated ? { truncated: true } : {}),
    };
  }
}
