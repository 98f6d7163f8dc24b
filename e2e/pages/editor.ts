import { expect, type Locator, type Page } from '@playwright/test';

/** The editor of the tab in front, with its toolbar. */
export class Editor {
  readonly root: Locator;
  readonly text: Locator;
  readonly toolbar: Locator;
  /** The part of the text under which an error is marked. */
  readonly errorPlace: Locator;
  /** The message beneath the statement that failed. */
  readonly errorMessage: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.root = page.getByRole('region', { name: 'Query' });
    this.text = this.root.getByRole('textbox', { name: 'SQL' });
    this.toolbar = this.root.getByRole('toolbar', { name: 'Query' });
    this.errorPlace = this.root.locator('.cm-errorPlace');
    this.errorMessage = this.root.locator('.cm-errorMessage');
  }

  /** Replaces the whole text, as a paste does: what is typed letter by letter would be completed. */
  async write(sql: string): Promise<void> {
    await this.text.click();
    await this.#page.keyboard.press('Control+A');
    await this.#page.keyboard.insertText(sql);
  }

  /** Writes it and runs the statement at the cursor, which stands at the end. */
  async runText(sql: string): Promise<void> {
    await this.write(sql);
    await this.run();
  }

  /** Runs the selection or the statement at the cursor, once the run before it has ended. */
  async run(): Promise<void> {
    await this.idle();
    await this.#page.keyboard.press('Control+Enter');
  }

  async runAll(): Promise<void> {
    await this.idle();
    await this.#page.keyboard.press('Control+Shift+Enter');
  }

  /** Rows are shown before their run has ended, and until then no other can be started here. */
  async idle(): Promise<void> {
    await expect(this.button('Run all')).toBeEnabled();
  }

  /** The list that comes up while typing, an item of it by its label, and what is told of the chosen one. */
  get completion() {
    const list = this.#page.getByRole('listbox', { name: 'Completions' });
    const label = (text: string) =>
      this.#page.locator('.cm-completionLabel').getByText(text, { exact: true });
    return {
      list,
      option: (text: string) => list.getByRole('option').filter({ has: label(text) }),
      info: this.#page.locator('.cm-completionInfo'),
    };
  }

  /** Takes the item that stands first. In its first 75 ms the list takes no key, for it may have come up under a finger. */
  async complete(label: string, key: 'Enter' | 'Tab'): Promise<void> {
    await expect(this.completion.option(label)).toHaveAttribute('aria-selected', 'true');
    await this.#page.waitForTimeout(80);
    await this.#page.keyboard.press(key);
    await expect(this.completion.list).toHaveCount(0);
  }

  line(text: string): Locator {
    return this.root.locator('.cm-line').filter({ hasText: text });
  }

  button(name: string): Locator {
    return this.toolbar.getByRole('button', { name, exact: true });
  }
}
