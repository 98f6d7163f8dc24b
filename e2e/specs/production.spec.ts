import type { TestServer } from '../../sidecar/test/postgresServer.ts';
import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';
import { HawserPage } from '../pages/hawserPage.ts';

/** Makes the table, whatever the test before left in it. */
const makeOrders = (server: TestServer): Promise<unknown> =>
  server.query(
    'drop table if exists orders; create table orders (id int); insert into orders values (1), (2)',
  );

const countOrders = async (server: TestServer): Promise<unknown> =>
  (await server.query('select count(*)::int as count from orders'))[0]?.count;

test('a write on production asks first, and names server, database and statement', async ({
  app,
  server,
}) => {
  const { dialog, editor, form, results, sidebar } = app;
  await makeOrders(server);
  await app.fillForm('billing', server);
  await form.field('Environment').selectOption('Production');
  await form.button('Save and connect').click();
  await expect(sidebar.connection('billing', 'connected')).toBeVisible();

  await editor.runText('select count(*) from orders');
  await expect(results.grid.cell(1, 1), 'reading needs no question').toHaveText('2');

  await editor.runText('insert into orders values (3)');
  await expect(dialog).toContainText('Run on production?');
  await expect(dialog).toContainText('INSERT writes there.');
  await expect(dialog).toContainText(/Connection\s*billing/);
  await expect(dialog).toContainText(new RegExp(`Server\\s*${server.host}:${server.port}`));
  await expect(dialog).toContainText(/Database\s*postgres/);
  await expect(dialog.locator('pre')).toHaveText('insert into orders values (3)');
  await expect(dialog.getByRole('button', { name: 'Do not run' }), 'the safe choice').toBeFocused();
  await app.page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  expect(await countOrders(server)).toBe(2);

  await editor.runText('delete from orders');
  await expect(dialog).toContainText('DELETE without WHERE takes every row of its table.');
  await checkLook(app, 'production-question');
  await app.answer('Do not run');
  expect(await countOrders(server)).toBe(2);

  await editor.runText('delete from orders where id = 1');
  await expect(dialog).toContainText('DELETE writes there.');
  await app.answer('Run on production');
  await expect(results.root).toContainText('DELETE 1');
  expect(await countOrders(server)).toBe(1);
  await checkLook(app, 'production');
});

test('however the question is answered, the cursor stays where it was', async ({ app, server }) => {
  const { dialog, editor, form, sidebar } = app;
  await makeOrders(server);
  await app.fillForm('billing', server);
  await form.field('Environment').selectOption('Production');
  await form.button('Save and connect').click();
  await expect(sidebar.connection('billing', 'connected')).toBeVisible();
  for (const [name, answer] of [
    ['Enter', () => app.page.keyboard.press('Enter')],
    ['a click that runs it', () => app.answer('Run on production')],
    ['a click that does not', () => app.answer('Do not run')],
    [
      'a click into its text, which takes the cursor along',
      async () => {
        await dialog.locator('pre').click();
        await app.page.keyboard.press('Escape');
      },
    ],
  ] as const) {
    await editor.runText('delete from orders where id = 1');
    await expect(dialog).toBeVisible();
    await answer();
    await expect(dialog).toHaveCount(0);
    await expect(editor.text).toBeFocused();
    await app.page.keyboard.insertText(' -- here');
    await expect(editor.text, name).toHaveText('delete from orders where id = 1 -- here');
  }
});

test('what guards against writing refuses under the statement, and is lifted for one session only', async ({
  app,
  context,
  hawser,
  server,
}) => {
  test.slow();
  const { dialog, editor, form, results, sidebar } = app;
  await makeOrders(server);
  await app.fillForm('ledger', server);
  await form.field('Environment').selectOption('Production');
  await form.root.getByRole('tab', { name: 'Options' }).click();
  await form.field('Read-only by default').selectOption('Guarded');
  await form.button('Save and connect').click();
  await expect(sidebar.connection('ledger', 'connected')).toBeVisible();
  await expect(app.statusBar).toContainText('guarded');

  await test.step('a write is refused beneath its statement, without a question', async () => {
    await editor.write('select 1;\ndelete from orders where id = 1;');
    await editor.line('delete').click();
    await editor.run();
    await expect(results.error).toContainText('Read-only');
    await expect(editor.errorMessage).toBeVisible();
    await expect(dialog).toHaveCount(0);
    expect(await countOrders(server)).toBe(2);
    await checkLook(app, 'guarded-refusal');
  });
  await test.step('a writable session is opened by two deliberate steps', async () => {
    await results.error.getByRole('button', { name: /^Open a writable session/ }).click();
    await expect(dialog).toContainText('Allow writing on “ledger”?');
    await checkLook(app, 'writable-question');
    await app.answer('Open a writable session');
    await expect(app.statusBar).toContainText('writable');
    await editor.runText('delete from orders where id = 1');
    await app.answer('Run on production');
    await expect(results.root).toContainText('DELETE 1');
    expect(await countOrders(server)).toBe(1);
    await checkLook(app, 'writable');
  });
  await test.step('it outlives a reload and does not reach another window', async () => {
    await app.page.reload();
    await expect(app.statusBar).toContainText('writable');
    const other = new HawserPage(await context.newPage());
    await other.open(new URL('/', hawser.url).href);
    await other.sidebar.open('ledger');
    await expect(other.statusBar).toContainText('guarded');
    await other.editor.runText('delete from orders');
    await expect(other.results.error).toContainText('Read-only');
    await other.page.close();
  });
  await test.step('it ends with its session', async () => {
    hawser.killSidecar();
    await app.banner.getByRole('button', { name: 'Connect' }).click();
    const question = app.page.getByRole('form', { name: 'Password of ledger' });
    await question.getByLabel(/^Password/).fill(server.password);
    await app.page.keyboard.press('Enter');
    await expect(sidebar.connection('ledger', 'connected')).toBeVisible();
    await expect(app.statusBar).toContainText('guarded');
    await editor.runText('delete from orders');
    await expect(results.error).toContainText('Read-only');
    expect(await countOrders(server)).toBe(1);
  });
});
