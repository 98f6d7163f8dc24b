import type { Locator, Page } from '@playwright/test';
import { ResultGrid } from './resultGrid.ts';

/** What the run of the tab in front gave. */
export class Results {
  readonly root: Locator;
  readonly tabs: Locator;
  readonly grid: ResultGrid;
  readonly error: Locator;
  readonly progress: Locator;
  readonly viewer: Locator;

  constructor(page: Page) {
    this.root = page.getByRole('region', { name: 'Results' });
    this.tabs = this.root.getByRole('tablist', { name: 'Results' }).getByRole('tab');
    this.grid = new ResultGrid(page, this.root.getByRole('grid'));
    this.error = this.root.getByRole('group', { name: 'Error' });
    this.progress = this.root.getByRole('progressbar', { name: 'Running' });
    this.viewer = this.root.getByRole('dialog', { name: 'Value' });
  }

  tab(name: string | RegExp): Locator {
    return this.root.getByRole('tablist', { name: 'Results' }).getByRole('tab', { name });
  }
}
