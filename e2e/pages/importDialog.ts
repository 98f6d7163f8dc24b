import type { Locator, Page } from '@playwright/test';

/** The dialog that brings connections from elsewhere: its sources first, then what one of them holds. */
export class ImportDialog {
  readonly root: Locator;
  readonly sources: Locator;
  readonly table: Locator;
  readonly error: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.root = page.getByRole('dialog', { name: 'Import connections' });
    this.sources = this.root.getByRole('list', { name: 'Found on this computer' });
    this.table = this.root.getByRole('table');
    this.error = this.root.getByRole('alert');
  }

  button(name: string | RegExp): Locator {
    return this.root.getByRole('button', { name });
  }

  /** The tick of a connection. */
  tick(name: string): Locator {
    return this.table.getByRole('checkbox', { name: `Import ${name}`, exact: true });
  }

  row(name: string): Locator {
    const tick = this.#page.getByRole('checkbox', { name: `Import ${name}`, exact: true });
    return this.table.getByRole('row').filter({ has: tick });
  }

  async chooseFile(name: string, text: string): Promise<void> {
    await this.root
      .locator('input[type=file]')
      .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) });
  }
}
