import { mkdir, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { tempFolder } from '../../sidecar/test/tempFolder.ts';
import { expect, test as base } from '../fixtures/test.ts';
import { addressOf } from '../pages/hawserPage.ts';
import { checkLook } from '../pages/looks.ts';

/** A home of this test's own, with files to choose from. */
const test = base.extend<{ home: string }>({
  home: async ({ browserName: _ }, use) => {
    const folder = await tempFolder();
    const put = async (name: string) => {
      const file = path.join(folder.path, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, '');
    };
    for (const name of ['.postgresql/root.crt', '.ssh/id_ed25519', '.ssh/config', 'work/certs/shop-ca.pem'])
      await put(name);
    for (let year = 2010; year < 2026; year += 1) await put(`work/certs/${year}/ca.pem`);
    await put('work/certs/<b>bold<b> \u202Egnp.pem');
    await use(await realpath(folder.path));
    await folder.remove();
  },
  env: async ({ home }, use) => use({ HOME: home, USERPROFILE: home }),
});

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('each tab of the form, with its errors counted at the tab and told beside the field', async ({
  app,
}) => {
  test.slow();
  const { form, sidebar } = app;
  await sidebar.chooseNew('New connection');
  await form.fill({ name: 'billing', host: 'db.billing.internal' });
  await test.step('TLS says what the mode means, and warns where it does not verify', async () => {
    await form.tab('TLS').click();
    await expect(form.panel).toContainText('made for this very host');
    await expect(form.panel).not.toContainText('Caution');
    await form.panel.getByText('What each mode means').click();
    await checkLook(app, 'form-tls-modes');
    await form.panel.getByText('What each mode means').click();
    await form.field('TLS mode').selectOption('require');
    await expect(form.panel).toContainText('Caution. Not verified');
    await form.field('Client certificate').fill('/nowhere/client.crt');
    await expect(form.field('Passphrase of the key')).toBeDisabled();
    await form.field('Client key').fill('/nowhere/client.key');
    await form.field('Passphrase of the key').fill('correct horse');
    await form.button('Show the passphrase of the key').click();
    await expect(form.field('Passphrase of the key')).toHaveAttribute('type', 'text');
    await form.button('Hide the passphrase of the key').click();
  });
  await test.step('SSH draws the way, and its hops are moved by button and by key', async () => {
    await form.tab('SSH').click();
    await form.field('Connect through SSH').check();
    const hop = (number: number) => form.panel.getByRole('group', { name: new RegExp(`^Hop ${number}`) });
    await hop(1).getByLabel('SSH host').fill('inner');
    await hop(1).getByLabel('SSH user').fill('jump');
    await form.button('Add a hop').click();
    await expect(hop(2).getByLabel('SSH host')).toBeFocused();
    await hop(2).getByLabel('SSH host').fill('bastion');
    await hop(2).getByLabel('SSH port').fill('2222');
    await hop(2).getByLabel('Log in by').selectOption('Key file');
    await hop(2).getByLabel('SSH host').focus();
    await app.page.keyboard.press('Alt+ArrowUp');
    const way = ['This computer', 'bastion:2222', 'inner', 'db.billing.internal:5432'];
    await expect(form.panel.getByLabel(`Way to the server: ${way.join(', then ')}`)).toBeVisible();
    await expect(hop(1).getByLabel('SSH host')).toBeFocused();
    await expect(hop(1).getByLabel('SSH host')).toHaveValue('bastion');
    await form.button('Move hop 2 up').click();
    await expect(hop(1).getByLabel('SSH host')).toHaveValue('inner');
    await hop(1).getByLabel('Log in by').selectOption('Password');
    await hop(1).getByLabel('Password', { exact: true }).fill('hop secret');
    await checkLook(app, 'form-ssh');
  });
  await test.step('a password command is read as words', async () => {
    await form.tab('General').click();
    await form.field('Password from').selectOption('A password command');
    await expect(form.field('Password')).toBeDisabled();
    await form.field('Command').fill('pass show "db/billing');
    await form.field('Time limit').fill('0');
    await checkLook(app, 'form-command');
  });
  await test.step('what is wrong is counted at each tab', async () => {
    await form.tab('Options').click();
    await form.field('Connect timeout').fill('0');
    await checkLook(app, 'form-options');
    await form.tab('Advanced').click();
    await form.field('Connections at most').fill('11');
    await form.field('Heartbeat').fill('often');
    await form.button('Save').click();
    await expect(form.tab('General')).toHaveAccessibleName('General 2 errors');
    await expect(form.field('Command')).toBeFocused();
    await expect(form.field('Command')).toHaveAccessibleDescription(/A quote is not closed/);
    await expect(form.field('Time limit')).toHaveAccessibleDescription(/At least 1/);
    await expect(form.tab('TLS')).toHaveAccessibleName('TLS');
    await expect(form.tab('SSH')).toHaveAccessibleName('SSH 2 errors');
    await expect(form.tab('Options')).toHaveAccessibleName('Options 1 error');
    await expect(form.tab('Advanced')).toHaveAccessibleName('Advanced 2 errors');
    await form.tab('SSH').click();
    await expect(form.field('Key file')).toHaveAccessibleDescription(/The key file is missing/);
    await checkLook(app, 'form-ssh-errors');
    await form.tab('Advanced').click();
    await checkLook(app, 'form-advanced-errors');
  });
});

test('files are chosen in a panel by keyboard, where the system shows no dialog', async ({ app, home }) => {
  const { dialog, form, page, sidebar } = app;
  const list = dialog.getByRole('listbox');
  const current = dialog.getByRole('option', { selected: true });
  const { keyboard } = page;
  await sidebar.chooseNew('New connection');
  await form.tab('TLS').click();
  const choose = form.button('Choose… CA certificate');
  await choose.focus();
  await keyboard.press('Enter');
  await expect(list).toBeFocused();
  await expect(current).toHaveAccessibleName('root.crt');
  await keyboard.press('Backspace');
  await expect(dialog.getByLabel('Path')).toHaveValue(home);
  await expect(current, 'what is hidden is no certificate as a rule').toHaveAccessibleName('work folder');
  await keyboard.press('Enter');
  await keyboard.press('Enter');
  await expect(list).toHaveAccessibleName(`Files and folders in ${path.join(home, 'work', 'certs')}`);
  await keyboard.type('shop');
  await expect(current).toHaveAccessibleName('shop-ca.pem');
  await checkLook(app, 'file-panel');
  await keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(form.field('CA certificate')).toHaveValue(path.join(home, 'work', 'certs', 'shop-ca.pem'));
  await expect(choose).toBeFocused();

  await keyboard.press('Enter');
  await expect(current, 'begins at what is there').toHaveAccessibleName('shop-ca.pem');
  await expect(dialog.getByLabel('Path')).toHaveValue(path.join(home, 'work', 'certs'));
  await dialog.getByLabel('Path').fill('/nowhere');
  await keyboard.press('Enter');
  await expect(dialog.getByLabel('Path')).toHaveAccessibleDescription(/is not there/);
  await checkLook(app, 'file-panel-problem');
  await dialog.getByLabel('Path').fill('~/.ssh');
  await keyboard.press('Enter');
  await expect(list).toBeFocused();
  await expect(current).toHaveAccessibleName('config');
  await keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(form.field('CA certificate')).toHaveValue(/shop-ca\.pem$/);

  await form.tab('SSH').click();
  await form.field('Connect through SSH').check();
  await form.field('Log in by').selectOption('Key file');
  await form.button('Choose… Key file').click();
  await dialog.getByRole('option', { name: 'id_ed25519' }).dblclick();
  await expect(form.field('Key file')).toHaveValue(path.join(home, '.ssh', 'id_ed25519'));
  await checkLook(app, 'form-file-fields');
});

test('a pasted address fills the form from any field, and can be taken back', async ({ app, server }) => {
  const { form, page, sidebar } = app;
  const { host, port, database, username, password } = addressOf(server);
  await sidebar.chooseNew('New connection');
  await form.field('Host').fill('');
  await paste(page, form.field('Host'), 'db.internal');
  await expect(form.field('Host'), 'a host is just a host').toHaveValue('db.internal');
  const uri = `postgresql://${username}:${encodeURIComponent(password)}@${host}:${port}/${database}?sslmode=disable&application_name=shop`;
  await paste(page, form.field('Name'), uri);
  await expect(form.field('Host')).toHaveValue(host);
  await expect(form.field('Port')).toHaveValue(String(port));
  await expect(form.field('Host')).toHaveAccessibleDescription('from the URI');
  await expect(form.field('Password')).toHaveAttribute('placeholder', '(from the pasted text)');
  await expect(form.field('Password')).toHaveValue('');
  await expect(form.root).toContainText('Filled from the pasted text: host');
  await checkLook(app, 'form-pasted');
  await form.button('Undo').click();
  await expect(form.field('Host')).toHaveValue('db.internal');
  await expect(form.field('Name')).toBeFocused();
  await expect(form.field('Name')).toHaveValue('');

  await paste(
    page,
    form.field('User'),
    `psql "host=${host} port=${port} user=${username} password='${password}'" -v x=1 ${database}`,
  );
  await expect(form.field('Host')).toHaveValue(host);
  await page.keyboard.press('Control+Z');
  await expect(form.field('Host')).toHaveValue('db.internal');
  await paste(page, form.field('User'), 'mysql+x://app@db/shop');
  await expect(form.field('User'), 'only a host is surely no address').toHaveValue(/mysql/);
  await form.field('User').fill(username);
  await paste(page, form.field('Host'), 'mysql://app:hunter2@db/shop');
  await expect(form.root).toContainText('This is the address of MySQL');
  await expect(form.field('Host')).toHaveValue('db.internal');
  await checkLook(app, 'form-paste-refused');
  await form.button('Dismiss').click();

  await paste(page, form.field('Name'), uri);
  await expect(form.field('Name')).toHaveValue(`${database} on ${host}`);
  await page.keyboard.press('Control+Enter');
  await expect(sidebar.connection(`${database} on ${host}`, 'connected')).toBeVisible();
  expect(await page.content()).not.toContain(password);
});

test('changes that are not saved are asked about: on closing, on Escape, on editing another', async ({
  app,
  server,
}) => {
  const { form, page, sidebar } = app;
  for (const name of ['billing', 'search']) {
    await app.fillForm(name, server);
    await page.keyboard.press('Control+S');
    await expect(form.root).toHaveCount(0);
  }
  await sidebar.choose(sidebar.connection('billing'), 'Edit');
  await expect(form.field('Password')).toHaveAttribute('placeholder', '(unchanged)');
  await form.field('Host').fill('db.internal');
  await expect(form.field('Password')).toHaveAttribute('placeholder', 'to be entered again');
  await form.field('Host').fill(server.host);
  await form.field('Database').fill('template1');
  await page.keyboard.press('Escape');
  await expect(app.dialog).toContainText('Save the changes?');
  await expect(app.dialog.getByRole('button', { name: 'Keep editing' })).toBeFocused();
  await checkLook(app, 'form-unsaved');
  await page.keyboard.press('Escape');
  await expect(app.dialog).toHaveCount(0);
  await expect(form.field('Database')).toBeFocused();

  await sidebar.choose(sidebar.connection('search'), 'Edit');
  await app.answer('Save');
  await expect(form.root).toHaveAccessibleName('Connection search');
  await form.field('Database').fill('');
  await form.button('Cancel').click();
  await app.answer('Save');
  await expect(form.field('Database'), 'what cannot be saved stays').toBeFocused();
  await expect(form.field('Database')).toHaveAccessibleDescription('The database is missing');
  await page.getByRole('button', { name: 'Close the form' }).click();
  await app.answer('Discard changes');
  await expect(form.root).toHaveCount(0);
  await sidebar.choose(sidebar.connection('billing'), 'Edit');
  await expect(form.field('Database')).toHaveValue('template1');
  await page.keyboard.press('Escape');
  await expect(form.root).toHaveCount(0);
});

async function paste(page: Page, field: Locator, text: string): Promise<void> {
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await field.selectText();
  await page.keyboard.press('Control+V');
}
