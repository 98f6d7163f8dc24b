import { AppError, toEnvelope } from '#shared/error/appError.ts';
import { spokenReplay } from '../../lib/ledgerWords.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import type { CommandStores } from './commandStores.ts';

/** A replay takes a backend first, which may wait for one as long as a run does. */
const replayMs = 45_000;

/** What the user does about what a tab has lost. */
export class LedgerCommands {
  #rpc: Rpc;
  #stores: Pick<CommandStores, 'announcer' | 'ledger'>;
  #recalled = new Set<string>();

  constructor(rpc: Rpc, stores: Pick<CommandStores, 'announcer' | 'ledger'>) {
    this.#rpc = rpc;
    this.#stores = stores;
  }

  /** Sets settings and roles of the last loss again; what was, comes back by notification. */
  async replay(connectionId: string, tabId: string): Promise<void> {
    const { announcer, ledger } = this.#stores;
    if (ledger.isReplaying(tabId)) return;
    ledger.replayStarted(tabId);
    try {
      const params = { connectionId, tabId };
      const { replayed, failed = [] } = await this.#rpc.call(
        'ledger.replay',
        params,
        AbortSignal.timeout(replayMs),
      );
      ledger.replayEnded(tabId, failed);
      announcer.say(spokenReplay(replayed, failed));
    } catch (error) {
      const envelope = error instanceof AppError ? error.toEnvelope() : toEnvelope(error);
      ledger.replayEnded(tabId, [{ item: { kind: 'setting' }, error: envelope }]);
      announcer.say(`Nothing was set again. ${envelope.message}`);
    }
  }

  /** Asks once what a tab had lost before this window came, with an app that was killed; that comes by notification. */
  recall(connectionId: string | undefined, tabId: string): void {
    if (connectionId === undefined || this.#recalled.has(tabId)) return;
    this.#recalled.add(tabId);
    this.#rpc.call('ledger.list', { connectionId, tabId }).catch(() => this.#recalled.delete(tabId));
  }

  /** The entries go from the screen at once; where the engine is away it has none of them any more. */
  dismiss(tabId: string): void {
    const { ledger } = this.#stores;
    const connections = new Set(ledger.of(tabId).map(({ connectionId }) => connectionId));
    ledger.dismissed(tabId);
    for (const connectionId of connections)
      if (connectionId !== '')
        this.#rpc.call('ledger.dismiss', { connectionId, tabId }).catch(() => undefined);
  }
}
