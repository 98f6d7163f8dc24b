import { SvelteMap } from 'svelte/reactivity';
import type { Branches, BranchRow } from '../../components/tree/branches.ts';
import type { MenuItem } from '../../components/menu.ts';
import { isLive } from '../../stores/connections.svelte.ts';
import type { App } from '../../stores/context.ts';
import type { CatalogLevel } from '../../stores/catalogLevel.ts';
import { databaseOf } from '../../stores/shownDatabase.ts';
import { CatalogSearch } from '../../stores/catalogSearch.svelte.ts';
import { CatalogRow } from './catalogRow.ts';
import { foundRows, pathTo } from './foundRows.ts';
import { levelOf } from './levelOf.ts';
import { Outline } from './outline.ts';
import { rowMenu } from './rowMenus.ts';

/** More are named by a longer word. */
const hitsPerDatabase = 40;

/** The catalog as it hangs under the connections of the sidebar: what of it is open, and what its rows do. */
export class CatalogTree implements Branches {
  readonly #app: App;
  readonly #search: CatalogSearch;
  /** Rows that the user has opened or closed; all others are as they are by themselves. */
  readonly #open = new SvelteMap<string, boolean>();

  /** What the rows that were made last are made from. */
  readonly #wanted = new Map<string, readonly CatalogLevel[]>();

  #revealed = $state(0);

  constructor(app: App) {
    this.#app = app;
    this.#search = new CatalogSearch(app, hitsPerDatabase);
  }

  isOpen(connectionId: string): boolean {
    return this.#open.get(connectionId) ?? false;
  }

  setOpen(connectionId: string, open: boolean): void {
    this.#open.set(connectionId, open);
  }

  setExpanded({ key }: BranchRow, expanded: boolean): void {
    this.#open.set(key, expanded);
  }

  rows(connectionId: string, parentKey: string, level: number): readonly CatalogRow[] {
    const { catalog, connections } = this.#app;
    const row = connections.get(connectionId);
    if (!row) return [];
    const outline = new Outline(
      {
        reader: catalog,
        isOpen: (key, otherwise) => this.#open.get(key) ?? otherwise,
        isLive: isLive(row),
        connectionId,
        database: databaseOf(row),
      },
      { key: parentKey, level },
    );
    this.#wanted.set(connectionId, outline.wanted);
    return outline.rows;
  }

  search(text: string): void {
    this.#search.look(text);
  }

  found(): readonly CatalogRow[] {
    return foundRows(this.#app, this.#search.found, (key) => this.#open.get(key) ?? true);
  }

  get revealed(): number {
    return this.#revealed;
  }

  get foundCount(): number {
    return this.#search.found.reduce((sum, { total }) => sum + total, 0);
  }

  get searching(): boolean {
    return this.#search.busy;
  }

  /** Opens all that stands above something that was found, and chooses its row. */
  async reveal({ node }: CatalogRow): Promise<void> {
    if (node.type !== 'hit') return;
    const path = await pathTo(this.#app, node.hit, node.place);
    const key = path.at(-1);
    if (key === undefined) return;
    this.#open.set(node.place.connectionId, true);
    for (const above of path.slice(0, -1)) this.#open.set(above, true);
    await this.#app.commands.groups.openAbove(node.place.connectionId);
    this.#app.workspace.selected = { kind: 'branch', id: key, connectionId: node.place.connectionId };
    this.#revealed += 1;
  }

  ask(): void {
    for (const [id, levels] of this.#wanted) if (this.isOpen(id)) for (const level of levels) level.want();
  }

  activate(row: BranchRow, showDetails: () => void): void {
    if (!(row instanceof CatalogRow)) return;
    const { catalog } = this.#app.commands;
    const { node, readable, sqlName } = row;
    if (node.type === 'note') this.settle(row);
    else if (node.type === 'hit') void this.reveal(row);
    else if (readable) void catalog.preview(readable);
    else if (node.type === 'column') catalog.insert(sqlName ?? '');
    else if (row.hasDetails) showDetails();
  }

  menu(row: BranchRow, showDetails: () => void): MenuItem[] {
    return row instanceof CatalogRow
      ? rowMenu(this.#app, row, { showDetails, reveal: (found) => this.reveal(found) })
      : [];
  }

  key(row: BranchRow, event: KeyboardEvent): boolean {
    if (!(row instanceof CatalogRow)) return false;
    const isMod = event.ctrlKey || event.metaKey;
    if (event.key === 'F5' && !isMod) void this.refresh(row);
    else if (isMod && event.key.toLowerCase() === 'c' && row.sqlName !== undefined)
      void this.#app.commands.catalog.copyName(row.sqlName);
    else return false;
    return true;
  }

  /** Reads anew what is under a row, or the level that the row stands in. */
  async refresh(row: CatalogRow): Promise<void> {
    await levelOf(this.#app, row)?.refresh();
  }

  /** The one thing that a note offers. */
  settle({ facts, connectionId, node }: CatalogRow): void {
    if (node.type !== 'note') return;
    if (node.note.about === 'offline') void this.#app.commands.connections.retry(connectionId);
    else if (node.note.about !== 'none') void facts.level?.refresh();
  }
}
