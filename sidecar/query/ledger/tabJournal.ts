import { randomUUID } from 'node:crypto';
import { AppError } from '#shared/error/appError.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import { journalSchema, type HeldRecord, type LossRecord } from '#shared/query/journal.ts';
import type { LedgerEntry, LostItem } from '#shared/query/ledger.ts';
import type { Journal } from '../../journal/journal.ts';
import { keyOf, listed } from './lostItems.ts';
import type { StateItem } from '../sessionState.ts';

/** Losses whose window has not come back for so long, or that are more than this, are forgotten. */
const maxAgeMs = 30 * 24 * 3_600_000;
const maxLosses = 200;
/** A tab that holds more is told of these. */
const maxItems = 200;
/** A longer value is not written down. */
const maxValueLength = 10_000;

interface Holder {
  sessionId: string;
  tabId: string;
}

type Holding = Omit<HeldRecord, 'type' | 'windowId' | 'tabId' | 'ended' | 'items'> & { items: StateItem[] };

export interface TabJournalOptions {
  journal: Pick<Journal, 'values' | 'put' | 'close'>;
  /** Takes secrets out of a text. */
  clean: (text: string) => string;
  now: number;
}

/**
 * What tabs hold and what they have lost, kept so that it outlives this process. A session is over with it and gets
 * another id, so a window is known by its own.
 */
export class TabJournal {
  readonly #journal: TabJournalOptions['journal'];
  readonly #clean: TabJournalOptions['clean'];
  readonly #windows = new Map<string, string>();
  readonly #held = new Map<string, HeldRecord>();
  /** By their entries' ids, until somebody has read them. */
  readonly #losses = new Map<string, LossRecord>();

  constructor({ journal, clean, now }: TabJournalOptions) {
    this.#journal = journal;
    this.#clean = clean;
    for (const value of journal.values()) {
      const { data } = journalSchema.safeParse(value);
      if (data?.type === 'loss') this.#losses.set(data.entry.id, data);
      else if (data) this.#lostBefore(data, now);
    }
    for (const { entry } of [...this.#losses.values()]) if (now - entry.at >= maxAgeMs) this.forget(entry.id);
    this.#forgetOld();
  }

  sessionBegan(sessionId: string, windowId: string): void {
    this.#windows.set(sessionId, windowId);
  }

  /** What it has not read waits for its window. Gives the session that the window has begun meanwhile. */
  sessionEnded(sessionId: string): string | undefined {
    const windowId = this.#windows.get(sessionId);
    this.#windows.delete(sessionId);
    return [...this.#windows].find(([, other]) => other === windowId)?.[0];
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
    const items = holding.items.slice(0, maxItems).map((item) => this.#written(item));
    const held: HeldRecord = { ...holding, type: 'held', windowId, tabId, items };
    if (before && JSON.stringify({ ...held, at: before.at }) === JSON.stringify(before)) return;
    this.#held.set(key, held);
    this.#journal.put(key, held);
  }

  /** A ledger entry is new, or another. What a window does about the loss of another one is its own affair. */
  lost(sessionId: string, { entry, items, commit }: Omit<LossRecord, 'type' | 'windowId'>): void {
    const windowId = this.#windows.get(sessionId);
    if (windowId === undefined) return;
    const owner = this.#losses.get(entry.id)?.windowId ?? windowId;
    if (owner === windowId) this.#keep({ type: 'loss', windowId, entry, items, commit });
  }

  /** It was read, or its tab is closed. */
  forget(entryId: string): void {
    this.#losses.delete(entryId);
    this.#journal.put(lossKey(entryId), undefined);
  }

  /**
   * What the session's window has lost and not read, or of a tab that it shows: also what another window lost there that
   * is not there itself.
   */
  lossesOf(sessionId: string, tabId?: string): LossRecord[] {
    const windowId = this.#windows.get(sessionId);
    const present = new Set(this.#windows.values());
    return [...this.#losses.values()].filter(
      (loss) =>
        (loss.windowId === windowId || (tabId !== undefined && !present.has(loss.windowId))) &&
        (tabId === undefined || loss.entry.tabId === tabId),
    );
  }

  /** The sidecar ends in order: what is closed with it is no loss, but for a transaction, which nobody has committed. */
  close(): void {
    for (const [key, held] of this.#held)
      this.#journal.put(key, held.transaction ? { ...held, items: [], ended: true } : undefined);
    this.#held.clear();
    this.#journal.close();
  }

  #lostBefore(held: HeldRecord, now: number): void {
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
    const known = items.flatMap(({ value, ...item }) => (value === undefined ? [] : [{ ...item, value }]));
    this.#keep({ type: 'loss', windowId, entry, items: known, commit });
    this.#journal.put(heldKey(windowId, tabId), undefined);
  }

  #forgetOld(): void {
    for (const id of [...this.#losses.keys()].slice(0, -maxLosses)) this.forget(id);
  }

  #keep(record: LossRecord): void {
    const { entry, items, ...loss } = record;
    this.#losses.set(entry.id, record);
    this.#forgetOld();
    // What an entry lists is cut, and half a secret is not known again.
    const hidden = new Set(items.filter((item) => !this.#isOpen(item)).map(keyOf));
    const list = (listed: LostItem[]) =>
      listed.map((item) => (hidden.has(keyOf(item)) ? withoutValue(item) : this.#written(item)));
    this.#journal.put(lossKey(entry.id), {
      ...loss,
      entry: {
        ...entry,
        error: this.#cleanError(entry.error),
        lost: list(entry.lost),
        replayed: list(entry.replayed),
      },
      items: items.filter((item) => !hidden.has(keyOf(item))).slice(0, maxItems),
    });
  }

  /** Details in the server's own words may quote rows, which are nobody's business here. */
  #cleanError({ message, hint, detail, ...error }: ErrorEnvelope): ErrorEnvelope {
    return {
      ...error,
      message: this.#clean(message),
      ...(hint === undefined ? {} : { hint: this.#clean(hint) }),
      ...(typeof detail === 'string' && error.sqlstate === undefined ? { detail: this.#clean(detail) } : {}),
    };
  }

  #written<T extends LostItem>(item: T): Omit<T, 'value'> & { value?: T['value'] } {
    return this.#isOpen(item) ? item : withoutValue(item);
  }

  /**
   * May its value be written down, whole? Settings with a dot in their names are the user's own, and may hold anything. A
   * value without its secret would be another one, so it is left out, and what has no value is not set again.
   */
  #isOpen({ kind, name = '', value = '' }: LostItem): boolean {
    if (kind === 'transaction') return true;
    const isOwn = kind === 'setting' && name.includes('.');
    return !isOwn && value.length <= maxValueLength && this.#clean(value) === value;
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

function withoutValue<T extends LostItem>({ value: _, ...item }: T): Omit<T, 'value'> {
  return item;
}

const heldKey = (windowId: string, tabId: string): string => JSON.stringify(['held', windowId, tabId]);
const lossKey = (entryId: string): string => JSON.stringify(['loss', entryId]);
