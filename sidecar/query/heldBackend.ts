import type { TransactionStatus } from '#shared/query/result.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Lease } from '../connection/pool.ts';
import type { Clock } from '../lib/clock.ts';
import type { Backend } from '../postgres/backend.ts';
import type { StatementSink } from '../postgres/statement.ts';
import { LocalLimits, type LimitOptions } from './limits/localLimits.ts';
import { namesInPath } from './namesInPath.ts';
import { beyond, customSettingNames, differs, readSessionState, type StateItem } from './sessionState.ts';
import { StatementLimit } from './limits/statementLimit.ts';
import { commitLost } from './stopMessages.ts';
import { isCommit } from './transactionText.ts';
import { UnreadSettings } from './limits/unreadSettings.ts';

/** The state that our own start-up gave a backend; it has it again each time it comes out of the pool. */
const baselines = new WeakMap<Backend, StateItem[]>();

/** What is gone with a backend, as it was last seen. */
export interface Gone {
  items: StateItem[];
  transaction?: 'open' | 'failed';
  /** A COMMIT was under way, of the transaction of this number, where it had one. */
  commit?: { xid: string | undefined };
}

export interface HeldEvents {
  /** Told at once, while the cause is still to be seen. */
  onLost: (error: AppError) => void;
  /** The transaction began, failed or ended. */
  onTransaction: () => void;
  /** What would be lost with it may be something else now. */
  onHeld: () => void;
  /** What is in the database may be something else now, for everybody to see. */
  onCatalogChanged: () => void;
}

/** The backend that a tab holds: for one run, or for longer while it has session state or an open transaction. */
export class HeldBackend {
  readonly backend: Backend;
  readonly connectionId: string;
  readonly limit: StatementLimit;
  /** In place of `limit` behind a pooler. */
  readonly local: LocalLimits;
  /** When the transaction that is open now was first seen. */
  transactionSinceAt: number | undefined;
  /** The transaction that is open now is the read-only guard's own, around one statement. */
  wrapped = false;
  readonly #lease: Lease;
  readonly #clock: Clock;
  readonly #customNames = new Set<string>();
  /** Settings of the session that are our own doing. */
  readonly #ours = new Set<string>();
  readonly #events: HeldEvents;
  readonly #stopListening: () => void;
  #status: TransactionStatus = 'I';
  #state: StateItem[] = [];
  readonly #unread = new UnreadSettings();
  #commit: Gone['commit'];
  /** A statement has changed the catalog, and nobody has been told yet. */
  #changedCatalog = false;

  constructor(
    connectionId: string,
    lease: Lease,
    clock: Clock,
    events: HeldEvents,
    limits: LimitOptions = {},
  ) {
    this.connectionId = connectionId;
    this.backend = lease.backend;
    this.limit = new StatementLimit(lease.backend, limits);
    this.local = new LocalLimits(lease.backend, limits);
    this.#lease = lease;
    this.#clock = clock;
    this.#events = events;
    this.#stopListening = lease.backend.lost.on((error) => events.onLost(error));
  }

  get transactionStatus(): TransactionStatus {
    const { alive, abandoned, transactionStatus } = this.backend;
    return alive && !abandoned && !this.wrapped ? transactionStatus : 'I';
  }

  /**
   * Reads what this backend's session holds before any text of the user ran on it. Only needed where the connection's own
   * settings leave something that looks like the user's.
   */
  async learnBaseline(): Promise<void> {
    if (baselines.has(this.backend) || this.backend.pooled) return;
    baselines.set(this.backend, await this.limit.usersOf(await readSessionState(this.backend, [])));
  }

  /**
   * The connection starts its backends read-only, and this window chose to write. Set again for each run, for the user may
   * have reset it. It is no state of the user's, and DISCARD ALL takes it back.
   */
  async allowWriting(): Promise<void> {
    if (this.backend.pooled) return;
    this.#ours.add('default_transaction_read_only');
    if (this.backend.transactionStatus === 'I')
      await this.backend.query('set default_transaction_read_only to off');
  }

  /** A statement is sent with the next breath; `commit` where it is a COMMIT, with the number that was read before. */
  note(text: string, commit?: Gone['commit']): void {
    for (const name of customSettingNames(text)) this.#customNames.add(name);
    // A backend that is gone already sends nothing.
    this.#commit = this.backend.alive ? commit : undefined;
    if (this.#commit) this.#events.onHeld();
  }

  /** Is the answer to a COMMIT still to come, or lost? */
  get isCommitting(): boolean {
    return this.#commit !== undefined;
  }

  /** At its loss: is a transaction left at the server, that nobody will end and no COMMIT was sent for? */
  get leavesTransaction(): boolean {
    return this.#status !== 'I' && !this.#commit;
  }

  /** What is lost with this backend, asked at the moment of its loss; undefined where there was nothing. */
  gone(): Gone | undefined {
    const transaction = this.#status === 'I' ? undefined : this.#status === 'T' ? 'open' : 'failed';
    const items = this.#unread.over(this.#state, transaction === 'failed');
    if (items.length === 0 && !transaction) return undefined;
    return {
      items,
      ...(transaction ? { transaction } : {}),
      ...(this.#commit ? { commit: this.#commit } : {}),
    };
  }

  /** What names without a schema are looked up in, where the session has set that. */
  get searchPath(): string[] | undefined {
    const items = this.gone()?.items ?? [];
    const path = items.find(({ kind, name }) => kind === 'setting' && name.toLowerCase() === 'search_path');
    return path && namesInPath(path.value);
  }

  /** Where the session's temporary tables stand, once it has some. */
  get tempSchema(): string | undefined {
    return this.gone()?.items.find(({ kind }) => kind === 'tempTable')?.value;
  }

  /** A statement has ended: the server's byte may be another one. */
  noteTransaction(): void {
    const status = this.transactionStatus;
    if (this.backend.alive) this.#commit = undefined;
    if (status === 'I') {
      this.transactionSinceAt = undefined;
      // Behind a pooler it belongs to no session of the user's, whether it was committed or not.
      if (this.backend.pooled) this.#unread.clear();
      else if (this.#status !== 'I') this.#unread.transactionEnded();
    } else {
      this.transactionSinceAt ??= this.#clock.now();
      this.#unread.transactionBegan();
    }
    const isOther = status !== this.#status;
    this.#status = status;
    if (isOther) this.#events.onTransaction();
    // What was held when the backend was lost stays written down until the loss is.
    if (this.backend.alive) this.#events.onHeld();
    this.#tellCatalogChange();
  }

  /** A statement has changed the catalog: others see it, and so do we, once its transaction is over. */
  noteCatalogChange(): void {
    this.#changedCatalog = true;
    this.#tellCatalogChange();
  }

  #tellCatalogChange(): void {
    if (!this.#changedCatalog || this.transactionStatus !== 'I') return;
    this.#changedCatalog = false;
    this.#events.onCatalogChanged();
  }

  /** A statement of the user's has been executed: what it has set is remembered until the session's state is read. */
  async noteExecuted(text: string): Promise<void> {
    if (this.wrapped || (this.backend.pooled && this.transactionStatus !== 'T')) return;
    if (this.transactionStatus === 'I' && isCommit(text)) this.#unread.committed();
    else await this.#unread.note(text);
    this.#events.onHeld();
  }

  /**
   * Before a COMMIT of an open transaction: its number, by which the server can be asked afterwards what became of it; none
   * before it has written anything. Undefined where `text` is no COMMIT or there is nothing to commit. Rejects as
   * `Backend.query` does, and a server's error has then made the transaction fail.
   */
  async beforeCommit(text: string): Promise<Gone['commit']> {
    if (this.transactionStatus !== 'T' || !isCommit(text)) return undefined;
    const version = Number.parseInt(this.backend.parameters.get('server_version') ?? '', 10);
    const read = version < 13 ? 'txid_current_if_assigned' : 'pg_current_xact_id_if_assigned';
    const [row] = await this.backend.query(`select pg_catalog.${read}()`);
    return { xid: row?.[0] ?? undefined };
  }

  /**
   * Sends BEGIN, COMMIT or ROLLBACK of our own, and waits for as long as the server needs, or until `signal` cancels it.
   * Gives the transaction's number where it commits one. Rejects with the server's error, or with why the link was lost.
   */
  async control(text: string, signal?: AbortSignal): Promise<{ xid?: string | undefined }> {
    const commit = await this.beforeCommit(text);
    signal?.throwIfAborted();
    const cancel = () => void this.backend.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      this.note(text, commit);
      const { error } = await this.backend.execute(text, silent, { before: this.local.before(text) });
      if (error) throw error;
      await this.noteExecuted(text);
      return { xid: commit?.xid };
    } catch (error) {
      const isLost = !this.backend.alive && this.isCommitting;
      throw isLost && error instanceof AppError ? commitLost(error) : error;
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.noteTransaction();
    }
  }

  /** Would the user lose something if it went back to the pool? Rejects where that cannot be found out. */
  async isNeeded(): Promise<boolean> {
    const { backend } = this;
    // A cancel that came too late must not hit what is sent next.
    await backend.cancel();
    if (!backend.alive) return false;
    await this.limit.lift();
    if (backend.transactionStatus !== 'I') return true;
    // What could be read there is the state of a connection that the pooler lends to others, too.
    if (backend.pooled) return false;
    const state = await this.limit.usersOf(await readSessionState(backend, [...this.#customNames]));
    const users = state.filter(({ name }) => !this.#ours.has(name));
    const baseline = baselines.get(backend) ?? [];
    this.#state = beyond(users, baseline);
    this.#unread.clear();
    this.#events.onHeld();
    return differs(users, baseline);
  }

  /** Rolls back what is open, forgets the session's state, and gives the backend back. Idempotent. */
  async release(): Promise<void> {
    this.#stopListening();
    // A COMMIT that was lost may have been done.
    if (this.#changedCatalog) this.#events.onCatalogChanged();
    // What cannot be given back clean is thrown away by the pool: there is nothing left to do about it here.
    await this.#lease.release().catch(() => {});
  }
}

/** Transaction control has no rows, and its notices repeat what the status tells. */
const silent: StatementSink = { columns: noop, rows: noop, ended: noop, notice: noop };

function noop(): void {}
