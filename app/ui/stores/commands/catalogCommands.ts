import type { CatalogColumn } from '#shared/catalog/description.ts';
import type { CatalogObject } from '#shared/catalog/objects.ts';
import type { ConnectionRow } from '#shared/connection/status.ts';
import { toEnvelope } from '#shared/error/appError.ts';
import { countText, insertText, previewText, selectText, updateText } from '../../lib/catalogStatements.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import { known, type CatalogPlace } from '../catalog.ts';
import { isLive } from '../connections.svelte.ts';
import type { DocumentTab } from '../documentTab.svelte.ts';
import { databaseOf, shownDatabase } from '../shownDatabase.ts';
import type { CommandStores } from './commandStores.ts';
import type { RunCommands } from './runCommands.ts';
import type { TransactionCommands } from './transactionCommands.ts';

export interface ObjectPlace {
  readonly place: CatalogPlace;
  readonly schema: string;
  readonly object: CatalogObject;
}

type Stores = Pick<
  CommandStores,
  | 'announcer'
  | 'catalog'
  | 'connections'
  | 'documents'
  | 'questions'
  | 'runs'
  | 'toasts'
  | 'transactions'
  | 'workspace'
>;

/** The pool may have to wait for a free backend, which it does for as long as the connection says. */
const selectMs = 60_000;

const texts = { select: selectText, insert: insertText, update: updateText };

/** What the user can do with what is in a database. */
export class CatalogCommands {
  readonly #rpc: Rpc;
  readonly #stores: Stores;
  readonly #runs: RunCommands;
  readonly #transactions: TransactionCommands;
  /** The tab that shows first rows, and the text that it was given; it is taken again while nobody has changed it. */
  #preview: { id: string; text: string } | undefined;

  constructor(rpc: Rpc, stores: Stores, runs: RunCommands, transactions: TransactionCommands) {
    this.#rpc = rpc;
    this.#stores = stores;
    this.#runs = runs;
    this.#transactions = transactions;
  }

  /** The first rows of a table in a tab. On production only the text is written: running it is the user's own word. */
  async preview({ place, schema, object }: ObjectPlace): Promise<void> {
    const text = previewText({ schema, name: object.name });
    const tab = this.#previewTab(place, object.name, text);
    this.#preview = { id: tab.id, text };
    await this.#runIfSafe(tab, text);
  }

  async count({ place, schema, object }: ObjectPlace): Promise<void> {
    const text = countText({ schema, name: object.name });
    await this.#runIfSafe(this.openQuery(place, { title: `count ${object.name}`, text }), text);
  }

  /** A statement with the names of the columns in it, in a tab, not run. */
  async generate(at: ObjectPlace, what: keyof typeof texts): Promise<void> {
    const { place, schema, object } = at;
    const columns = await this.#columns(at);
    const text = texts[what]({ schema, name: object.name }, columns);
    this.openQuery(place, { title: `${what} ${object.name}`, text });
  }

  /** The statements that make an object anew, as a text of their own. */
  async openDdl({ place, schema, object }: ObjectPlace): Promise<void> {
    const answer = await this.#stores.catalog.describe(place, schema, object).get();
    const ddl = known(answer)?.ddl ?? '';
    if (ddl === '') {
      const why = answer?.error?.message ?? 'it could not be read';
      this.#stores.toasts.show(`No DDL of “${object.name}”: ${why}`);
    } else this.openQuery(place, { title: `${object.name} DDL`, text: ddl });
  }

  openQuery(place: CatalogPlace, { title, text }: { title?: string; text?: string } = {}): DocumentTab {
    const { documents, workspace } = this.#stores;
    workspace.showTabs();
    workspace.wantEditor();
    return documents.open({
      ...(title === undefined ? {} : { title }),
      ...(text === undefined ? {} : { text }),
      connectionId: place.connectionId,
      database: this.#ownDatabase(place),
    });
  }

  /**
   * The text and the results stay; what the session of the tab holds belongs to the database that it leaves. A database
   * that cannot be opened is not changed to.
   */
  async useDatabase(tab: DocumentTab, name: string): Promise<void> {
    const { announcer, connections, documents, questions, transactions } = this.#stores;
    const row = connections.get(tab.connectionId);
    if (!row) return;
    const isOpen = transactions.of(tab.id) !== undefined;
    const confirmed =
      !isOpen ||
      (await questions.ask({
        title: `Leave ${shownDatabase(tab, row) ?? 'this database'} with an open transaction?`,
        text: 'A transaction cannot go along to another database. It is rolled back: nothing that it changed is kept.',
        confirm: 'Roll back and switch',
        cancel: 'Stay here',
        danger: true,
      }));
    if (!confirmed || !(await this.#canOpen(row, name))) return;
    if (isOpen) await this.#transactions.rollback(tab.id);
    documents.update(tab.id, { database: databaseOf(row) === name ? undefined : name });
    announcer.say(`This tab is in ${name}`);
  }

  /** Without a connection nobody can tell: the next run will. */
  async #canOpen(row: ConnectionRow, database: string): Promise<boolean> {
    if (!isLive(row)) return true;
    const { id: connectionId } = row.config;
    try {
      await this.#rpc.call('database.select', { connectionId, database }, AbortSignal.timeout(selectMs));
      return true;
    } catch (error) {
      this.#stores.toasts.show(`Not changed to “${database}”: ${toEnvelope(error).message}`);
      void this.#stores.catalog.databases(connectionId).refresh();
      return false;
    }
  }

  /** Names without a schema are looked up there first from now on, in this tab. */
  async useSchema(tab: DocumentTab, schema: string, path: readonly string[]): Promise<void> {
    const { announcer, connections, toasts } = this.#stores;
    const { id: tabId, connectionId } = tab;
    if (connectionId === undefined) return;
    const database = shownDatabase(tab, connections.get(connectionId));
    const searchPath = [schema, ...path.filter((each) => each !== schema && each !== 'pg_catalog')];
    try {
      await this.#rpc.call('tab.setSearchPath', { tabId, connectionId, database, searchPath });
      announcer.say(`This tab looks in ${schema} first`);
    } catch (error) {
      toasts.show(`Not changed to “${schema}”: ${toEnvelope(error).message}`);
    }
  }

  /** Writes a text at the cursor of the tab in front. */
  insert(text: string): void {
    const { documents, toasts, workspace } = this.#stores;
    if (!documents.active) return toasts.show('There is no open query to insert it into');
    workspace.showTabs();
    workspace.insert(text);
  }

  async copyName(name: string): Promise<void> {
    const { announcer, toasts } = this.#stores;
    await navigator.clipboard.writeText(name).then(
      () => announcer.say(`Copied ${name}`),
      () => toasts.show('Not copied: this window may not use the clipboard'),
    );
  }

  #previewTab(place: CatalogPlace, title: string, text: string): DocumentTab {
    const { documents, runs, transactions, workspace } = this.#stores;
    const known = this.#preview && documents.get(this.#preview.id);
    const database = this.#ownDatabase(place);
    const isFree =
      known?.text === this.#preview?.text &&
      known?.connectionId === place.connectionId &&
      known.database === database &&
      !runs.isBusy(known.id) &&
      transactions.of(known.id) === undefined;
    if (!known || !isFree) {
      workspace.showTabs();
      return documents.open({ title, text, connectionId: place.connectionId, database });
    }
    documents.update(known.id, { title, text });
    workspace.showTabs();
    documents.activate(known.id);
    return known;
  }

  async #runIfSafe({ id, connectionId, database }: DocumentTab, text: string): Promise<void> {
    const row = this.#stores.connections.get(connectionId);
    if (!row || connectionId === undefined) return;
    if (!isLive(row)) return this.#stores.toasts.show('Not run: there is no connection');
    if (row.config.environment === 'production')
      return this.#stores.toasts.show('This is production: look at the text and run it yourself');
    const start = { line: 1, column: 1 };
    await this.#runs.run({ tabId: id, connectionId, database, from: 0, text: text.trimEnd(), start });
  }

  async #columns({ place, schema, object }: ObjectPlace): Promise<readonly CatalogColumn[]> {
    const answer = await this.#stores.catalog.describe(place, schema, object).get();
    return answer?.columns ?? [];
  }

  /** A tab names its database only where it is another than the connection's. */
  #ownDatabase({ connectionId, database }: CatalogPlace): string | undefined {
    const row = this.#stores.connections.get(connectionId);
    return row && databaseOf(row) === database ? undefined : database;
  }
}
