import type { MethodInput } from '#shared/contract/derive.ts';
import { AppError, fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import type { TransactionAction } from '../transactions.svelte.ts';
import type { CommandStores } from './commandStores.ts';

export type BeginOptions = Pick<MethodInput<'transaction.begin'>, 'database' | 'isolation' | 'readOnly'>;

/**
 * Begin, commit and rollback of a tab. A refusal stands with the tab. None has a deadline of its own: a commit may wait
 * for what its constraints check, and giving up on it would leave its outcome open; a dead link ends it anyway.
 */
export class TransactionCommands {
  #rpc: Rpc;
  #stores: Pick<CommandStores, 'transactions'>;

  constructor(rpc: Rpc, stores: Pick<CommandStores, 'transactions'>) {
    this.#rpc = rpc;
    this.#stores = stores;
  }

  begin(tabId: string, connectionId: string, options: BeginOptions = {}): Promise<void> {
    return this.#act(tabId, 'begin', () =>
      this.#rpc.call('transaction.begin', { tabId, connectionId, ...options }),
    );
  }

  commit(tabId: string): Promise<void> {
    return this.#act(tabId, 'commit', () => this.#rpc.call('transaction.commit', { tabId }));
  }

  rollback(tabId: string): Promise<void> {
    return this.#act(tabId, 'rollback', () => this.#rpc.call('transaction.rollback', { tabId }));
  }

  /** Off: the first statement of a run opens a transaction by itself. One that is open stays open. */
  async setAutoCommit(tabId: string, autoCommit: boolean): Promise<void> {
    const { transactions } = this.#stores;
    const before = transactions.autoCommit(tabId);
    transactions.choose(tabId, autoCommit);
    try {
      await this.#rpc.call('tab.setAutoCommit', { tabId, autoCommit });
    } catch (error) {
      // An engine that is away is told when it is back; a refusal leaves the tab as it was.
      if (error instanceof AppError && error.code === 'SIDECAR_RESTARTED') return;
      transactions.choose(tabId, before);
      transactions.answered(tabId, asAppError(error));
    }
  }

  async #act(tabId: string, action: TransactionAction, call: () => Promise<unknown>): Promise<void> {
    const { transactions } = this.#stores;
    if (transactions.pending(tabId)) return;
    transactions.asked(tabId, action);
    try {
      await call();
      transactions.answered(tabId);
    } catch (error) {
      transactions.answered(tabId, asAppError(error));
    }
  }
}

const asAppError = (error: unknown): AppError =>
  error instanceof AppError ? error : fromEnvelope(toEnvelope(error));
