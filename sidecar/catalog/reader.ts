import { AppError } from '#shared/error/appError.ts';
import type { Connections } from '../connection/connections.ts';
import type { Lease } from '../connection/pool.ts';
import { asError } from '../lib/asError.ts';
import { atMost } from '../lib/deadline.ts';
import { untilAborted } from '../query/leasing.ts';
import { RowCollector } from './rowCollector.ts';
import { Turns } from './turns.ts';

export type Row = (string | null)[];
/** Sends a query of our own and gives its rows as text. Rejects with an error of the catalogue. */
export type Ask = (sql: string, limitMs?: number) => Promise<Row[]>;
export type Load<T> = (ask: Ask, signal: AbortSignal) => Promise<T>;

export interface LevelPlace {
  connectionId: string;
  /** Empty: what is the server's and can be read in any database. */
  database: string;
}

/** All queries of one load together. */
const loadLimitMs = 30_000;
/** Ours comes so much after the server's. */
const limitGraceMs = 1_000;
/** A table may be locked for hours; what needs its lock as well is told to be unreadable before that. */
const lockLimitMs = 3_000;
/** Most loads are over by then, and the user who waits for their backend notices nothing. */
const yieldAfterMs = 250;
/** Of the pool's backends, so many at once are taken for the catalog. */
const maxBackends = 2;

/**
 * In one message with each query, so that it holds behind a pooler too and nothing of it stays. The names that users may
 * have put into their search path count for nothing then, and what the server writes as SQL has its schema before it.
 */
const before = (comment: string, limitMs: number): string[] => [
  `/* Hawser: ${comment} */ set local statement_timeout to ${limitMs}`,
  `set local lock_timeout to ${lockLimitMs}`,
  'set local search_path to pg_catalog, pg_temp',
  'set local transaction_read_only to on',
  'set local standard_conforming_strings to on',
  'set local quote_all_identifiers to off',
  'set local datestyle to iso',
  'set local intervalstyle to postgres',
  'set local extra_float_digits to 3',
  // Compiling takes longer than any of these queries.
  'set local jit to off',
];

/** Reads catalogs on backends of the pool, after all that users wait for. */
export class CatalogReader {
  readonly #connections: Pick<Connections, 'lease'>;
  readonly #turns = new Turns(maxBackends);

  constructor(connections: Pick<Connections, 'lease'>) {
    this.#connections = connections;
  }

  /** Gives what was loaded, and how many bytes the server sent for it. `what` is shown by pg_stat_activity. */
  async read<T>(
    place: LevelPlace,
    { what, load, signal }: { what: string; load: Load<T>; signal: AbortSignal },
  ): Promise<{ value: T; bytes: number }> {
    const done = await this.#turns.take(place.connectionId, signal);
    try {
      for (;;) {
        const attempt = new Attempt(what, signal);
        const read = await attempt.run((request) => this.#lease(place, request), load);
        if (read) return read;
      }
    } finally {
      done();
    }
  }

  #lease({ connectionId, database }: LevelPlace, request: LeaseParts): Promise<Lease> {
    const leasing = this.#connections.lease(connectionId, {
      ...request,
      database: database === '' ? undefined : database,
      onWaiting: () => {},
    });
    return untilAborted(leasing, request.signal);
  }
}

interface LeaseParts {
  signal: AbortSignal;
  background: { onWanted: () => void };
}

/** One try to load on one backend; it ends early where a user waits for that. */
class Attempt {
  readonly #what: string;
  readonly #signal: AbortSignal;
  readonly #yield = new AbortController();
  #bytes = 0;
  #lostBy: Error | undefined;

  constructor(what: string, signal: AbortSignal) {
    this.#what = what;
    this.#signal = signal;
  }

  /** Undefined where it gave its backend to somebody else. */
  async run<T>(
    lease: (request: LeaseParts) => Promise<Lease>,
    load: Load<T>,
  ): Promise<{ value: T; bytes: number } | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const onWanted = () => {
      timer ??= setTimeout(() => this.#yield.abort(new Error('A user waits')), yieldAfterMs);
    };
    const leased = await lease({ signal: this.#signal, background: { onWanted } });
    const stop = AbortSignal.any([this.#signal, this.#yield.signal]);
    const cancel = () => void leased.backend.cancel();
    stop.addEventListener('abort', cancel, { once: true });
    try {
      const value = await load(this.#askOn(leased, performance.now() + loadLimitMs, stop), stop);
      // A load goes on without what it could not read; but then that was no fault of what it read.
      stop.throwIfAborted();
      if (this.#lostBy) throw this.#lostBy;
      return { value, bytes: this.#bytes };
    } catch (error) {
      this.#signal.throwIfAborted();
      if (this.#yield.signal.aborted) return undefined;
      throw error;
    } finally {
      clearTimeout(timer);
      stop.removeEventListener('abort', cancel);
      // Whoever asked has an answer now; cleaning takes a way there and back.
      const released = leased.release();
      if (this.#yield.signal.aborted) await released;
      else released.catch(() => {});
    }
  }

  #askOn({ backend }: Lease, until: number, signal: AbortSignal): Ask {
    return async (sql, limitMs = loadLimitMs) => {
      signal.throwIfAborted();
      const leftMs = Math.ceil(Math.min(limitMs, until - performance.now()));
      if (leftMs <= 0) throw tookTooLong();
      const rows = new RowCollector();
      const answer = backend.execute(sql, rows, { before: before(this.#what, leftMs) });
      answer.catch((error: unknown) => (this.#lostBy ??= asError(error)));
      // The server's own limit comes first; one that hangs does not heed it.
      await atMost(leftMs + limitGraceMs, answer);
      if (backend.busy) await backend.cancel();
      const { error } = await answer;
      this.#bytes += rows.bytes;
      if (error?.code === 'STATEMENT_TIMEOUT') throw tookTooLong(error);
      if (error) throw error;
      return rows.found;
    };
  }
}

const tookTooLong = (cause?: AppError): AppError =>
  new AppError('STATEMENT_TIMEOUT', 'Reading the catalog took longer than it may.', {
    hint: 'The server is busy, or its catalog is very large. Try again later.',
    actions: [{ id: 'retry', label: 'Try again' }],
    cause,
  });
