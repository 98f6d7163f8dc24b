import type { Backend } from '../postgres/backend.ts';

type LimitedBackend = Pick<Backend, 'query' | 'transactionStatus'>;

/** Settings are answered at once; a backend that takes longer than this is on a dead link. */
const settingLimitMs = 5_000;

const readSql = `select setting, source from pg_catalog.pg_settings
  where name operator(pg_catalog.=) 'statement_timeout'`;

/**
 * The time limit of a run, set on a backend before each statement and taken back afterwards, so that what the connection
 * or the user had set is there again. Outside a transaction it is a setting of the session. Inside one only SET LOCAL and
 * SHOW are used: a query there would take the snapshot, after which SET TRANSACTION is refused.
 */
export class StatementLimit {
  /** What we set on the session, and what the user had set there before (undefined: the connection's own value). */
  #session: { ours: string; before: string | undefined; lifted: boolean } | undefined;
  /** What an open transaction had before we limited it. It comes back by itself when the transaction ends. */
  #local: { before: string } | undefined;
  readonly #backend: LimitedBackend;

  constructor(backend: LimitedBackend) {
    this.#backend = backend;
  }

  /** Sets the limit, 0 for none; undefined takes back what this class has set. Rejects as `Backend.query` does. */
  async apply(limitMs: number | undefined): Promise<void> {
    const status = this.#backend.transactionStatus;
    // A failed transaction takes no setting, and runs nothing that would need one.
    if (status === 'E') return;
    if (status === 'T')
      await (limitMs === undefined ? this.#liftInTransaction() : this.#setInTransaction(limitMs));
    else await (limitMs === undefined ? this.#lift() : this.#set(limitMs));
  }

  async #set(limitMs: number): Promise<void> {
    this.#local = undefined;
    if (!this.#session) {
      const [setting, source] = await this.#read();
      const before = source === 'session' ? (setting ?? undefined) : undefined;
      this.#session = { ours: '', before, lifted: false };
    }
    await this.#run(`set statement_timeout to ${limitMs}`);
    this.#session = { ...this.#session, ours: String(limitMs), lifted: false };
  }

  async #lift(): Promise<void> {
    this.#local = undefined;
    const session = this.#session;
    if (!session) return;
    const [setting] = await this.#read();
    // Anything else than ours was set by the user's own text meanwhile, and stays.
    if (setting === session.ours) await this.#run(`set statement_timeout to ${literal(session.before)}`);
    this.#session = undefined;
  }

  async #setInTransaction(limitMs: number): Promise<void> {
    const session = this.#session;
    if (session && !session.lifted && session.ours === String(limitMs)) return;
    if (!session && !this.#local) {
      const [[before = '0'] = []] = await this.#run('show statement_timeout');
      this.#local = { before: before ?? '0' };
    }
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

  async #read(): Promise<(string | null)[]> {
    const [row = []] = await this.#run(readSql);
    return row;
  }

  #run(text: string): Promise<(string | null)[][]> {
    return this.#backend.query(text, settingLimitMs);
  }
}

const literal = (value: string | undefined): string => (value === undefined ? 'default' : `'${value}'`);
