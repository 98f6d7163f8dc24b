import { randomUUID } from 'node:crypto';
import type { Notification } from '#shared/contract/derive.ts';
import type { LedgerEntry } from '#shared/query/ledger.ts';
import { judgeCommit, type CommitVerdict, type LostCommit } from '../../connection/commitVerdict.ts';
import type { Connections } from '../../connection/connections.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Loss } from '../loss.ts';
import { keyOf, listed, shown } from './lostItems.ts';
import type { StateItem } from '../sessionState.ts';
import type { TabJournal } from './tabJournal.ts';

/** More are not kept, of one tab and of all together: who loses more often has stopped reading. */
const maxPerTab = 10;
const maxEntries = 200;
/** A verdict mostly follows at once, and the entry is told whole; beyond this time it is told without. */
const tellLimitMs = 1_000;

export interface LedgerDeps {
  connections: Pick<Connections, 'rows' | 'requireLive' | 'events'>;
  journal: Pick<TabJournal, 'lost' | 'forget' | 'lossesOf'>;
  clock: Clock;
  log: { warn(facts: object, words: string): void };
  publish: (sessionId: string, notification: Notification) => void;
}

export interface TabId {
  sessionId: string;
  tabId: string;
}

interface Kept {
  sessionId: string;
  entry: LedgerEntry;
  /** Whole, for the replay. */
  items: StateItem[];
  commit: LostCommit | undefined;
  stopWaiting: () => void;
}

/** What tabs lost with their backends: told, kept to be read, and judged where a COMMIT was under way. */
export class Ledger {
  #kept: Kept[] = [];
  readonly #judging = new Set<Kept>();
  readonly #closed = new AbortController();
  readonly #stopListening: () => void;
  readonly #deps: LedgerDeps;

  constructor(deps: LedgerDeps) {
    this.#deps = deps;
    this.#stopListening = deps.connections.events.on(({ connectionId, report }) => {
      if (report.status !== 'connected') return;
      for (const kept of this.#kept) if (kept.entry.connectionId === connectionId) void this.#judge(kept);
    });
  }

  record({ sessionId, tabId }: TabId, loss: Loss): void {
    const { gone, connectionId, database, at, identity, checkpoint } = loss;
    const entry: LedgerEntry = {
      id: `loss-${randomUUID()}`,
      connectionId,
      tabId,
      database,
      at,
      error: loss.error.toEnvelope(),
      ...listed(gone),
      replayed: [],
      ...(gone.commit ? { judging: true } : {}),
    };
    const commit = gone.commit && { ...gone.commit, identity, checkpoint };
    const kept: Kept = { sessionId, entry, items: gone.items, commit, stopWaiting: () => {} };
    this.#kept.push(kept);
    this.#deps.journal.lost(sessionId, kept);
    this.#forgetOld({ sessionId, tabId });
    const kinds = entry.lost.map(({ kind }) => kind);
    this.#deps.log.warn(
      { connectionId, tabId, code: loss.error.code, kinds },
      'A tab lost what its session held',
    );
    if (!commit) return this.#tell(kept);
    kept.stopWaiting = this.#deps.clock.after(tellLimitMs, () => this.#tell(kept));
    void this.#judge(kept);
  }

  /**
   * A window has come, or uses a tab for the first time: what was lost there and nobody has read is told, with the next
   * turn, for the answer to the attach comes first.
   */
  restore(sessionId: string, tabId?: string): void {
    const known = new Set(this.list(sessionId).map(({ id }) => id));
    for (const { entry, items, commit } of this.#deps.journal.lossesOf(sessionId, tabId)) {
      if (known.has(entry.id)) continue;
      const lostCommit = commit && { ...commit, xid: commit.xid };
      const kept: Kept = { sessionId, entry, items, commit: lostCommit, stopWaiting: () => {} };
      this.#kept.push(kept);
      setImmediate(() => {
        if (this.#kept.includes(kept)) this.#tell(kept);
        void this.#judge(kept);
      });
    }
  }

  list(sessionId: string, of?: { connectionId: string; tabId: string }): LedgerEntry[] {
    if (of) this.restore(sessionId, of.tabId);
    return this.#kept
      .filter((kept) => kept.sessionId === sessionId)
      .map(({ entry }) => entry)
      .filter(({ connectionId, tabId }) => !of || (connectionId === of.connectionId && tabId === of.tabId));
  }

  /** What the tab's last loss took and nothing brought back yet, of what can be set again. */
  replayable(tab: TabId, connectionId: string): { database: string; items: StateItem[] } | undefined {
    const kept = this.#ofTab(tab).findLast(({ entry }) => entry.connectionId === connectionId);
    if (!kept) return undefined;
    const done = new Set(kept.entry.replayed.map(keyOf));
    const items = kept.items.filter((item) => isSafe(item) && !done.has(keyOf(item)));
    return { database: kept.entry.database, items };
  }

  /** The last loss of each tab that can still be set again. */
  replayableOn(connectionId: string): (TabId & { entryId: string })[] {
    const last = new Map<string, TabId & { entryId: string }>();
    for (const { sessionId, entry } of this.#kept)
      if (entry.connectionId === connectionId)
        last.set(`${sessionId} ${entry.tabId}`, { sessionId, tabId: entry.tabId, entryId: entry.id });
    return [...last.values()].filter((tab) => this.replayable(tab, connectionId)?.items.length);
  }

  /** These items of the tab's last loss are there again. */
  replayed(tab: TabId, connectionId: string, items: StateItem[]): void {
    const kept = this.#ofTab(tab).findLast(({ entry }) => entry.connectionId === connectionId);
    if (!kept || items.length === 0) return;
    this.#change(kept, { replayed: [...kept.entry.replayed, ...items.map(shown)] });
  }

  /** The user has read them; what is still being judged stays. */
  dismiss(sessionId: string, of: { connectionId: string; tabId: string }): void {
    this.#forget(
      (kept) =>
        kept.sessionId === sessionId &&
        kept.entry.tabId === of.tabId &&
        kept.entry.connectionId === of.connectionId &&
        !kept.entry.judging,
    );
  }

  forgetTab({ sessionId, tabId }: TabId): void {
    this.#forget((kept) => kept.sessionId === sessionId && kept.entry.tabId === tabId);
  }

  /** The session is over: what it has not read stays in the journal. */
  leave(sessionId: string): void {
    for (const kept of this.#kept) if (kept.sessionId === sessionId) kept.stopWaiting();
    this.#kept = this.#kept.filter((kept) => kept.sessionId !== sessionId);
  }

  /** Idempotent; nothing is asked or told afterwards. */
  close(): void {
    this.#stopListening();
    this.#closed.abort();
    this.#forget(() => true);
  }

  /** Asks over each control connection that there is once: where it is lost meanwhile, the next one is asked. */
  async #judge(kept: Kept): Promise<void> {
    const { commit, entry } = kept;
    if (!commit || !entry.judging || this.#judging.has(kept)) return;
    this.#judging.add(kept);
    try {
      for (let asked; ;) {
        const control = this.#controlOf(entry.connectionId);
        if (!control || control === asked) return;
        asked = control;
        const verdict = await judgeCommit(control, commit, this.#closed.signal).catch(() => undefined);
        if (this.#closed.signal.aborted) return;
        if (verdict) return this.#judged(kept, verdict);
      }
    } finally {
      this.#judging.delete(kept);
    }
  }

  #judged(kept: Kept, verdict: CommitVerdict): void {
    const { judging: _, ...entry } = kept.entry;
    kept.entry = entry;
    this.#change(kept, {
      commitOutcome: verdict.outcome,
      ...('reason' in verdict ? { unknownReason: verdict.reason } : {}),
    });
  }

  #controlOf(connectionId: string) {
    try {
      const { control } = this.#deps.connections.requireLive(connectionId);
      return control.alive ? control : undefined;
    } catch {
      return undefined;
    }
  }

  #change(kept: Kept, change: Partial<LedgerEntry>): void {
    kept.entry = { ...kept.entry, ...change };
    if (this.#kept.includes(kept)) this.#tell(kept);
  }

  #tell(kept: Kept): void {
    kept.stopWaiting();
    this.#deps.journal.lost(kept.sessionId, kept);
    this.#deps.publish(kept.sessionId, { method: 'connection.ledger', params: kept.entry });
  }

  #ofTab({ sessionId, tabId }: TabId): Kept[] {
    return this.#kept.filter((kept) => kept.sessionId === sessionId && kept.entry.tabId === tabId);
  }

  #forgetOld(tab: TabId): void {
    const tooMany = new Set([...this.#ofTab(tab).slice(0, -maxPerTab), ...this.#kept.slice(0, -maxEntries)]);
    if (tooMany.size > 0) this.#forget((kept) => tooMany.has(kept));
  }

  /** For all windows that were told of it. */
  #forget(isGone: (kept: Kept) => boolean): void {
    const ids = new Set(this.#kept.filter(isGone).map(({ entry }) => entry.id));
    for (const kept of this.#kept) if (ids.has(kept.entry.id)) kept.stopWaiting();
    for (const id of ids) this.#deps.journal.forget(id);
    this.#kept = this.#kept.filter(({ entry }) => !ids.has(entry.id));
  }
}

/** SET can bring it back without a trace elsewhere. */
const isSafe = ({ kind }: StateItem): boolean => kind === 'setting' || kind === 'role';
