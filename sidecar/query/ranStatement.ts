import type { AppError } from '#shared/error/appError.ts';
import type { RunOutcome } from '#shared/query/result.ts';
import type { Clock } from '../lib/clock.ts';
import type { ResultRecord } from './result/resultRecord.ts';
import type { Run } from './run.ts';

/** One statement of a run, once it is over; or the text of a run of which nothing was sent. */
export interface RanStatement {
  readonly sessionId: string;
  readonly tabId: string;
  readonly connectionId: string;
  /** Undefined where it came to no backend, and named none. */
  readonly database: string | undefined;
  readonly text: string;
  readonly at: number;
  readonly durationMs: number;
  readonly outcome: RunOutcome;
  readonly rows?: number;
  readonly commandTag?: string;
  readonly error?: AppError;
}

interface Ended {
  readonly error?: AppError | undefined;
  readonly lost?: boolean;
  readonly result?: ResultRecord | undefined;
  readonly unsent?: boolean;
}

/** Tells of each statement of a run. */
export class StatementTeller {
  readonly #run: Run;
  readonly #clock: Clock;
  readonly #tell: (ran: RanStatement) => void;
  #at: number;
  #beganAt: number;
  #hasTold = false;

  constructor(run: Run, clock: Clock, tell: (ran: RanStatement) => void) {
    this.#run = run;
    this.#clock = clock;
    this.#tell = tell;
    this.#at = clock.now();
    this.#beganAt = clock.monotonic();
  }

  begins(): void {
    this.#at = this.#clock.now();
    this.#beganAt = this.#clock.monotonic();
  }

  ended(text: string, database: string | undefined, end: Ended): void {
    this.#hasTold = true;
    const { error, result } = end;
    // The user is asked, and runs it again or not: nothing of it has been done.
    if (error?.code === 'CONFIRMATION_REQUIRED' || error?.code === 'COPY_NEEDS_FILE') return;
    const { sessionId, params } = this.#run;
    this.#tell({
      sessionId,
      tabId: params.tabId,
      connectionId: params.connectionId,
      database: database ?? params.database,
      text,
      at: this.#at,
      durationMs: Math.round((this.#clock.monotonic() - this.#beganAt) * 100) / 100,
      outcome: this.#outcomeOf(end),
      ...(result ? resultFacts(result) : {}),
      ...(error ? { error } : {}),
    });
  }

  /** Where nothing was told of, the run ended before its first statement. */
  unsent(text: string, error: AppError | undefined): void {
    if (!this.#hasTold && (error || this.#run.isCancelling))
      this.ended(text, undefined, { error, unsent: true });
  }

  #outcomeOf({ error, lost, unsent }: Ended): RunOutcome {
    const { isCancelling } = this.#run;
    if (!error) return unsent ? 'cancelled' : 'done';
    if (error.code === 'CANCELLED' && (!lost || isCancelling || error.facts.outcome === 'none'))
      return 'cancelled';
    return lost ? 'lost' : 'failed';
  }
}

/** The server's count; of what it does not count (EXPLAIN, SHOW), the rows that came. */
function resultFacts({ columns, end, spool }: ResultRecord) {
  const commandTag = end?.commandTag ?? '';
  const counted = /\d+$/.exec(commandTag)?.[0];
  const rows = counted === undefined && columns.length > 0 ? spool.rowCount : counted;
  return {
    ...(commandTag === '' ? {} : { commandTag }),
    ...(rows === undefined ? {} : { rows: Number(rows) }),
  };
}
