import { toEnvelope } from '#shared/error/appError.ts';
import type { HistoryEntry } from '#shared/history/history.ts';
import { isLive } from '../../stores/connections.svelte.ts';
import type { App } from '../../stores/context.ts';
import type { DocumentTab } from '../../stores/documentTab.svelte.ts';
import { textStart } from '../../stores/runsRun.svelte.ts';

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
    await this.#withText(entry, (text) => this.#openTab(entry, text));
  }

  /** Only ever at the user's word; on production it is asked about as ever. */
  async runAgain(entry: HistoryEntry): Promise<void> {
    const { commands, connections, toasts } = this.#app;
    await this.#withText(entry, async (text) => {
      const tab = this.#openTab(entry, text);
      const { connectionId, database } = tab;
      if (connectionId === undefined) return;
      if (!isLive(connections.get(connectionId))) await commands.connections.retry(connectionId);
      if (!isLive(connections.get(connectionId)))
        return toasts.show('Not run: there is no connection. The statement is in its tab.');
      const place = database === undefined ? {} : { database };
      const start = textStart(text, 0);
      await commands.runs.run({ tabId: tab.id, connectionId, ...place, text, from: 0, start });
    });
  }

  async insert(entry: HistoryEntry): Promise<void> {
    await this.#withText(entry, (text) => this.#app.commands.catalog.insert(text));
  }

  async copy(entry: HistoryEntry): Promise<void> {
    const { announcer, toasts } = this.#app;
    await this.#withText(entry, async (text) => {
      await navigator.clipboard.writeText(text).then(
        () => announcer.say('Copied the statement'),
        () => toasts.show('Not copied: this window may not use the clipboard'),
      );
    });
  }

  #openTab({ connectionId, database }: HistoryEntry, text: string): DocumentTab {
    const { connections, documents, workspace } = this.#app;
    workspace.showTabs();
    workspace.wantEditor();
    if (!connections.get(connectionId)) return documents.open({ text });
    return documents.open({ text, connectionId, ...(database === '' ? {} : { database }) });
  }

  async #withText(entry: HistoryEntry, use: (text: string) => unknown): Promise<void> {
    try {
      await use((await this.#whole(entry)).text);
    } catch (error) {
      this.#app.toasts.show(`The statement could not be read: ${toEnvelope(error).message}`);
    }
  }
}
