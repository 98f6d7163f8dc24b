import type { Locator, Page } from '@playwright/test';

/** The tree of groups and connections. Rows are named as a screen reader hears them: name, then kind or status. */
export class Sidebar {
  readonly root: Locator;
  readonly tree: Locator;
  readonly search: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.root = page.getByRole('navigation', { name: 'Connections' });
    this.tree = this.root.getByRole('tree');
    this.search = this.root.getByRole('textbox', { name: 'Search connections and objects' });
  }

  /** The row of a connection; with `status`, only while it has that one. */
  connection(name: string, status = '[A-Za-z ]+'): Locator {
    return this.tree.getByRole('treeitem', {
      name: new RegExp(`^${literally(name)}, ${status}(, [a-z]+)?$`),
    });
  }

  group(name: string): Locator {
    return this.tree.getByRole('treeitem', { name: new RegExp(`^${literally(name)}, group, `) });
  }

  /** A row beneath a connection, by the beginning of what a screen reader says of it. */
  row(spoken: string): Locator {
    return this.tree.getByRole('treeitem', { name: new RegExp(`^${literally(spoken)}(,|$)`) });
  }

  /** All rows from top to bottom, each indented by two spaces a level. */
  outline(): Promise<string[]> {
    return this.tree.getByRole('treeitem').evaluateAll((rows) =>
      rows.map((row) => {
        const level = Number(row.getAttribute('aria-level'));
        return '  '.repeat(level - 1) + (row.querySelector<HTMLElement>('.name')?.innerText ?? '');
      }),
    );
  }

  /** Scrolls from the first row to the last, looks at each part of the tree, and tells how many rows there were. */
  async lookThrough(look: () => Promise<void>): Promise<number> {
    const keys = new Set<string | null>();
    await this.tree.evaluate((tree) => tree.scrollTo(0, 0));
    for (let atEnd = false; !atEnd;) {
      await twoFrames(this.#page);
      await look();
      const rows = this.tree.getByRole('treeitem');
      for (const key of await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-key'))))
        keys.add(key);
      atEnd = await this.tree.evaluate((tree) => {
        const before = tree.scrollTop;
        tree.scrollBy(0, tree.clientHeight);
        return tree.scrollTop === before;
      });
    }
    return keys.size;
  }

  /** The names of the chosen rows, from top to bottom. */
  selected(): Promise<string[]> {
    return this.tree.locator('[aria-selected="true"] .name').allInnerTexts();
  }

  /** Chooses the order of the rows. */
  async order(name: string): Promise<void> {
    await this.root.getByRole('button', { name: /^Order of the connections/ }).click();
    await this.#page.getByRole('menuitemradio', { name }).click();
  }

  /** Connects, or opens a further tab where it is connected already. */
  async open(name: string): Promise<void> {
    await this.connection(name).dblclick();
  }

  /** Opens the menu of a row by its right button and takes an item of it. */
  async choose(row: Locator, item: string): Promise<void> {
    await row.click({ button: 'right' });
    await this.menuItem(item).click();
  }

  async chooseNew(item: string): Promise<void> {
    await this.root.getByRole('button', { name: 'New connection or group' }).click();
    await this.menuItem(item).click();
  }

  menuItem(name: string): Locator {
    return this.#page.getByRole('menu').getByRole('menuitem', { name });
  }

  /** Types the name that a new group, or one being renamed, asks for. */
  async nameGroup(name: string): Promise<void> {
    await this.tree.getByRole('textbox', { name: 'Name of the group' }).fill(name);
    await this.#page.keyboard.press('Enter');
  }
}

/** Only the rows in view are drawn, once the page has seen where it is scrolled to. */
const twoFrames = (page: Page): Promise<unknown> =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
