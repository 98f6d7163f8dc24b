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
  sessionError = $state.raw<AppError>();
  #listing = new AbortController();
  #reading = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
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

  /** From the beginning. */
  async reload(): Promise<void> {
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

  /** Looks into one. */
  async choose(entry: Entry | undefined): Promise<void> {
    this.#chosenId = entry?.sessionId;
    this.#reading.abort();
    const { signal } = (this.#reading = new AbortController());
    this.sessionError = undefined;
    if (!entry) return void (this.session = undefined);
    try {
      const { sessionId } = entry;
      const { session } = await this.#app.rpc.call('sessions.get', { sessionId }, signal);
      if (!signal.aborted) this.session = session;
    } catch (error) {
      if (signal.aborted) return;
      this.session = undefined;
      this.sessionError = fromEnvelope(toEnvelope(error));
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
  remove({ sessionId }: Entry): void {
    const at = this.entries.findIndex((entry) => entry.sessionId === sessionId);
    const neighbour = this.entries[at + 1] ?? this.entries[at - 1];
    this.#hidden = new Set([...this.#hidden, sessionId]);
    if (this.#chosenId === sessionId) void this.choose(neighbour);
    this.#app.announcer.say('Session deleted');
    this.#app.toasts.show('Session deleted', {
      undo: () => (this.#hidden = new Set([...this.#hidden].filter((id) => id !== sessionId))),
      gone: () => void this.#forget({ sessionIds: [sessionId] }),
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
    if (!isSure) return;
    await this.#forget({ all: true });
    await this.reload();
  }

  async #forget(which: { sessionIds: string[] } | { all: true }): Promise<void> {
    try {
      await this.#app.rpc.call('sessions.remove', which);
      this.error = undefined;
    } catch (error) {
      this.error = fromEnvelope(toEnvelope(error));
      this.#hidden = new Set();
    }
  }

  /** Asks for the file, and writes the session as JSON. */
  async export({ sessionId, startedAt }: Entry): Promise<void> {
    const { announcer, files, rpc, toasts } = this.#app;
    const day = new Date(startedAt).toISOString().slice(0, 10);
    const wish = { title: 'Export session', kind: 'data', mode: 'save', start: '' } as const;
    try {
      const path = await files.choose({ ...wish, name: `hawser-session-${day}.json` }, this.#reading.signal);
      if (path === undefined) return;
      await rpc.call('sessions.export', { sessionId, path });
      toasts.show(`Session exported to ${path}`);
      announcer.say('Session exported');
    } catch (error) {
      this.sessionError = fromEnvelope(toEnvelope(error));
    }
  }

  /** The view has gone. */
  close(): void {
    clearTimeout(this.#timer);
    this.#listing.abort();
    this.#reading.abort();
  }
}
