import { expect, test } from '../fixtures/test.ts';
import { addressOf, sampleName } from '../pages/hawserPage.ts';

test('the form says beside each field what is wrong with it', async ({ app }) => {
  const { form, sidebar } = app;
  await sidebar.chooseNew('New connection');
  await expect(form.field('Name')).toBeFocused();
  await form.fill({ host: '', port: 70_000, username: '' });
  await form.button('Save').click();
  const wrong = { Name: 'The name is missing', Host: 'The host is missing', Port: 'A port is 1 to 65535' };
  for (const [label, message] of Object.entries(wrong)) {
    await expect(form.field(label)).toHaveAttribute('aria-invalid', 'true');
    await expect(form.field(label)).toHaveAccessibleDescription(new RegExp(message));
  }
  await expect(form.field('User')).toHaveAccessibleDescription('The user is missing');
  await expect(form.field('Database')).toHaveAttribute('aria-invalid', 'false');
  await form.fill({ host: 'localhost' });
  await expect(form.field('Host')).toHaveAttribute('aria-invalid', 'false');

  await form.root.getByRole('tab', { name: 'Advanced' }).click();
  await form.field('Connections at most').fill('11');
  await expect(form.field('Connections at most')).toHaveAccessibleDescription(/From 2 to 10/);
  await form.button('Cancel').click();
  await app.answer('Keep editing');
  await expect(form.field('Connections at most')).toHaveValue('11');
  await form.button('Cancel').click();
  await app.answer('Discard changes');
  await expect(form.root).toHaveCount(0);
  await expect.poll(() => sidebar.outline()).toEqual(['Getting started', `  ${sampleName}`]);
});

test('Test takes the form as it stands: stage by stage, to the first failure', async ({ app, server }) => {
  const { form, sidebar } = app;
  await app.fillForm('unsaved', { ...addressOf(server), password: 'wrong' });
  await form.button('Test').click();
  await expect(form.stage('Resolve')).toContainText('127.0.0.1');
  await expect(form.stage('TCP')).toContainText(`127.0.0.1:${server.port} answers`);
  await expect(form.stage('TLS')).toContainText('not encrypted');
  await expect(form.stage('Authenticate')).toContainText('failed');
  await expect(form.stage('Authenticate')).toContainText(/password/i);
  await expect(form.stage('Database')).toContainText('not reached');
  await expect(form.root).not.toContainText('The connection works.');

  await form.fill({ password: server.password, database: 'nowhere' });
  await form.button('Test').click();
  await expect(form.stage('Database')).toContainText('failed');
  await expect(form.stage('Database')).toContainText('nowhere');

  await form.fill({ database: server.database });
  await form.button('Test').click();
  await expect(form.root).toContainText(/The connection works\. PostgreSQL \d+/);
  await expect(form.stage('Session')).toContainText('connections in use');
  await expect(form.stage('Authenticate')).toContainText(`as ${server.username}`);
  await expect
    .poll(() => sidebar.outline(), 'a test saves nothing')
    .toEqual(['Getting started', `  ${sampleName}`]);
  await expect(app.tab('New connection')).toBeVisible();
});

test('a connection is made, used, edited, duplicated and deleted', async ({ app, server }) => {
  const { editor, form, results, sidebar } = app;
  await test.step('Save and connect opens a tab that runs there', async () => {
    await app.connectTo('reports', server);
    await editor.runText('select current_database(), current_user');
    await expect(results.grid.row(1)).toContainText(server.database);
    await expect(app.statusBar).toContainText(`${server.database} · ${server.username}`);
  });
  await test.step('disconnected by the user, it asks for nothing', async () => {
    await sidebar.choose(sidebar.connection('reports'), 'Disconnect');
    await expect(sidebar.connection('reports', 'disconnected')).toBeVisible();
    await expect(app.banner).toHaveCount(0);
    await editor.text.click();
    await editor.run();
    await expect(editor.root).toContainText('reports is not connected. Your text is safe.');
  });
  await test.step('edited, it has its new name at once; the password is still known', async () => {
    await sidebar.choose(sidebar.connection('reports'), 'Edit…');
    await expect(form.field('Password')).toHaveValue('');
    await form.fill({ name: 'reports of the year' });
    await form.button('Save and connect').click();
    await expect(sidebar.connection('reports of the year', 'connected')).toBeVisible();
    await expect(app.statusBar).toContainText('reports of the year');
  });
  await test.step('renamed in its row by F2, it is connected as before', async () => {
    await sidebar.connection('reports of the year').click();
    await app.page.keyboard.press('F2');
    await sidebar.tree.getByRole('textbox', { name: 'Name of the connection' }).fill('reports of all years');
    await app.page.keyboard.press('Enter');
    await expect(sidebar.connection('reports of all years', 'connected')).toBeFocused();
    await app.page.keyboard.press('F2');
    await sidebar.tree.getByRole('textbox', { name: 'Name of the connection' }).fill('reports of the year');
    await app.page.keyboard.press('Enter');
    await expect(sidebar.connection('reports of the year', 'connected')).toBeVisible();
  });
  await test.step('a duplicate stands beside it, not connected', async () => {
    await sidebar.choose(sidebar.connection('reports of the year'), 'Duplicate');
    const copy = sidebar.tree.getByRole('treeitem', { name: /^reports of the year .+, disconnected$/ });
    await expect(copy, 'the keys go on from the copy').toBeFocused();
  });
  await test.step('deleted only after a question, whose safe answer has the focus', async () => {
    const row = sidebar.connection('reports of the year');
    await sidebar.choose(row, 'Delete…');
    await expect(app.dialog).toContainText('Delete “reports of the year”?');
    await expect(app.dialog.getByRole('button', { name: 'Keep it' })).toBeFocused();
    await app.page.keyboard.press('Enter');
    await expect(app.dialog).toHaveCount(0);
    await expect(row).toBeFocused();
    await sidebar.choose(row, 'Delete…');
    await app.answer('Delete connection');
    await expect(row).toHaveCount(0);
    await expect.poll(() => ownBackends(server), 'its backends are gone').toBe(0);
  });
});

test('groups are made, nested, renamed and closed, and deleting one keeps what is in it', async ({ app }) => {
  const { form, sidebar } = app;
  await sidebar.chooseNew('New group');
  await sidebar.nameGroup('Europe');
  await sidebar.choose(sidebar.group('Europe'), 'New group inside');
  await sidebar.nameGroup('Berlin');
  await sidebar.choose(sidebar.group('Berlin'), 'New connection here');
  await form.fill({ name: 'billing' });
  await form.save();
  await expect(sidebar.connection('billing')).toBeVisible();
  await expect
    .poll(() => sidebar.outline())
    .toEqual(['Getting started', `  ${sampleName}`, 'Europe', '  Berlin', '    billing']);

  await sidebar.connection('billing').click();
  await app.page.keyboard.press('ArrowLeft');
  await expect(sidebar.group('Berlin')).toBeFocused();
  await app.page.keyboard.press('F2');
  await sidebar.nameGroup('Hamburg');
  await expect(sidebar.group('Hamburg')).toBeFocused();
  await app.page.keyboard.press('ArrowLeft');
  await expect(sidebar.group('Hamburg')).toHaveAttribute('aria-expanded', 'false');
  await expect(sidebar.connection('billing')).toHaveCount(0);
  await expect(sidebar.group('Hamburg')).toContainText('1');

  await app.page.reload();
  await expect(sidebar.group('Hamburg')).toHaveAttribute('aria-expanded', 'false');
  await sidebar.group('Hamburg').click();
  await expect(sidebar.connection('billing')).toBeVisible();
  await sidebar.choose(sidebar.group('Hamburg'), 'Delete…');
  await expect(app.dialog).toContainText('none is deleted');
  await app.answer('Delete group');
  await expect(sidebar.group('Hamburg')).toHaveCount(0);
  await expect
    .poll(() => sidebar.outline())
    .toEqual(['Getting started', `  ${sampleName}`, 'Europe', '  billing']);
});

test('the search finds by name and by host, and marks what it found', async ({ app, page }) => {
  const { form, sidebar } = app;
  for (const [name, host] of [
    ['orders of the north', 'db7.example'],
    ['payroll', 'north.example'],
  ] as const) {
    await sidebar.chooseNew('New connection');
    await form.fill({ name, host });
    await form.save();
  }
  // With an editor open, which has a search of its own: the key is still the sidebar's.
  await page.keyboard.press('Alt+T');
  await expect(app.editor.root).toBeVisible();
  await sidebar.connection('payroll').click();
  await page.keyboard.press('/');
  await expect(sidebar.search).toBeFocused();
  await page.keyboard.type('NORTH');
  await expect(sidebar.tree.getByRole('treeitem')).toHaveCount(2);
  await expect(sidebar.connection('orders of the north').locator('mark')).toHaveText('north');
  await expect(sidebar.connection('payroll')).toContainText('north.example');
  await sidebar.search.fill('nothing like it');
  await expect(sidebar.root).toContainText('Nothing here is called “nothing like it”.');
  await page.keyboard.press('Escape');
  await expect(sidebar.search).toHaveValue('');
  await expect(sidebar.connection('payroll')).toBeVisible();
});

test('a status stands there as a shape and a word', async ({ app, server }) => {
  const { form, sidebar } = app;
  const refused = { host: '127.0.0.1', port: 1 };
  await app.connectTo('good', server);
  await sidebar.chooseNew('New connection');
  await form.fill({ name: 'bad', ...refused });
  await form.button('Save and connect').click();

  const shapeOf = (name: string) => sidebar.connection(name).locator('svg.mark').locator('> *');
  await expect(sidebar.connection('good', 'connected')).toContainText('connected');
  await expect(shapeOf('good')).toHaveAttribute('fill', 'currentColor');
  expect(await shapeOf('good').evaluate((shape) => shape.tagName)).toBe('circle');
  await expect(sidebar.connection('bad', 'error')).toContainText('nothing listens there');
  await expect(shapeOf('bad')).toHaveAttribute('d', /Z$/);
  await expect(shapeOf(sampleName)).toHaveAttribute('fill', 'none');

  await expect(app.banner).toContainText('Nothing listens there');
  await app.banner.getByRole('button', { name: 'Details' }).click();
  await expect(app.banner).toContainText('CONNECTION_REFUSED');
  await sidebar.choose(sidebar.connection('bad'), 'Edit…');
  await form.fill(addressOf(server));
  await form.button('Save and connect').click();
  await expect(sidebar.connection('bad', 'connected')).toBeVisible();
  await expect(app.banner).toHaveCount(0);
});

test('the menu of a row works by keyboard, and gives the focus back', async ({ app, page }) => {
  const { form, sidebar } = app;
  // As a screen reader does, which puts the focus on a row without a click.
  await sidebar.connection(sampleName).focus();
  await page.keyboard.press('Shift+F10');
  await expect(sidebar.menuItem('Connect')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(sidebar.connection(sampleName)).toBeFocused();
  await page.keyboard.press('Shift+F10');
  await page.keyboard.press('ArrowUp');
  await expect(sidebar.menuItem('Delete…')).toBeFocused();
  await page.keyboard.press('e');
  await expect(sidebar.menuItem('Edit…')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(form.root).toContainText('Hawser starts this server by itself');
});

test('a password that is missing is asked for, beside everything else', async ({ app, server }) => {
  const { editor, form, sidebar } = app;
  await app.fillForm('vault', { ...addressOf(server), password: '' });
  await form.field('Password from').selectOption('Ask at each connect');
  await form.button('Save and connect').click();
  const question = app.page.getByRole('form', { name: 'Password of vault' });
  await expect(question).toContainText(`of ${server.username} at vault`);
  const password = question.getByLabel(/^Password/);
  await expect(password).toBeFocused();
  await expect(sidebar.connection('vault', 'needs password')).toContainText('needs password');

  await app.connectTo('beside', server);
  await editor.runText('select 1 as one');
  await expect(app.results.grid.cell(1, 1)).toHaveText('1');

  // It stands where its connection is; from elsewhere one button leads to it.
  await expect(question).toHaveCount(0);
  await expect(app.page.getByText('vault waits for a password')).toBeVisible();
  await app.page.getByRole('button', { name: 'Enter password' }).click();
  await expect(password).toBeFocused();
  await password.fill('wrong');
  await question.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(question).toContainText('Password refused');
  await question.getByLabel(/^Password/).fill(server.password);
  await app.page.keyboard.press('Enter');
  await expect(sidebar.connection('vault', 'connected')).toBeVisible();
  await expect(question).toHaveCount(0);
});

test('production is marked by a red line and a word, and no single click connects to it', async ({
  app,
  page,
  server,
}) => {
  const { form, sidebar } = app;
  await app.fillForm('billing', server);
  await form.field('Environment').selectOption('Production');
  await form.save();
  await sidebar.connection('billing').click();
  await sidebar.group('Getting started').click();
  await sidebar.connection('billing', 'disconnected').click();
  await expect(sidebar.connection('billing', 'disconnected')).toHaveAccessibleName(/, production$/);
  await expect(app.editor.root).toHaveCount(0);
  await expect.poll(() => ownBackends(server)).toBe(0);

  await sidebar.open('billing');
  await expect(sidebar.connection('billing', 'connected')).toBeVisible();
  await expect(app.statusBar).toContainText('PRODUCTION');
  const red = await page.evaluate(() => {
    const probe = document.createElement('div');
    probe.style.color = 'var(--danger)';
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  });
  for (const line of [page.locator('.window > .environment'), app.editor.root.locator('.environment')]) {
    await expect(line).toHaveCSS('background-color', red);
    await expect(line).toHaveCSS('height', '3px');
  }
  const top = await app.tab('query 1').evaluate((tab) => {
    const { height, backgroundColor } = getComputedStyle(tab.parentElement ?? tab, '::before');
    return { height, backgroundColor };
  });
  expect(top).toEqual({ height: '3px', backgroundColor: red });
  expect((await page.locator('.window > .environment').boundingBox())?.y).toBe(0);
});

/** How many backends the server has that belong to Hawser. */
async function ownBackends(server: {
  query: (sql: string) => Promise<Record<string, unknown>[]>;
}): Promise<unknown> {
  const [row] = await server.query(
    "select count(*)::int as own from pg_stat_activity where application_name = 'Hawser'",
  );
  return row?.own;
}
