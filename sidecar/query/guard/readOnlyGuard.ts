import { AppError } from '#shared/error/appError.ts';
import type { ReadOnlyMode } from '#shared/connection/config.ts';
import { proveReadOnly } from '../../connection/readOnlyProof.ts';
import type { Backend } from '../../postgres/backend.ts';
import type { NoticeLog } from '../noticeLog.ts';
import type { KeptSettings } from './keptSettings.ts';
import { parseStatement } from './parsedStatement.ts';
import { permit, type Permission } from './statementRules.ts';
import { strictCheck } from './strictCheck.ts';
import { violation } from './violations.ts';

/** Beginning, looking and rolling back are short; a backend that takes longer is on a dead link. */
const ownStatementLimitMs = 5_000;

/** How a statement went, as far as the guard looks at it. */
export interface GuardedEnd {
  error?: AppError | undefined;
}

/** The backend of a tab. */
export interface GuardedBackend {
  readonly backend: Backend;
  readonly connectionId: string;
  /** Its transaction is the guard's own, around one statement, and none of the user's. */
  wrapped: boolean;
}

interface GuardOptions {
  mode: Exclude<ReadOnlyMode, 'off'>;
  settings: KeptSettings;
  notices?: Pick<NoticeLog, 'add'> | undefined;
}

/**
 * Lets statements through that can only read, each inside a read-only transaction that is always rolled back. `send` sends
 * one statement by the extended protocol, exactly as it was checked.
 */
export class ReadOnlyGuard {
  readonly #options: GuardOptions;

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** Rejects with READ_ONLY_VIOLATION where the statement was not sent, and where the link is lost. */
  async run<End extends GuardedEnd>(
    held: GuardedBackend,
    text: string,
    send: (text: string) => Promise<End>,
  ): Promise<End> {
    const permission = permit(text, await parseStatement(text));
    if (permission.kind === 'begin') return this.begin(held, send);
    if (permission.kind === 'end') return this.end(held, permission, send);
    await this.#ready(held);
    const end =
      held.backend.transactionStatus === 'I'
        ? await this.#wrapped(held, permission, send)
        : await this.#inTransaction(held.backend, permission, send);
    if (permission.kind === 'set' && !end.error) this.#options.settings.keep(permission.change);
    return end;
  }

  /** Opens one read-only transaction for several statements, whatever kind of transaction was asked for. */
  async begin<End extends GuardedEnd>(
    held: GuardedBackend,
    send: (text: string) => Promise<End>,
  ): Promise<End> {
    await this.#ready(held);
    const { backend } = held;
    // Within a transaction the server warns, and begins no other.
    if (backend.transactionStatus !== 'I') return send('begin');
    const end = await send(beginSql);
    if (end.error || !backend.alive) return end;
    try {
      await this.#open(backend, { isNew: true });
    } catch (error) {
      await rollBack(backend);
      throw error;
    }
    return end;
  }

  /** Ends a transaction by ROLLBACK, whatever was said. One from a time when writing was allowed is not given up for a COMMIT. */
  async end<End extends GuardedEnd>(
    { backend }: GuardedBackend,
    { commits }: { commits: boolean },
    send: (text: string) => Promise<End>,
  ): Promise<End> {
    if (commits && backend.transactionStatus === 'T') {
      const [[answer] = []] = await backend.query(readOnlySql, ownStatementLimitMs);
      if (answer !== 'on') throw wouldCommit();
      const message = 'This connection is read-only: the transaction was ended by ROLLBACK.';
      this.#options.notices?.add({ severity: 'NOTICE', message });
    }
    return send('rollback');
  }

  /** The transaction of one statement. */
  async #wrapped<End>(
    held: GuardedBackend,
    permission: Checked,
    send: (text: string) => Promise<End>,
  ): Promise<End> {
    const { backend } = held;
    held.wrapped = true;
    try {
      await this.#open(backend, { begin: 'begin read only; ', isNew: true });
      await this.#look(backend, permission);
      return await send(permission.statement.text);
    } finally {
      await rollBack(backend);
      held.wrapped = false;
    }
  }

  /** A transaction that the user began. It may be from a time when writing was allowed. */
  async #inTransaction<End>(
    backend: Backend,
    permission: Checked,
    send: (text: string) => Promise<End>,
  ): Promise<End> {
    // A failed one runs nothing: the server's own words say so.
    if (backend.transactionStatus === 'T') {
      await this.#open(backend, { isNew: false });
      await this.#look(backend, permission);
    }
    return send(permission.statement.text);
  }

  /**
   * Makes server and parser read texts by the same rules, takes the snapshot (after which no transaction can be turned
   * into one that writes), and sees that the server says read-only. A transaction gets the tab's settings when it is new.
   */
  async #open(backend: Backend, { begin = '', isNew }: { begin?: string; isNew: boolean }): Promise<void> {
    const { settings } = this.#options;
    const kept = isNew ? settings.sql : '';
    const sql = `${begin}set local standard_conforming_strings = on; set local client_encoding = 'UTF8'; ${kept}${readOnlySql}`;
    const [[answer] = []] = await backend.query(sql, ownStatementLimitMs).catch((error: unknown) => {
      // A setting that the server takes no more must not be in the way of every further statement.
      settings.clear();
      throw error;
    });
    if (answer !== 'on') throw isNew ? notReadOnly() : writableTransaction();
  }

  /** A backend inside a transaction was looked at before, or shows by its answer what it is. */
  async #ready({ backend, connectionId }: GuardedBackend): Promise<void> {
    this.#options.settings.use(connectionId);
    if (backend.transactionStatus === 'I') await proveReadOnly(backend);
  }

  async #look(backend: Backend, { statement }: Checked): Promise<void> {
    if (this.#options.mode === 'strict') await strictCheck(backend, statement.facts);
  }
}

type Checked = Extract<Permission, { kind: 'read' | 'set' }>;

/** One snapshot for all statements of a transaction that the user begins. */
const beginSql = 'begin isolation level repeatable read read only';

const readOnlySql = "select pg_catalog.current_setting('transaction_read_only')";

/** Never commits. A backend that cannot be rolled back is given up, which ends its transaction, too. */
async function rollBack(backend: Backend): Promise<void> {
  // A cancel that is still on its way must not hit the ROLLBACK.
  await backend.cancel();
  if (!backend.alive || backend.transactionStatus === 'I') return;
  await backend.query('rollback', ownStatementLimitMs).catch((error: unknown) => {
    const message = 'A read-only transaction could not be rolled back, so its connection was closed.';
    backend.destroy(new AppError('CONNECTION_LOST', message, { cause: error }));
  });
}

const notReadOnly = (): AppError =>
  violation('statementKind', 'The server did not begin a read-only transaction, so nothing was sent.', {
    hint: 'Something between here and the server may be in the way, for example a pooler.',
  });

const writableTransaction = (): AppError =>
  violation(
    'statementKind',
    'The open transaction of this tab can write, and this connection is read-only now.',
    {
      hint: 'Roll it back, or allow writing again to go on with it.',
    },
  );

const wouldCommit = (): AppError =>
  violation(
    'statementKind',
    'COMMIT is refused: the open transaction can write, and this connection is read-only now.',
    {
      hint: 'Allow writing again to commit it, or roll it back.',
    },
  );
