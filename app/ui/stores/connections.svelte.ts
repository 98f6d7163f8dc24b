import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { NotificationParams } from '#shared/contract/derive.ts';
import type { ConnectionRow, ConnectionStatus } from '#shared/connection/status.ts';

/** Of more than that many losses of a link the first ones are forgotten. */
const maxLosses = 200;

/** The connections as the sidecar reports them; nothing else writes here. */
export class Connections {
  #rows = new SvelteMap<string, ConnectionRow>();
  /** Live before the engine was restarted, and not since; the engine itself knows nothing of it. */
  #lost = new SvelteSet<string>();
  /** When each link was lost, oldest first, what caused the last loss, and whether it is made good. */
  #losses = new SvelteMap<string, { times: readonly number[]; why?: string | undefined; over: boolean }>();

  /** Those who wait for a change of any row. */
  readonly #waiting = new Set<() => void>();

  readonly list = $derived(
    [...this.#rows.values()].sort(
      (a, b) => a.config.sortOrder - b.config.sortOrder || a.config.name.localeCompare(b.config.name),
    ),
  );

  get(id: string | null | undefined): ConnectionRow | undefined {
    return typeof id === 'string' ? this.#rows.get(id) : undefined;
  }

  /** Whether it ended with an engine that was restarted, rather than by the user. */
  wasLost(id: string): boolean {
    return this.#lost.has(id);
  }

  /** When its link was lost for the first time from a time on, in Unix milliseconds, whether or not it is back. */
  lossSince(id: string, from: number): number | undefined {
    return this.#losses.get(id)?.times.find((at) => at >= from);
  }

  /** When its link was lost last, while it has not been back since. */
  presentLossAt(id: string): number | undefined {
    const loss = this.#losses.get(id);
    return loss?.over === false ? loss.times.at(-1) : undefined;
  }

  /** What caused that loss, whatever has gone wrong on the way back since. */
  presentLossWhy(id: string): string | undefined {
    const loss = this.#losses.get(id);
    return loss?.over === false ? loss.why : undefined;
  }

  /** Resolves once a connection is no longer being made, however that ended; rejects at the abort. */
  async untilMade(id: string, signal: AbortSignal): Promise<void> {
    while (this.get(id)?.status === 'connecting') {
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      signal.throwIfAborted();
    }
  }

  /** Takes a snapshot's rows; returns the ids of those that were live and ended with the engine just now. */
  load(rows: readonly ConnectionRow[]): string[] {
    const ended: string[] = [];
    const before = new Map(this.#rows);
    this.#rows.clear();
    for (const row of rows) {
      const { id } = row.config;
      const { status, error, sinceAt = Date.now() } = row;
      const previous = before.get(id)?.status;
      if (previous) this.#noteLoss({ connectionId: id, status, previous, error, at: sinceAt });
      this.#rows.set(id, row);
      if (row.status !== 'disconnected') this.#lost.delete(id);
      else if (wasUp(before.get(id))) {
        this.#lost.add(id);
        this.#noteTime(id, Date.now());
        ended.push(id);
      }
    }
    this.#wake();
    return ended;
  }

  changed({ id, row }: NotificationParams<'connection.changed'>): void {
    if (row) this.#rows.set(id, row as ConnectionRow);
    else this.#rows.delete(id);
    this.#wake();
  }

  statusChanged(params: NotificationParams<'connection.statusChanged'>): void {
    const { connectionId, previous: _, at: __, ...report } = params;
    const row = this.#rows.get(connectionId);
    if (!row) return;
    this.#lost.delete(connectionId);
    this.#noteLoss(params);
    // The whole report is replaced: a field that is absent now is no longer so.
    this.#rows.set(connectionId, { config: row.config, ...report });
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #noteLoss(change: NotificationParams<'connection.statusChanged'>): void {
    const { connectionId, status, previous, error, at } = change;
    const wasLive = previous === 'connected' || previous === 'degraded';
    const loss = this.#losses.get(connectionId);
    if (wasLive && (status === 'reconnecting' || status === 'error'))
      this.#noteTime(connectionId, at, error?.message);
    else if (loss && (status === 'connected' || status === 'disconnected'))
      this.#losses.set(connectionId, { ...loss, over: true });
  }

  #noteTime(id: string, at: number, why?: string): void {
    const { times = [] } = this.#losses.get(id) ?? {};
    this.#losses.set(id, { times: [...times, at].slice(-maxLosses), why, over: false });
  }
}

/** What stood with an error had ended already, and needs the user as before. */
const wasUp = (row: ConnectionRow | undefined): boolean =>
  row !== undefined && row.status !== 'disconnected' && row.status !== 'error';

/** Statements may be sent: the link holds, though perhaps slowly. */
export const isLive = (row: ConnectionRow | undefined): boolean =>
  row !== undefined && isLiveStatus(row.status);

export const isLiveStatus = (status: ConnectionStatus): boolean =>
  status === 'connected' || status === 'degraded';
