import { fromEnvelope, toEnvelope, type AppError } from '#shared/error/appError.ts';
import type { HistoryEntry, HistoryFilter } from '#shared/history/history.ts';
import type { App } from '../../stores/context.ts';
import { boundsOf, type Span } from './spans.ts';

const pageLength = 100;
/** Between two keys that are typed. */
const typingMs = 120;
const waitMs = 250;

export type OutcomeChoice = 'all' | 'errors' | 'done' | 'cancelled';

const outcomesOf: Readonly<Record<OutcomeChoice, HistoryFilter['outcomes']>> = {
  all: undefined,
  errors: ['failed', 'lost'],
  done: ['done'],
  cancelled: ['cancelled'],
};

/** What is looked for beside words. */
export type HistoryChoice = Pick<
  HistoryState,
  'connectionId' | 'outcome' | 'favourite' | 'span' | 'from' | 'to'
>;

/** The history as it is looked through: what is asked for, what has come of it, and the entry that is looked at. */
export class HistoryState {
  readonly #app: App;
  text = $state('');
  connectionId = $state('');
  outcome = $state<OutcomeChoice>('all');
  favourite = $state(false);
  span = $state<Span>('any');
  /** Days as the date fields have them, for a span of one's own. */
  from = $state('');
  to = $state('');

  #entries = $state.raw<readonly HistoryEntry[]>([]);
  /** Deleted, but for some seconds still to be had again. */
  #hidden = $state.raw<ReadonlySet<number>>(new Set());
  #chosenId = $state<number>();
  #whole = $state.raw<HistoryEntry>();
  loading = $state(true);
  complete = $state(false);
  damaged = $state(0);
  error = $state.raw<AppError>();
  #next: number | undefined;
  #search = new AbortController();
  #begun = false;
  /** Something came while it was being read. */
  #stale = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly entries = $derived(this.#entries.filter(({ id }) => !this.#hidden.has(id)));
  readonly chosen = $derived(this.entries.find(({ id }) => id === this.#chosenId) ?? this.entries[0]);
  /** With all of its text, once that is there. */
  readonly shown = $derived(this.#whole?.id === this.chosen?.id ? this.#whole : this.chosen);
  readonly filter: HistoryFilter = $derived.by(() => {
    const outcomes = outcomesOf[this.outcome];
    return {
      ...(this.text.trim() && { text: this.text.trim() }),
      ...(this.connectionId && { connectionId: this.connectionId }),
      ...(outcomes && { outcomes }),
      ...(this.favourite && { favourite: true as const }),
      ...boundsOf(this.span, this.from, this.to, Date.now()),
    };
  });
  readonly isFiltered = $derived(Object.keys(this.filter).length > 0);

  constructor(app: App) {
    this.#app = app;
  }

  /** Looks for the text once it is typed. */
  type(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.reload(), typingMs);
  }

  showAll(): void {
    this.text = this.connectionId = this.from = this.to = '';
    this.outcome = 'all';
    this.favourite = false;
    this.span = 'any';
    void this.reload();
  }

  choose(entry: HistoryEntry | undefined): void {
    if (entry) this.#chosenId = entry.id;
    void this.#readWhole();
  }

  /** From the newest on; what was shown stays until there is something else. */
  async reload(): Promise<void> {
    clearTimeout(this.#timer);
    this.#search.abort();
    this.#search = new AbortController();
    this.#next = undefined;
    this.#begun = true;
    this.#stale = false;
    await this.#load([], this.#search.signal, pageLength);
    void this.#readWhole();
  }

  /** The next page, once. */
  async more(): Promise<void> {
    if (this.loading || this.complete) return;
    await this.#load(this.#entries, this.#search.signal, pageLength);
  }

  /** Something has come, or may have: the newest anew, above what is there already. */
  async refresh(): Promise<void> {
    if (!this.#begun || this.error) return this.reload();
    if (this.loading) return void (this.#stale = true);
    const { signal } = this.#search;
    const asked = { ...this.filter, limit: pageLength };
    const page = await this.#app.rpc.call('history.search', asked, signal).catch(() => undefined);
    const last = page?.entries.at(-1);
    if (!page || signal.aborted || this.loading || (!last && !page.complete)) return;
    const older = last && !page.complete ? this.#entries.filter(({ id }) => id < last.id) : [];
    this.#entries = [...page.entries, ...older];
    void this.#readWhole();
    if (older.length > 0) return;
    this.#next = page.next;
    this.complete = page.complete;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#search.abort();
  }

  /** Until there is a page more: what takes long comes in parts. */
  async #load(before: readonly HistoryEntry[], signal: AbortSignal, wanted: number): Promise<void> {
    this.loading = true;
    let listed = before;
    let damaged = before.length === 0 ? 0 : this.damaged;
    try {
      do {
        const place = this.#next === undefined ? {} : { before: this.#next };
        const asked = { ...this.filter, ...place, limit: Math.min(200, wanted) };
        const page = await this.#app.rpc.call('history.search', asked, signal);
        if (signal.aborted) return;
        listed = [...listed, ...page.entries];
        damaged += page.damaged;
        this.#next = page.next ?? this.#next;
        this.complete = page.complete;
        // While nothing has been found, what was there before is better than an empty list that fills at once.
        if (listed.length > 0 || page.complete) this.#entries = listed;
        this.error = undefined;
        // Nothing can be looked at before the history has been gone through once.
        if (!page.complete && page.next === undefined) await new Promise((go) => setTimeout(go, waitMs));
      } while (!signal.aborted && !this.complete && listed.length - before.length < wanted);
      this.damaged = damaged;
    } catch (error) {
      if (!signal.aborted) this.error = fromEnvelope(toEnvelope(error));
    }
    if (signal.aborted) return;
    this.loading = false;
    if (this.#stale) void this.refresh();
  }

  async #readWhole(): Promise<void> {
    const { chosen } = this;
    if (!chosen || chosen.text.length === chosen.length || this.#whole?.id === chosen.id) return;
    const whole = await this.whole(chosen).catch(() => undefined);
    // Another one may have been chosen meanwhile.
    if (whole?.id === this.chosen?.id) this.#whole = whole;
  }

  /** An entry with all of its text. */
  async whole(entry: HistoryEntry): Promise<HistoryEntry> {
    if (entry.text.length === entry.length) return entry;
    return (await this.#app.rpc.call('history.get', { id: entry.id })).entry;
  }

  async setFavourite(entry: HistoryEntry, favourite: boolean): Promise<void> {
    const put = (value: boolean): void => {
      this.#entries = this.#entries.map((each) =>
        each.id === entry.id ? { ...each, favourite: value } : each,
      );
    };
    put(favourite);
    this.#app.announcer.say(favourite ? 'Marked as a favourite' : 'No longer a favourite');
    try {
      await this.#app.rpc.call('history.favourite', { id: entry.id, favourite });
    } catch (error) {
      put(!favourite);
      this.#app.toasts.show(`Not changed: ${toEnvelope(error).message}`);
    }
  }

  /** It goes for good once the toast has gone. */
  remove(entry: HistoryEntry): void {
    const at = this.entries.findIndex(({ id }) => id === entry.id);
    const neighbour = this.entries[at + 1] ?? this.entries[at - 1];
    const show = (isShown: boolean): void => {
      const others = [...this.#hidden].filter((id) => id !== entry.id);
      this.#hidden = new Set(isShown ? others : [...others, entry.id]);
    };
    show(false);
    if (this.#chosenId === entry.id || this.#chosenId === undefined) this.choose(neighbour);
    const { rpc, toasts } = this.#app;
    toasts.show('Deleted from the history', {
      undo: () => show(true),
      gone: () => {
        rpc.call('history.remove', { ids: [entry.id] }).catch((error: unknown) => {
          show(true);
          toasts.show(`Not deleted: ${toEnvelope(error).message}`);
        });
      },
    });
  }

  /** Deletes all that is found; favourites only where they are what is looked for. */
  async clear(): Promise<void> {
    const { questions, rpc, toasts } = this.#app;
    const isSure = await questions.ask({
      title: this.isFiltered ? 'Delete everything that is found?' : 'Delete the whole history?',
      text: `${this.favourite ? 'Favourites are deleted too.' : 'Favourites stay.'} This cannot be taken back.`,
      confirm: this.isFiltered ? 'Delete what is found' : 'Delete the history',
      cancel: 'Keep it',
      danger: true,
    });
    if (!isSure) return;
    try {
      const { removed } = await rpc.call('history.clear', this.filter);
      toasts.show(removed === 1 ? '1 statement deleted' : `${removed.toLocaleString()} statements deleted`);
    } catch (error) {
      toasts.show(`Not deleted: ${toEnvelope(error).message}`);
    }
    await this.reload();
  }
}
