import { toEnvelope } from '#shared/error/appError.ts';
import { maxKeptText, type HistoryEntry } from '#shared/history/history.ts';
import { redacted } from '#shared/sql/passwords.ts';
import { isLive } from '../../stores/connections.svelte.ts';
import type { App } from '../../stores/context.ts';
import type { DocumentTab } from '../../stores/documentTab.svelte.ts';
import { textStart } from '../../stores/runsRun.svelte.ts';

/** How a statement stands in the history, where it is not as it was run. */
export function changeOf({ text, length }: Pick<HistoryEntry, 'text' | 'length'>): string | undefined {
  if (text.includes(redacted))
    return `A password was left out of this statement: put it in place of ${redacted}.`;
  if (text.length >= length || text.length < maxKeptText) return undefined;
  const [kept, all] = [text.length.toLocaleString(), length.toLocaleString()];
  return `Only the beginning of this statement is kept: ${kept} of ${all} characters.`;
}

/** What can be done with a statement of the history. `whole`: reads all of its text. */
export class EntryActions {
  readonly #app: App;
  readonly #whole: (entry: HistoryEntry) => Promise<HistoryEntry>;

  constructor(app: App, whole: (entry: HistoryEntry) => Promise<HistoryEntry>) {
    this.#app = app;
    this.#whole = whole;
  }

  /** In a tab of its own, in the place where it ran; not run. */
  async open(entry: HistoryEntry): Promise<void> {
    await this.#withWhole(entry, (whole) => this.#openTab(whole));
  }

  /**
   * Only ever at the user's word, and only as it was: one without its password would set another one, and one without its
   * end may write more. On production it is asked about as ever.
   */
  async runAgain(entry: HistoryEntry): Promise<void> {
    const { commands, connections, toasts } = this.#app;
    await this.#withWhole(entry, async (whole) => {
      const tab = this.#openTab(whole);
      const change = changeOf(whole);
      if (change) return toasts.show(`Not run. ${change}`);
      const { connectionId, database } = tab;
      if (connectionId === undefined)
        return toasts.show('Not run: its connection has been deleted. The statement is in its tab.');
      if (!isLive(connections.get(connectionId))) await commands.connections.retry(connectionId);
      if (!isLive(connections.get(connectionId)))
        return toasts.show('Not run: there is no connection. The statement is in its tab.');
      const place = database === undefined ? {} : { database };
      const { text } = whole;
      const start = textStart(text, 0);
      await commands.runs.run({ tabId: tab.id, connectionId, ...place, text, from: 0, start });
    });
  }

  async insert(entry: HistoryEntry): Promise<void> {
    await this.#withWhole(entry, ({ text }) => this.#app.commands.catalog.insert(text));
  }

  async copy(entry: HistoryEntry): Promise<void> {
    const { announcer, toasts } = this.#app;
    await this.#withWhole(entry, async ({ text }) => {
      await navigator.clipboard.writeText(text).then(
        () => announcer.say('Copied the statement'),
        () => toasts.show('Not copied: this window may not use the clipboard'),
      );
    });
  }

  #openTab({ connectionId, database, text }: HistoryEntry): DocumentTab {
    const { connections, documents, workspace } = this.#app;
    workspace.showTabs();
    workspace.wantEditor();
    if (!connections.get(connectionId)) return documents.open({ text });
    return documents.open({ text, connectionId, ...(database === '' ? {} : { database }) });
  }

  async #withWhole(entry: HistoryEntry, use: (entry: HistoryEntry) => unknown): Promise<void> {
    try {
      await use(await this.#whole(entry));
    } catch (error) {
      this.#app.toasts.show(`The statement could not be read: ${toEnvelope(error).message}`);
    }
  }
}
