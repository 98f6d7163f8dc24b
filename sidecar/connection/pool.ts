import { AppError } from '#shared/error/appError.ts';
import { asError } from '../lib/asError.ts';
import { systemClock } from '../lib/clock.ts';
import type { Backend } from '../postgres/backend.ts';
import type { ClientPool } from '../postgres/clientPool.ts';

export interface Lease {
  backend: Backend;
  /** Gives the backend back clean, or throws it away where it cannot be cleaned. Idempotent. */
  release(): Promise<void>;
}

export interface LeaseRequest {
  database: string;
  signal: AbortSignal;
  /** Told how many backends are busy, each time that changes while this request waits. */
  onWaiting: (busy: number) => void;
  /** Of our own, in the background: it comes after all that a user waits for, and is told when one begins to wait. */
  background?: { onWanted: () => void };
}

export interface BackendPoolOptions {
  /** Backends of all databases together. */
  max: number;
  waitMs: number;
  /** One pg-pool a database, made on demand. */
  clientPool: (database: string) => ClientPool;
  /** Puts a used backend back into its first state; rejects where that fails. */
  clean: (backend: Backend) => Promise<void>;
}

/** What runs is asked to stop and may say how it ended, but is not waited for longer than this. */
const abandonLimitMs = 1_000;

interface Waiter {
  request: LeaseRequest;
  grant: () => void;
}

/**
 * Who may have a backend, and when: at most `max` at once over all databases, first come first served, with a deadline
 * and an abort for those who wait. The backends themselves are pg-pool's.
 */
export class BackendPool {
  readonly #options: BackendPoolOptions;
  readonly #pools = new Map<string, ClientPool>();
  readonly #leased = new Map<Backend, ClientPool>();
  readonly #waiters: Waiter[] = [];
  readonly #usedAt = new WeakMap<Backend, number>();
  /** Granted, in the background, and not yet told that it is wanted. */
  readonly #yielding = new Set<LeaseRequest>();
  #granted = 0;
  #closedBy: AppError | undefined;

  constructor(options: BackendPoolOptions) {
    this.#options = options;
  }

  /** Rejects with POOL_EXHAUSTED when none came free in time, or with what opening a new one failed with. */
  async lease(request: LeaseRequest): Promise<Lease> {
    await this.#permit(request);
    if (request.background) this.#yielding.add(request);
    try {
      request.signal.throwIfAborted();
      const pool = this.#poolOf(request.database);
      if (pool.idle === 0) await this.#makeRoom(pool);
      const backend = await pool.take();
      if (this.#closedBy) {
        pool.discard(backend, this.#closedBy);
        throw this.#closedBy;
      }
      this.#leased.set(backend, pool);
      const release = () => {
        this.#yielding.delete(request);
        return this.#release(backend);
      };
      return { backend, release };
    } catch (error) {
      this.#yielding.delete(request);
      this.#granted -= 1;
      this.#next();
      throw error;
    }
  }

  /** Backends that there are now, in use or idle. */
  get total(): number {
    return [...this.#pools.values()].reduce((sum, pool) => sum + pool.total, 0);
  }

  /** Ends those that lie idle, and tells how many that were. */
  async closeIdle(): Promise<number> {
    const idle = await this.takeIdle();
    for (const { giveBack } of idle) giveBack(new AppError('CONNECTION_LOST', 'Closed because it was idle.'));
    return idle.length;
  }

  /** All backends that lie idle, for the keepalive, each with what gives it back. */
  async takeIdle(): Promise<{ backend: Backend; idleMs: number; giveBack: (error?: AppError) => void }[]> {
    const pools = [...this.#pools.values()];
    // All at once: the pool is last in, first out, and one by one would meet the same backend again and again.
    const taken = await Promise.allSettled(
      pools.flatMap((pool) =>
        Array.from({ length: pool.idle }, async () => ({ pool, backend: await pool.take() })),
      ),
    );
    return taken.flatMap((result) => {
      if (result.status === 'rejected') return [];
      const { pool, backend } = result.value;
      const idleMs = systemClock.monotonic() - (this.#usedAt.get(backend) ?? 0);
      return [{ backend, idleMs, giveBack: (error) => this.#giveBack(pool, backend, error) }];
    });
  }

  /**
   * Ends everything at once: who waits and what runs settles with `error`. With `abandon` what runs is cancelled at the
   * server first, for a bounded time; after a loss there is nobody to ask.
   */
  async close(error: AppError, abandon = false): Promise<void> {
    if (this.#closedBy) return;
    this.#closedBy = error;
    for (const waiter of this.#waiters.splice(0)) waiter.grant();
    const pools = [...this.#pools.values()];
    for (const pool of pools) pool.stopDialling(error);
    if (abandon)
      await Promise.all([...this.#leased.keys()].map((backend) => backend.abandon(abandonLimitMs)));
    for (const [backend, pool] of this.#leased) pool.discard(backend, error);
    this.#leased.clear();
    await Promise.all(pools.map((pool) => pool.close()));
  }

  #permit(request: LeaseRequest): Promise<void> {
    if (this.#closedBy) return Promise.reject(this.#closedBy);
    request.signal.throwIfAborted();
    if (this.#granted < this.#options.max && this.#waiters.length === 0) {
      this.#granted += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = (error: unknown) => {
        done();
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(asError(error));
      };
      const onAbort = () => leave(request.signal.reason);
      const timer = setTimeout(() => leave(exhausted(this.#options)), this.#options.waitMs);
      const done = () => {
        clearTimeout(timer);
        request.signal.removeEventListener('abort', onAbort);
      };
      const grant = () => {
        done();
        if (this.#closedBy) return reject(this.#closedBy);
        this.#granted += 1;
        resolve();
      };
      const waiter: Waiter = { request, grant };
      request.signal.addEventListener('abort', onAbort, { once: true });
      this.#enqueue(waiter);
      request.onWaiting(this.#granted);
    });
  }

  #enqueue(waiter: Waiter): void {
    const behind = this.#waiters.findIndex(({ request }) => request.background);
    if (waiter.request.background || behind < 0) this.#waiters.push(waiter);
    else this.#waiters.splice(behind, 0, waiter);
    if (waiter.request.background) return;
    const [wanted] = this.#yielding;
    if (!wanted) return;
    this.#yielding.delete(wanted);
    wanted.background?.onWanted();
  }

  #next(): void {
    if (this.#granted < this.#options.max) this.#waiters.shift()?.grant();
    for (const { request } of this.#waiters) request.onWaiting(this.#granted);
  }

  /** Idle backends of other databases count too: one of them goes before a new one is opened. */
  async #makeRoom(wanted: ClientPool): Promise<void> {
    const other = [...this.#pools.values()].find((pool) => pool !== wanted && pool.idle > 0);
    if (this.total < this.#options.max || !other) return;
    const backend = await other.take();
    other.discard(backend, new AppError('CONNECTION_LOST', 'Closed to make room for another database.'));
  }

  #poolOf(database: string): ClientPool {
    const known = this.#pools.get(database);
    if (known) return known;
    const made = this.#options.clientPool(database);
    this.#pools.set(database, made);
    return made;
  }

  async #release(backend: Backend): Promise<void> {
    const pool = this.#leased.get(backend);
    if (!pool) return;
    let failure: AppError | undefined;
    try {
      if (backend.alive) await this.#options.clean(backend);
    } catch (error) {
      failure = new AppError('CONNECTION_LOST', 'The backend could not be cleaned.', { cause: error });
    }
    if (!this.#leased.delete(backend)) return;
    this.#giveBack(pool, backend, failure);
    this.#granted -= 1;
    this.#next();
  }

  #giveBack(pool: ClientPool, backend: Backend, error: AppError | undefined): void {
    this.#usedAt.set(backend, systemClock.monotonic());
    if (error) pool.discard(backend, error);
    else pool.giveBack(backend);
  }
}

const exhausted = ({ max, waitMs }: BackendPoolOptions): AppError =>
  new AppError('POOL_EXHAUSTED', `All ${max} connections of this server were busy for ${waitMs / 1_000} s.`, {
    hint: 'Cancel what is not needed, or close tabs that hold a transaction open.',
    actions: [{ id: 'showRunning', label: 'Show what runs' }],
  });
