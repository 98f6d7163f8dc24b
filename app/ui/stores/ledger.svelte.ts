import { SvelteMap } from 'svelte/reactivity';
import type { LedgerEntry, LostItem } from '#shared/query/ledger.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import type { OpenTransaction } from './transactions.svelte.ts';

/** Why something could not be set again. */
interface ReplayFailure {
  readonly item: LostItem;
  readonly error: ErrorEnvelope;
}

/** What is news of an entry: itself, or what became of its COMMIT. */
export type Told = 'new' | 'judged';

/** What tabs lost with their backends, oldest first, until the user has read it. */
export class LedgerStore {
  #entries = new SvelteMap<string, readonly LedgerEntry[]>();
  /** Those that took a transaction along, also once they are dismissed: what it had done stays on the screen. */
  #transactions = new SvelteMap<string, readonly LedgerEntry[]>();
  #failures = new SvelteMap<string, readonly ReplayFailure[]>();
  #replaying = new SvelteMap<string, boolean>();
  #losses = 0;

  of(tabId: string): readonly LedgerEntry[] {
    return this.#entries.get(tabId) ?? [];
  }

  /** The losses that took a transaction of the tab along, oldest first, also those that are dismissed. */
  lostTransactions(tabId: string): readonly LedgerEntry[] {
    return this.#transactions.get(tabId) ?? [];
  }

  /** What all tabs of a connection lost from a time on. */
  since(connectionId: string, at: number): readonly LedgerEntry[] {
    const all = [...this.#entries.values()].flat();
    return all.filter((entry) => entry.connectionId === connectionId && entry.at >= at);
  }

  /** What the last replay in a tab could not set again. */
  failures(tabId: string): readonly ReplayFailure[] {
    return this.#failures.get(tabId) ?? [];
  }

  isReplaying(tabId: string): boolean {
    return this.#replaying.get(tabId) ?? false;
  }

  /**
   * Takes a snapshot's entries; what was lost with an engine is known to this window only, and is kept. Returns those of
   * which something is news.
   */
  load(entries: readonly LedgerEntry[] = []): { entry: LedgerEntry; told: Told }[] {
    const news = entries.flatMap((entry) => {
      const told = this.told(entry);
      return told ? [{ entry, told }] : [];
    });
    const ids = new Set(entries.map(({ id }) => id));
    for (const [tabId, kept] of this.#entries)
      this.#entries.set(
        tabId,
        kept.filter(({ id }) => ids.has(id) || id.startsWith(ownPrefix)),
      );
    return news;
  }

  /** A new entry, or another state of one; undefined where nothing of it is news that concerns the loss. */
  told(entry: LedgerEntry): Told | undefined {
    const before = this.of(entry.tabId).find(({ id }) => id === entry.id);
    this.#entries.set(entry.tabId, withEntry(this.of(entry.tabId), entry));
    if (entry.lost.some(({ kind }) => kind === 'transaction'))
      this.#transactions.set(entry.tabId, withEntry(this.lostTransactions(entry.tabId), entry));
    if (!before) return 'new';
    return entry.commitOutcome !== undefined && before.commitOutcome === undefined ? 'judged' : undefined;
  }

  /**
   * The engine itself ended. Where its journal has told the next one, that is better known there; else that a transaction
   * was open is all that is known.
   */
  lostWithEngine(
    tabId: string,
    { status, connectionId = '', sinceAt = 0 }: OpenTransaction,
    { at, committing = false }: { at: number; committing?: boolean },
  ): LedgerEntry | undefined {
    const isTold = (entry: LedgerEntry) => entry.error.code === 'SIDECAR_RESTARTED' && entry.at >= sinceAt;
    if (this.of(tabId).some(isTold)) return undefined;
    this.#losses += 1;
    const entry: LedgerEntry = {
      id: `${ownPrefix}${this.#losses}`,
      connectionId,
      tabId,
      database: '',
      at,
      error: {
        code: 'SIDECAR_RESTARTED',
        message: 'The engine was restarted.',
        retry: 'auto',
        actions: [],
      },
      lost: [{ kind: 'transaction', value: status === 'E' ? 'failed' : 'open' }],
      replayed: [],
      ...(committing ? { commitOutcome: 'unknown' } : {}),
    };
    this.told(entry);
    return entry;
  }

  replayStarted(tabId: string): void {
    this.#failures.delete(tabId);
    this.#replaying.set(tabId, true);
  }

  replayEnded(tabId: string, failures: readonly ReplayFailure[]): void {
    this.#replaying.delete(tabId);
    if (failures.length > 0) this.#failures.set(tabId, failures);
  }

  /** The user has read it; what is still being judged stays until it is known. */
  dismissed(tabId: string): void {
    this.#failures.delete(tabId);
    this.#entries.set(
      tabId,
      this.of(tabId).filter(({ judging }) => judging),
    );
  }

  /** The tab is closed. */
  forget(tabId: string): void {
    this.#failures.delete(tabId);
    this.#entries.delete(tabId);
    this.#transactions.delete(tabId);
  }
}

/** Ids of entries that this window made itself. */
const ownPrefix = 'window ';

const withEntry = (entries: readonly LedgerEntry[], entry: LedgerEntry): LedgerEntry[] =>
  [...entries.filter(({ id }) => id !== entry.id), entry].sort((a, b) => a.at - b.at);
