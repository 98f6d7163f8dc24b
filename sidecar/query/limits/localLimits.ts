import type { ConnectionOptions } from '#shared/connection/config.ts';
import type { Backend } from '../../postgres/backend.ts';
import { takesLocal } from '../transactionText.ts';

/** The connection's. */
export type LimitOptions = Partial<
  Pick<
    ConnectionOptions,
    'statementTimeoutMs' | 'lockTimeoutMs' | 'idleInTransactionTimeoutMs' | 'startupSql'
  >
>;

/** A setting is answered at once; a backend that takes longer than this is on a dead link. */
const settingLimitMs = 5_000;

/**
 * The time limits behind a pooler, where a SET would stay on a connection of the server that others use next: SET LOCAL,
 * in one message with the statement, so that the server makes one transaction of them. What must run outside of one has
 * the client's timer alone.
 */
export class LocalLimits {
  readonly #backend: Pick<Backend, 'pooled' | 'transactionStatus' | 'query'>;
  readonly #options: LimitOptions;

  constructor(backend: Pick<Backend, 'pooled' | 'transactionStatus' | 'query'>, options: LimitOptions) {
    this.#backend = backend;
    this.#options = options;
  }

  /** What goes before a statement; `limitMs` is the run's own limit, 0 for none, undefined: the connection's. */
  before(text: string, limitMs?: number): string[] {
    const { pooled, transactionStatus } = this.#backend;
    if (!pooled || transactionStatus === 'E') return [];
    if (transactionStatus === 'T') return this.#statement(limitMs);
    return takesLocal(text) ? this.#all(limitMs) : [];
  }

  /** The same for a statement that goes alone, inside a transaction of ours. Rejects as `Backend.query` does. */
  async apply(limitMs?: number): Promise<void> {
    const { pooled, transactionStatus } = this.#backend;
    const commands = this.#all(limitMs);
    if (!pooled || transactionStatus !== 'T' || commands.length === 0) return;
    await this.#backend.query(commands.join('; '), settingLimitMs);
  }

  #statement(limitMs = this.#options.statementTimeoutMs): string[] {
    return limitMs === undefined ? [] : [`set local statement_timeout to ${limitMs}`];
  }

  /** A transaction's first; later the user may have set the others himself. */
  #all(limitMs?: number): string[] {
    const { lockTimeoutMs, idleInTransactionTimeoutMs } = this.#options;
    return [
      ...this.#statement(limitMs),
      ...(lockTimeoutMs === undefined ? [] : [`set local lock_timeout to ${lockTimeoutMs}`]),
      ...(idleInTransactionTimeoutMs === undefined
        ? []
        : [`set local idle_in_transaction_session_timeout to ${idleInTransactionTimeoutMs}`]),
    ];
  }
}
