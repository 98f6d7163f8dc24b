import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import type { CommandStores } from './commandStores.ts';

/** A dozen servers that are all slow to answer must not keep each other waiting, nor be asked all at once. */
const atOnce = 3;
/** The built-in server recovers its data first, which takes seconds; a server that is down is given up much sooner. */
const connectMs = 60_000;

/** Brings connections back that ended with an engine that was restarted: once each, and only where nobody is to be asked. */
export class ComeBackCommands {
  #rpc: Rpc;
  #stores: Pick<CommandStores, 'connections' | 'toasts'>;

  constructor(rpc: Rpc, stores: Pick<CommandStores, 'connections' | 'toasts'>) {
    this.#rpc = rpc;
    this.#stores = stores;
  }

  /** `ids` were live before the restart. What cannot come back keeps its banner with Connect. */
  async start(ids: readonly string[]): Promise<void> {
    const waiting = ids.flatMap((id) => {
      const config = this.#stores.connections.get(id)?.config;
      return config && needsNobody(config) ? [config] : [];
    });
    const back: string[] = [];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift())
        if (await this.#connect(next.id)) back.push(next.name);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    if (back.length > 0) this.#stores.toasts.show(backWords(back));
  }

  async #connect(id: string): Promise<boolean> {
    try {
      await this.#rpc.call('connection.connect', { id, secrets: {} }, AbortSignal.timeout(connectMs));
      return true;
    } catch {
      // Why it failed is told by its status, in its row and in the banner.
      return false;
    }
  }
}

/** No password that only a person knows; those given for a session are gone with the engine that held them. */
const needsNobody = ({ mode, credential, ssh }: ConnectionConfig): boolean =>
  mode === 'embedded' || (credential.source === 'none' && ssh?.enabled !== true);

const backWords = (names: readonly string[]): string =>
  names.length === 1
    ? `The engine was restarted; “${names[0] ?? ''}” is connected again.`
    : `The engine was restarted; ${names.length} connections are connected again.`;
