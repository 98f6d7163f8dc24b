import type { Locator, Page } from '@playwright/test';

/** One result's grid. Rows and columns count from 1, without the header and the row numbers. */
export class ResultGrid {
  readonly root: Locator;
  readonly #page: Page;

  constructor(page: Page, root: Locator) {
    this.#page = page;
    this.root = root;
  }

  cell(row: number, column: number): Locator {
    return this.row(row).locator(`[role="gridcell"][aria-colindex="${column + 1}"]`);
  }

  row(row: number): Locator {
    return this.root.locator(`[role="row"][aria-rowindex="${row + 1}"]`);
  }

  header(name: string): Locator {
    return this.root.getByRole('columnheader', { name: new RegExp(`^${name} `) });
  }

  /** The names of the columns on the page, in the order in which they are shown. */
  headers(): Promise<string[]> {
    return this.root.locator('[role="columnheader"] .name').allTextContents();
  }

  /** The numbers of the rows in view, top to bottom. */
  async rowsInView(): Promise<number[]> {
    const numbers = await this.root
      .locator('[role="rowgroup"] [role="row"][aria-rowindex]:not([aria-rowindex="1"])')
      .evaluateAll((rows) => {
        const frame = rows[0]?.closest('[role="grid"]')?.getBoundingClientRect();
        return rows
          .filter((row) => {
            const { top, bottom } = row.getBoundingClientRect();
            // The header covers the first 24 pixels.
            return frame !== undefined && bottom > frame.top + 24 && top < frame.bottom;
          })
          .map((row) => Number(row.getAttribute('aria-rowindex')) - 1);
      });
    return numbers.sort((a, b) => a - b);
  }

  async press(key: string): Promise<void> {
    await this.root.focus();
    await this.#page.keyboard.press(key);
  }

  /** Selects a range by dragging from one cell to another. */
  async drag(from: Locator, to: Locator): Promise<void> {
    await from.hover();
    await this.#page.mouse.down();
    await to.hover();
    await this.#page.mouse.up();
  }
}
