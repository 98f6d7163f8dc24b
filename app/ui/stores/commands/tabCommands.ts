import type { DocumentTab } from '../documentTab.svelte.ts';
import type { Question } from '../questions.svelte.ts';
import type { CommandStores } from './commandStores.ts';
import type { TransactionCommands } from './transactionCommands.ts';

/** A first query for the sample, so that one key shows rows. */
const sampleText = `-- Ctrl+Enter (on a Mac Cmd+Enter) runs the statement under the cursor
select * from orders;
`;

/** What the user can do with tabs. */
export class TabCommands {
  #stores: CommandStores;
  #transactions: TransactionCommands;

  constructor(stores: CommandStores, transactions: TransactionCommands) {
    this.#stores = stores;
    this.#transactions = transactions;
  }

  /** A new tab of a connection; without one, of the active tab's, else of what the sidebar has selected. */
  open(connectionId = this.#likelyConnection()): DocumentTab {
    this.#stores.workspace.showTabs();
    this.#stores.workspace.wantEditor();
    return this.#stores.documents.open({ connectionId });
  }

  /** Brings a tab of this connection to the front, or opens one; an empty tab without connection is taken first. */
  reveal(connectionId: string): void {
    const { documents, workspace } = this.#stores;
    workspace.showTabs();
    workspace.wantEditor();
    if (documents.active?.connectionId === connectionId) return;
    const own = documents.list.find((tab) => tab.connectionId === connectionId);
    if (own) {
      documents.activate(own.id);
      return;
    }
    const text = this.#isSample(connectionId) ? sampleText : '';
    const empty = documents.active;
    if (empty && empty.connectionId === undefined && empty.text.trim() === '')
      documents.update(empty.id, { connectionId, text });
    else documents.open({ connectionId, text });
  }

  activate(id: string): void {
    this.#stores.workspace.showTabs();
    this.#stores.documents.activate(id);
  }

  activateNumber(number: number): void {
    const tab = this.#stores.documents.list[number - 1];
    if (tab) this.activate(tab.id);
  }

  /**
   * Closes a tab at once. One that holds a text can be had again for some seconds; one that runs, or has a transaction
   * open, is asked about.
   */
  async close(id: string): Promise<void> {
    const { documents, ledger, runs, settings, toasts, transactions, questions } = this.#stores;
    const tab = documents.get(id);
    if (!tab) return;
    const text = tab.text.trim();
    const holdsText = text !== '' && text !== sampleText.trim();
    const question =
      closeQuestion(tab.title, runs.isBusy(id), transactions.of(id) !== undefined) ??
      (holdsText && settings.value.confirmClose ? textQuestion(tab.title) : undefined);
    if (question && !(await questions.ask(question))) return;
    if (runs.isBusy(id)) void runs.cancel(id);
    // The text can be had again; locks must not be held until its toast has gone.
    if (transactions.of(id)) void this.#transactions.rollback(id);
    const end = (): void => {
      runs.closeTab(id);
      transactions.forget(id);
      ledger.forget(id);
      documents.close(id);
    };
    if (!holdsText) {
      end();
      return;
    }
    documents.hide(id);
    toasts.show(`Closed “${tab.title}”`, { undo: () => documents.show(id), gone: end });
  }

  #likelyConnection(): string | undefined {
    const { documents, workspace, connections } = this.#stores;
    if (documents.activeConnectionId !== undefined) return documents.activeConnectionId;
    const { selected } = workspace;
    const id = selected?.kind === 'branch' ? selected.connectionId : selected?.id;
    return connections.get(id)?.config.id;
  }

  #isSample(connectionId: string): boolean {
    return this.#stores.connections.get(connectionId)?.config.mode === 'embedded';
  }
}

/** The user has asked to be asked. */
const textQuestion = (title: string): Question => ({
  title: `Close “${title}”?`,
  text: 'It holds a text. It can be brought back for some seconds after it is closed.',
  cancel: 'Keep it open',
  confirm: 'Close it',
  danger: false,
});

/** What a closing tab would end; undefined where that is nothing. */
function closeQuestion(title: string, busy: boolean, inTransaction: boolean): Question | undefined {
  const shared = { cancel: 'Keep it open', danger: true };
  if (inTransaction)
    return {
      title: `“${title}” has an open transaction`,
      text: `Closing the tab ${busy ? 'cancels what runs and ' : ''}rolls it back: nothing that it changed is kept.`,
      confirm: 'Roll back and close',
      ...shared,
    };
  if (!busy) return undefined;
  return {
    title: `A statement runs in “${title}”`,
    text: 'Closing the tab cancels it.',
    confirm: 'Cancel it and close',
    ...shared,
  };
}
