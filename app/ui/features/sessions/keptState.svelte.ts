import type { MethodResult } from '#shared/contract/derive.ts';
import { fromEnvelope, toEnvelope, type AppError } from '#shared/error/appError.ts';
import type { KeptSession, KeptTab } from '#shared/session/kept.ts';
import type { App } from '../../stores/context.ts';

export type Entry = MethodResult<'sessions.list'>['entries'][number];

const pageLength = 50;
const typingMs = 200;

/** The list of kept sessions as it is looked through, and the one that is looked into. */
export class KeptState {
  text = $state('');
  #listed = $state.raw<readonly Entry[]>([]);
  /** Deleted, but for some seconds still to be had again. */
  #hidden = $state.raw<ReadonlySet<string>>(new Set());
  #chosenId = $state<string>();
  #next = $state<string>();
  /** How many files were looked at, of how many. */
  progress = $state.raw({ seen: 0, total: 0 });
  loading = $state(true);
  error = $state.raw<AppError>();
  session = $state.raw<KeptSession>();
  /** What could not be done with the one that is looked into. */
  failed = $state.raw<{ readonly text: string; readonly again: () => void }>();
  #listing = new AbortController();
  #reading = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #begun = false;
  readonly #app: App;

  readonly entries = $derived(this.#listed.filter(({ sessionId }) => !this.#hidden.has(sessionId)));
  readonly chosen = $derived(this.entries.find(({ sessionId }) => sessionId === this.#chosenId));

  constructor(app: App) {
    this.#app = app;
  }

  get hasMore(): boolean {
    return this.#next !== undefined;
  }

  /** Looks for the text once it is typed. */
  search(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.reload(), typingMs);
  }

  /** Something may have come: the newest anew, above what is there already, and what is looked into. */
  async refresh(): Promise<void> {
    if (!this.#begun || this.error) return this.reload();
    if (this.loading) return;
    const { signal } = this.#listing;
    const text = this.text.trim();
    const asked = { ...(text && { text }), limit: pageLength };
    const page = await this.#app.rpc.call('sessions.list', asked, signal).catch(() => undefined);
    const last = page?.entries.at(-1)?.savedAt ?? 0;
    // A part of a search in which nothing was found says nothing.
    if (!page || (last === 0 && page.next !== undefined) || signal.aborted || this.loading) return;
    const ids = new Set(page.entries.map(({ sessionId }) => sessionId));
    const isOlder = ({ sessionId, savedAt }: Entry) => savedAt < last && !ids.has(sessionId);
    const older = page.next === undefined ? [] : this.#listed.filter(isOlder);
    this.#listed = [...page.entries, ...older];
    if (older.length === 0) this.#next = page.next;
    this.progress = { seen: Math.max(page.seen, this.progress.seen), total: page.total };
    await this.choose(this.chosen ?? this.entries[0]);
  }

  /** From the beginning. */
  async reload(): Promise<void> {
    this.#begun = true;
    clearTimeout(this.#timer);
    this.#listing.abort();
    this.#listing = new AbortController();
    const { signal } = this.#listing;
    await this.#load([], undefined, signal);
    if (!signal.aborted && !this.chosen) await this.choose(this.entries[0]);
  }

  /** The next page, once. */
  async more(): Promise<void> {
    if (this.loading || this.#next === undefined) return;
    await this.#load(this.#listed, this.#next, this.#listing.signal);
  }

  /** Until there is a page more; what takes long comes in parts, and each is shown. */
  async #load(before: readonly Entry[], from: string | undefined, signal: AbortSignal): Promise<void> {
    const text = this.text.trim();
    let listed = before;
    let next = from;
    this.loading = true;
    try {
      do {
        const params = { ...(text && { text }), ...(next !== undefined && { before: next }) };
        const page = await this.#app.rpc.call('sessions.list', { ...params, limit: pageLength }, signal);
        if (signal.aborted) return;
        listed = [...listed, ...page.entries];
        next = page.next;
        this.#listed = listed;
        this.#next = next;
        this.progress = { seen: page.seen, total: page.total };
        this.error = undefined;
      } while (next !== undefined && listed.length - before.length < pageLength);
    } catch (error) {
      if (!signal.aborted) this.error = fromEnvelope(toEnvelope(error));
    }
    if (!signal.aborted) this.loading = false;
  }

  /** Looks into one; what was looked into before stays until it is there. */
  async choose(entry: Entry | undefined): Promise<void> {
    this.#chosenId = entry?.sessionId;
    this.#reading.abort();
    const { signal } = (this.#reading = new AbortController());
    this.failed = undefined;
    if (!entry) return void (this.session = undefined);
    try {
      const { sessionId } = entry;
      const { session } = await this.#app.rpc.call('sessions.get', { sessionId }, signal);
      if (!signal.aborted) this.session = session;
    } catch (error) {
      if (signal.aborted) return;
      this.session = undefined;
      this.failed = { text: toEnvelope(error).message, again: () => void this.choose(entry) };
    }
  }

  /** A new tab with that text, on that connection where it is still there. */
  reopen({ title, text, connectionId, database, cursor, scroll, cut }: KeptTab): void {
    const { connections, documents, toasts, workspace } = this.#app;
    const place = connections.get(connectionId) ? { connectionId, database } : {};
    const tab = documents.open({ title, text, ...place });
    documents.update(tab.id, { cursor, scroll });
    workspace.showTabs();
    workspace.wantEditor();
    if (cut) toasts.show(`Only the beginning of "${title}" was kept`);
  }

  /** The tab is still open with that very text. */
  isOpen({ id, text }: KeptTab): boolean {
    return this.#app.documents.get(id)?.text === text;
  }

  show({ id }: KeptTab): void {
    this.#app.documents.activate(id);
    this.#app.workspace.showTabs();
    this.#app.workspace.wantEditor();
  }

  /** It goes for good once the toast has gone. */
  remove({ sessionId }: Pick<Entry, 'sessionId'>): void {
    const at = this.entries.findIndex((entry) => entry.sessionId === sessionId);
    const neighbour = this.entries[at + 1] ?? this.entries[at - 1];
    const show = (): void => {
      this.#hidden = new Set([...this.#hidden].filter((id) => id !== sessionId));
    };
    this.#hidden = new Set([...this.#hidden, sessionId]);
    if (this.#chosenId === sessionId) void this.choose(neighbour);
    this.#app.toasts.show('Session deleted', {
      undo: show,
      gone: () => void this.#forget({ sessionIds: [sessionId] }).then((isGone) => isGone || show()),
    });
  }

  async removeAll(): Promise<void> {
    const isSure = await this.#app.questions.ask({
      title: 'Delete all kept sessions?',
      text: 'Open tabs and their texts stay. What is kept beyond them cannot be had again.',
      confirm: 'Delete all',
      cancel: 'Keep them',
      danger: true,
    });
    if (isSure && (await this.#forget({ all: true }))) await this.reload();
  }

  /** False where it could not be done, which is told. */
  async #forget(which: { sessionIds: string[] } | { all: true }): Promise<boolean> {
    try {
      await this.#app.rpc.call('sessions.remove', which);
      return true;
    } catch (error) {
      this.#app.toasts.show(`Not deleted: ${toEnvelope(error).message}`);
      return false;
    }
  }

  /** Asks for the file, and writes the session as JSON. */
  async export(session: Pick<Entry, 'sessionId' | 'startedAt'>): Promise<void> {
    const { files, rpc, toasts } = this.#app;
    const { sessionId, startedAt } = session;
    const day = new Date(startedAt).toISOString().slice(0, 10);
    const wish = { title: 'Export session', kind: 'data', mode: 'save', start: '' } as const;
    const { signal } = this.#reading;
    this.failed = undefined;
    try {
      const path = await files.choose({ ...wish, name: `hawser-session-${day}.json` }, signal);
      if (path === undefined) return;
      await rpc.call('sessions.export', { sessionId, path });
      toasts.show(`Session exported to ${path}`);
    } catch (error) {
      if (signal.aborted) return;
      const text = `Not exported: ${toEnvelope(error).message}`;
      this.failed = { text, again: () => void this.export(session) };
    }
  }

  /** The view has gone. */
  close(): void {
    clearTimeout(this.#timer);
    this.#listing.abort();
    this.#reading.abort();
  }
}
