import { expect, type Locator, type Page } from '@playwright/test';
import { ConnectionForm } from './connectionForm.ts';
import { Editor } from './editor.ts';
import { Results } from './results.ts';
import { Sidebar } from './sidebar.ts';

export const sampleName = 'Sample shop (embedded)';

/** The making of the built-in server takes seconds on a busy machine. */
export const firstStartMs = 40_000;

/** The whole window, as a user finds its parts. */
export class HawserPage {
  readonly page: Page;
  readonly sidebar: Sidebar;
  readonly form: ConnectionForm;
  readonly editor: Editor;
  readonly results: Results;
  /** The line about the connection of the tab in front, where something is wrong with it. */
  readonly banner: Locator;
  readonly statusBar: Locator;
  readonly dialog: Locator;

  constructor(page: Page) {
    this.page = page;
    this.sidebar = new Sidebar(page);
    this.form = new ConnectionForm(page);
    this.editor = new Editor(page);
    this.results = new Results(page);
    this.banner = page.getByRole('region', { name: 'State of the connection' });
    this.statusBar = page.getByRole('contentinfo', { name: 'Status' });
    this.dialog = page.getByRole('dialog');
  }

  /** Opens the window and waits until it shows what the sidecar told it. */
  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await expect(this.sidebar.root).toHaveAttribute('aria-busy', 'false');
  }

  tab(title: string): Locator {
    return this.page.getByRole('tablist', { name: 'Queries' }).getByRole('tab', { name: title });
  }

  get newTabButton(): Locator {
    return this.page.getByRole('button', { name: 'New query' });
  }

  async newTab(): Promise<void> {
    await this.newTabButton.click();
  }

  /** Answers a question of the window. */
  async answer(button: string): Promise<void> {
    await this.dialog.getByRole('button', { name: button }).click();
    await expect(this.dialog).toHaveCount(0);
  }

  /** Fills a new form with where a test's server is found. */
  async fillForm(name: string, server: ServerAddress): Promise<void> {
    await this.sidebar.chooseNew('New connection');
    await this.form.fill({ name, ...addressOf(server) });
  }

  /** Makes a connection by the form and waits until it is connected, with an empty tab in front. */
  async connectTo(name: string, server: ServerAddress): Promise<void> {
    await this.fillForm(name, server);
    await this.form.button('Save and connect').click();
    await expect(this.sidebar.connection(name, 'connected')).toBeVisible();
    await expect(this.editor.text).toBeFocused();
  }

  /** Connects the sample of a fresh data folder, which is made first. */
  async connectSample(): Promise<void> {
    await this.sidebar.open(sampleName);
    await expect(this.sidebar.connection(sampleName, 'connected')).toBeVisible({ timeout: firstStartMs });
  }
}

export interface ServerAddress {
  host: string;
  port: number;
  database: string;
  username: string;
  password: string;
}

/** What of a server a form asks for. */
export const addressOf = ({ host, port, database, username, password }: ServerAddress): ServerAddress => ({
  host,
  port,
  database,
  username,
  password,
});
