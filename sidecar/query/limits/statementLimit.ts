import type { Backend } from '../../postgres/backend.ts';
import type { LimitOptions } from './localLimits.ts';
import { isTimeLimit, type StateItem } from '../sessionState.ts';
import { readTimeLimit, sendShort, showTimeLimit } from './timeLimitSetting.ts';

type LimitedBackend = Pick<Backend, 'query' | 'transactionStatus' | 'pooled'>;

/**
 * The time limit of a statement, set on a backend before each one: the run's, which is taken back afterwards, so that what
 * the connection or the user had set is there again; else the connection's, which the user's text may lower but not lift.
 * Outside a transaction it is a setting of the session. Inside one only SET LOCAL and SHOW are used: a query there would
 * take the snapshot, after which SET TRANSACTION is refused. Behind a pooler it does nothing: see LocalLimits.
 */
export class StatementLimit {
  /** The connection's. Its backends begin with it. */
  readonly ownMs: number | undefined;
  /** What we set on the session, and what the user had set there before (undefined: the connection's own value). */
  #session: { ours: string; before: string | undefined; lifted: boolean } | undefined;
  /** What an open transaction had before we limited it. It comes back by itself when the transaction ends. */
  #local: { before: string } | undefined;
  /** Nothing of the user's, start-up SQL included, ran since the connection's limit was last seen to be in force. */
  #isKept: boolean;
  readonly #backend: LimitedBackend;

  constructor(backend: LimitedBackend, { statementTimeoutMs, startupSql }: LimitOptions) {
    this.#backend = backend;
    this.ownMs = statementTimeoutMs || undefined;
    this.#isKept = !startupSql;
  }

  /** Sets the limit of the next statement, 0 for none; undefined: the connection's. Rejects as `Backend.query` does. */
  async apply(limitMs: number | undefined): Promise<void> {
    const status = this.#backend.transactionStatus;
    // A failed transaction takes no setting, and runs nothing that would need one.
    if (status === 'E' || this.#backend.pooled) return;
    if (limitMs === undefined) {
      await this.lift();
      if (this.ownMs !== undefined && !this.#isKept) await this.#keepOwn(this.ownMs);
    } else await (status === 'T' ? this.#setInTransaction(limitMs) : this.#set(limitMs));
    this.#isKept = false;
  }

  /** Takes back what was set for a run. */
  async lift(): Promise<void> {
    const status = this.#backend.transactionStatus;
    if (this.#backend.pooled) return;
    if (status !== 'E') await (status === 'T' ? this.#liftInTransaction() : this.#lift());
  }

  /** What of a session's state is the user's, for the connection's limit is not; where the user lifted it, it is set again. */
  async usersOf(state: StateItem[]): Promise<StateItem[]> {
    const { ownMs } = this;
    const set = state.find(isTimeLimit);
    this.#isKept = true;
    if (ownMs === undefined || !set) return state;
    const setMs = inMs(set.value);
    if (setMs !== ownMs && isWithin(setMs, ownMs)) return state;
    if (setMs !== ownMs) await this.#run(`set statement_timeout to ${ownMs}`);
    return state.filter((item) => !isTimeLimit(item));
  }

  async #keepOwn(ownMs: number): Promise<void> {
    if (isWithin(inMs(await showTimeLimit(this.#backend)), ownMs)) return;
    const set = this.#backend.transactionStatus === 'T' ? 'set local' : 'set';
    await this.#run(`${set} statement_timeout to ${ownMs}`);
  }

  async #set(limitMs: number): Promise<void> {
    this.#local = undefined;
    this.#session ??= { ours: '', before: await readTimeLimit(this.#backend), lifted: false };
    await this.#run(`set statement_timeout to ${limitMs}`);
    this.#session = { ...this.#session, ours: String(limitMs), lifted: false };
  }

  async #lift(): Promise<void> {
    this.#local = undefined;
    const session = this.#session;
    if (!session) return;
    // Anything else than ours was set by the user's own text meanwhile, and stays.
    if (inMs(await showTimeLimit(this.#backend)) === Number(session.ours))
      await this.#run(`set statement_timeout to ${literal(session.before)}`);
    this.#session = undefined;
  }

  async #setInTransaction(limitMs: number): Promise<void> {
    const session = this.#session;
    if (session && !session.lifted && session.ours === String(limitMs)) return;
    if (!session) this.#local ??= { before: await showTimeLimit(this.#backend) };
    await this.#run(`set local statement_timeout to ${limitMs}`);
    if (session) this.#session = { ...session, lifted: false, ours: session.ours };
  }

  async #liftInTransaction(): Promise<void> {
    const session = this.#session;
    if (session && !session.lifted) {
      // Only for the rest of this transaction: the session's own value comes back once the transaction is over.
      await this.#run(`set local statement_timeout to ${literal(session.before)}`);
      this.#session = { ...session, lifted: true };
    } else if (this.#local) {
      await this.#run(`set local statement_timeout to ${literal(this.#local.before)}`);
      this.#local = undefined;
    }
  }

  #run(text: string): Promise<(string | null)[][]> {
    return sendShort(this.#backend, text);
  }
}

const literal = (value: string | undefined): string => (value === undefined ? 'default' : `'${value}'`);

/** As strict as the connection's, or more; 0 is no limit. */
const isWithin = (setMs: number, ownMs: number): boolean => setMs > 0 && setMs <= ownMs;

const unitsMs: Record<string, number> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time as SHOW writes it: `90ms`, `2min`, or 0. */
function inMs(shown: string): number {
  const [, count, unit = 'ms'] = /^(\d+)([a-z]*)$/.exec(shown) ?? [];
  return Number(count ?? 0) * (unitsMs[unit || 'ms'] ?? 0);
}
