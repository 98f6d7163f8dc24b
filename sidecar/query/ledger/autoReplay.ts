import type { Notification } from '#shared/contract/derive.ts';
import type { ConnectionRow } from '#shared/connection/status.ts';
import { toEnvelope } from '#shared/error/appError.ts';
import type { Connections } from '../../connection/connections.ts';
import type { Emitter } from '../../lib/emitter.ts';
import type { Ledger, TabId } from './ledger.ts';

interface AutoReplayDeps {
  connections: Pick<Connections, 'events' | 'rows'>;
  ledger: Pick<Ledger, 'replayableOn'>;
  events: Emitter<{ sessionId: string; notification: Notification }>;
  log: { warn(facts: object, words: string): void };
  replay: (tab: TabId, connectionId: string, signal: AbortSignal) => Promise<unknown>;
}

const isWanted = (row: ConnectionRow | undefined): boolean =>
  row?.config.options.reconnect.replay === 'auto' &&
  (row.status === 'connected' || row.status === 'degraded') &&
  // At another server nothing is done without the user.
  !row.info?.identity?.writesHeld;

/**
 * Sets again by itself what tabs lost, where the definition of their connection says so: once it is back, and at once
 * where it lost no more than a backend. Each loss is tried once; what fails then is left to the user's word.
 */
export class AutoReplay {
  readonly #tried = new Set<string>();
  readonly #closed = new AbortController();
  readonly #deps: AutoReplayDeps;
  readonly #stopListening: (() => void)[];

  constructor(deps: AutoReplayDeps) {
    this.#deps = deps;
    this.#stopListening = [
      deps.connections.events.on(({ connectionId, report }) => {
        if (report.status === 'connected') this.#replayOn(connectionId);
      }),
      deps.events.on(({ notification: { method, params } }) => {
        if (method === 'connection.ledger') this.#replayOn(params.connectionId);
      }),
    ];
  }

  close(): void {
    for (const stop of this.#stopListening) stop();
    this.#closed.abort();
  }

  #replayOn(connectionId: string): void {
    const { connections, ledger, log, replay } = this.#deps;
    if (!isWanted(connections.rows().find(({ config }) => config.id === connectionId))) return;
    for (const { entryId, ...tab } of ledger.replayableOn(connectionId)) {
      const key = `${tab.sessionId} ${entryId}`;
      if (this.#tried.has(key)) continue;
      this.#tried.add(key);
      replay(tab, connectionId, this.#closed.signal).catch((error: unknown) => {
        const { code, retry } = toEnvelope(error);
        // The link was going as well: the next one is another chance.
        if (retry === 'auto' || code === 'NOT_CONNECTED') this.#tried.delete(key);
        log.warn({ connectionId, tabId: tab.tabId, code }, 'What a tab had set could not be set again');
      });
    }
  }
}
