import { expect, type Locator, type Page } from '@playwright/test';

/** What the form is filled with; what is left out stays as it is. */
export interface FormFields {
  name?: string;
  host?: string;
  port?: number | string;
  database?: string;
  username?: string;
  password?: string;
}

const labels: Record<keyof FormFields, string> = {
  name: 'Name',
  host: 'Host',
  port: 'Port',
  database: 'Database',
  username: 'User',
  password: 'Password',
};

export class ConnectionForm {
  readonly root: Locator;
  readonly stages: Locator;

  constructor(page: Page) {
    this.root = page.getByRole('form', { name: /^(New connection|Connection )/ });
    this.stages = this.root.getByRole('list', { name: 'Stages of the test' });
  }

  /** What the tab in front shows. */
  get panel(): Locator {
    return this.root.getByRole('tabpanel');
  }

  tab(title: string): Locator {
    return this.root.getByRole('tab', { name: new RegExp(`^${title}`) });
  }

  field(label: string): Locator {
    return this.root.getByLabel(label, { exact: true });
  }

  button(name: string): Locator {
    return this.root.getByRole('button', { name, exact: true });
  }

  async fill(fields: FormFields): Promise<void> {
    for (const [key, label] of Object.entries(labels)) {
      const value = fields[key as keyof FormFields];
      if (value !== undefined) await this.field(label).fill(String(value));
    }
  }

  /** Saves, and waits until the form has closed: before that another one would ask about unsaved changes. */
  async save(): Promise<void> {
    await this.button('Save').click();
    await expect(this.root).toHaveCount(0);
  }

  /** One line of the test's report. */
  stage(name: string): Locator {
    return this.stages
      .getByRole('listitem')
      .filter({ has: this.root.page().getByText(name, { exact: true }) });
  }
}
