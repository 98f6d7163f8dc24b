import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';

test('a host that hangs: the window says so, drops nothing, and goes on by itself', async ({
  app,
  hawser,
  server,
}) => {
  test.slow();
  const { editor, page, results, sidebar } = app;
  await app.connectTo('shop', server);
  await editor.write('create temp table kept (n int); insert into kept values (0)');
  await editor.runAll();
  await expect(results.root).toContainText('INSERT 0 1');
  await editor.idle();

  const thaw = hawser.freezeHost();
  try {
    await editor.write('insert into kept values (1)');
    await page.keyboard.press('Control+Enter');
    await expect(editor.button('Cancel')).toBeEnabled();
    await expect(editor.toolbar).toContainText('Starting …');
    await expect(page.getByRole('alert')).toContainText(['Hawser does not answer.'], { timeout: 15_000 });
    await expect(sidebar.connection('shop', 'unknown')).toBeVisible();
    await checkLook(app, 'host-hangs');
    await expect(editor.root.getByRole('alert')).toHaveText('Not run: Hawser did not answer in time.', {
      timeout: 15_000,
    });
    await expect(editor.root.getByRole('button', { name: 'Run again' })).toBeDisabled();
    await checkLook(app, 'not-run');
  } finally {
    thaw();
  }
  await expect(sidebar.connection('shop', 'connected')).toBeVisible();
  await expect(page.getByText('Hawser does not answer')).toHaveCount(0);
  await editor.root.getByRole('button', { name: 'Run again' }).click();
  await expect(editor.root.getByRole('alert')).toHaveCount(0);
  await editor.runText('select string_agg(n::text, $$,$$) from kept');
  await expect(results.grid.cell(1, 1), 'run once').toHaveText('0,1');
});

test('a host that hangs for some seconds: what was started meanwhile runs once, or not at all', async ({
  app,
  hawser,
  server,
}) => {
  const { editor, page, results } = app;
  await app.connectTo('shop', server);
  await editor.runText('create temp table kept (n int)');
  await expect(results.root).toContainText('CREATE TABLE');
  await editor.idle();
  let thaw = hawser.freezeHost();
  try {
    await editor.write('insert into kept values (1)');
    await page.keyboard.press('Control+Enter');
    await expect(editor.toolbar).toContainText('Starting …');
    // What is typed on, or shown meanwhile, takes nothing back.
    await page.keyboard.insertText(' -- and on');
    await app.newTab();
  } finally {
    thaw();
  }
  await app.tab('query 1').click();
  await expect(results.root).toContainText('INSERT 0 1');
  await editor.idle();
  thaw = hawser.freezeHost();
  try {
    await editor.write('insert into kept values (2)');
    await page.keyboard.press('Control+Enter');
    await editor.button('Cancel').click();
    await expect(editor.toolbar).not.toContainText('Starting …');
  } finally {
    thaw();
  }
  await editor.runText('select string_agg(n::text, $$,$$) from kept');
  await expect(results.grid.cell(1, 1)).toHaveText('1');
});
