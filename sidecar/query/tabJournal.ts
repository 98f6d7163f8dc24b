import { randomUUID } from 'node:crypto';
import { AppError } from '#shared/error/appError.ts';
import { journalSchema, type HeldRecord, type LossRecord } from '#shared/query/journal.ts';
import type { LedgerEntry } from '#shared/query/ledger.ts';
import type { Journal } from '../journal/journal.ts';
import { listed } from './lostItems.ts';

/** Losses whose window has not come back for so long, or that are more than this, are forgotten. */
const maxAgeMs = 30 * 24 * 3_600_000;
const maxLosses = 200;
/** A tab that holds more is told of these. */
const maxItems = 200;

interface Holder {
  sessionId: string;
  tabId: string;
}

type Holding = Omit<HeldRecord, 'type' | 'windowId' | 'tabId' | 'ended'>;

/**
 * What tabs hold and what they have lost, kept so that it outlives this process. A session is over with it and gets
 * another id, so a window is known by its own.
 */
export class TabJournal {
  readonly #journal: Pick<Journal, 'values' | 'put' | 'close'>;
  readonly #windows = new Map<string, string>();
  readonly #held = new Map<string, HeldRecord>();
  /** Of windows that have not come back. */
  #losses: LossRecord[] = [];

  constructor(journal: Pick<Journal, 'values' | 'put' | 'close'>, now: number) {
    this.#journal = journal;
    for (const value of journal.values()) {
      const { data } = journalSchema.safeParse(value);
      if (data?.type === 'loss') this.#losses.push(data);
      else if (data) this.#losses.push(this.#lostBefore(data, now));
    }
    const fresh = this.#losses.filter(({ entry }) => now - entry.at < maxAgeMs).slice(-maxLosses);
    for (const loss of this.#losses) if (!fresh.includes(loss)) this.forget(loss.entry.id);
    this.#losses = fresh;
  }

  sessionBegan(sessionId: string, windowId: string): void {
    this.#windows.set(sessionId, windowId);
  }

  sessionEnded(sessionId: string): void {
    this.#windows.delete(sessionId);
  }

  /** What a tab holds now; undefined where that is nothing. */
  holds({ sessionId, tabId }: Holder, holding: Holding | undefined): void {
    const windowId = this.#windows.get(sessionId);
    if (windowId === undefined) return;
    const key = heldKey(windowId, tabId);
    const before = this.#held.get(key);
    if (!holding) {
      this.#held.delete(key);
      return this.#journal.put(key, undefined);
    }
    const items = holding.items.slice(0, maxItems).map(withoutSecret);
    const held: HeldRecord = { ...holding, type: 'held', windowId, tabId, items };
    if (before && JSON.stringify({ ...held, at: before.at }) === JSON.stringify(before)) return;
    this.#held.set(key, held);
    this.#journal.put(key, held);
  }

  /** A ledger entry is new, or another. */
  lost(sessionId: string, { entry, items, commit }: Omit<LossRecord, 'type' | 'windowId'>): void {
    const windowId = this.#windows.get(sessionId);
    if (windowId !== undefined) this.#keep({ type: 'loss', windowId, entry, items, commit });
  }

  forget(entryId: string): void {
    this.#journal.put(lossKey(entryId), undefined);
  }

  /** What the process before this one knew to be lost, of a window or of a tab; each is given once. */
  take(sessionId: string, tabId?: string): LossRecord[] {
    const windowId = this.#windows.get(sessionId);
    const taken = this.#losses.filter(
      (loss) => (tabId === undefined && loss.windowId === windowId) || loss.entry.tabId === tabId,
    );
    this.#losses = this.#losses.filter((loss) => !taken.includes(loss));
    return taken;
  }

  /** The sidecar ends in order: what is closed with it is no loss, but for a transaction, which nobody has committed. */
  close(): void {
    for (const [key, held] of this.#held)
      this.#journal.put(key, held.transaction ? { ...held, items: [], ended: true } : undefined);
    this.#held.clear();
    this.#journal.close();
  }

  #lostBefore(held: HeldRecord, now: number): LossRecord {
    const { windowId, tabId, connectionId, database, items, commit } = held;
    const entry: LedgerEntry = {
      id: `loss-${randomUUID()}`,
      connectionId,
      tabId,
      database,
      at: held.ended ? held.at : now,
      error: restarted(held).toEnvelope(),
      ...listed(held),
      replayed: [],
      ...(commit ? { judging: true } : {}),
    };
    const loss: LossRecord = { type: 'loss', windowId, entry, items: items.filter(isOpen), commit };
    this.#keep(loss);
    this.#journal.put(heldKey(windowId, tabId), undefined);
    return loss;
  }

  #keep(loss: LossRecord): void {
    const { entry } = loss;
    const lost = entry.lost.map(withoutSecret);
    const replayed = entry.replayed.map(withoutSecret);
    const open = { ...loss, entry: { ...entry, lost, replayed }, items: loss.items.filter(isOpen) };
    this.#journal.put(lossKey(entry.id), open);
  }
}

function restarted({ ended, commit }: HeldRecord): AppError {
  const message = ended ? 'The engine was ended.' : 'The engine was restarted.';
  if (!commit) return new AppError('SIDECAR_RESTARTED', message);
  return new AppError('SIDECAR_RESTARTED', message, {
    outcome: 'unknown',
    reason: 'commitLost',
    hint: 'Whether it was committed is not known yet. The server is asked as soon as it is connected again.',
  });
}

/** Settings with a dot in their names are the user's own, and may hold anything: their values are not written down. */
const isOpen = ({ kind, name = '' }: { kind: string; name?: string | undefined }): boolean =>
  kind !== 'setting' || !name.includes('.');

const withoutSecret = <T extends { kind: string; name?: string | undefined }>(item: T): T =>
  isOpen(item) ? item : { ...item, value: '' };

const heldKey = (windowId: string, tabId: string): string => JSON.stringify(['held', windowId, tabId]);
const lossKey = (entryId: string): string => JSON.stringify(['loss', entryId]);
