import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';
import { addressOf } from '../pages/hawserPage.ts';

test('the focus is never nowhere: what vanishes or is disabled hands it on', async ({ app, mortal }) => {
  const { editor, page, statusBar } = app;
  await app.connectTo('shop', mortal);
  await test.step('Begin, and Rollback', async () => {
    await editor.button('Begin').press('Enter');
    await expect(editor.button('Rollback')).toBeEnabled();
    await expect(editor.text).toBeFocused();
    await editor.button('Rollback').press('Enter');
    await expect(editor.button('Begin')).toBeVisible();
    await expect(editor.text).toBeFocused();
  });
  await test.step('a popover gives it back to its button', async () => {
    const button = statusBar.locator('button[aria-haspopup="dialog"]').last();
    await button.press('Enter');
    await expect(app.dialog).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(app.dialog).toHaveCount(0);
    await expect(button).toBeFocused();
  });
  await test.step('a click on nothing is left as it is', async () => {
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await app.newTab();
    await expect(editor.text).toBeFocused();
  });
  await test.step('Stop, and the banner that goes', async () => {
    await mortal.stop('immediate');
    const stop = app.banner.getByRole('button', { name: 'Stop' });
    await stop.press('Enter');
    await expect(stop).toHaveCount(0);
    await expect(editor.text).toBeFocused();
    const details = app.banner.getByRole('button', { name: 'Details' });
    await details.press('Enter');
    await app.banner.getByRole('button', { name: 'Copy report' }).focus();
    await page.keyboard.press('Escape');
    await expect(details).toHaveAttribute('aria-expanded', 'false');
    await expect(details).toBeFocused();
    await editor.text.focus();
  });
  await test.step('Run then says so in one place, with one way on', async () => {
    await editor.write('select 1');
    await page.keyboard.press('Control+Enter');
    await expect(editor.toolbar).toContainText('Not run');
    await expect(page.getByRole('button', { name: /^(Connect|Try again)$/ })).toHaveCount(1);
    await checkLook(app, 'stopped-not-run');
    await mortal.restart();
    await app.banner.getByRole('button', { name: 'Try again' }).press('Enter');
    await expect(app.banner).toHaveCount(0);
    await expect(editor.text).toBeFocused();
    await expect(editor.toolbar).not.toContainText('Not run');
  });
});

test('a password prompt hands the focus on, and Escape leaves it', async ({ app, server }) => {
  const { editor, form, page, sidebar } = app;
  await app.fillForm('vault', { ...addressOf(server), password: '' });
  await form.field('Password from').selectOption('Ask at each connect');
  await form.button('Save and connect').click();
  const question = page.getByRole('form', { name: 'Password of vault' });
  const password = question.getByLabel(/^Password/);
  await expect(password).toBeFocused();
  await expect(
    page.getByRole('button', { name: 'Connect', exact: true }),
    'the one of the prompt',
  ).toHaveCount(1);
  await checkLook(app, 'prompt-once');
  await password.fill('half a passw');
  await page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  await expect(editor.text).toBeFocused();
  await sidebar.open('vault');
  await expect(password).toBeFocused();
  await expect(password).toHaveValue('');
  await password.fill(server.password);
  await page.keyboard.press('Enter');
  await expect(sidebar.connection('vault', 'connected')).toBeVisible();
  await expect(editor.text).toBeFocused();
});

test('a password that changed during an outage: the prompt says since when and why the link is lost', async ({
  app,
  mortal,
}) => {
  const { page, sidebar } = app;
  await app.connectTo('shop', mortal);
  await mortal.query(
    `alter role ${mortal.username} password 'another';
     select pg_terminate_backend(pid) from pg_stat_activity
       where pid <> pg_backend_pid() and backend_type = 'client backend'`,
  );
  const question = page.getByRole('form', { name: 'Password of shop' });
  await expect(question).toContainText('Password refused', { timeout: 20_000 });
  await expect(question).toContainText(/Connection lost \d+ s ago · \S/);
  await checkLook(app, 'refused-after-loss');
  await expect(app.banner).toHaveCount(0);
  await question.getByLabel(/^Password/).fill('another');
  await page.keyboard.press('Enter');
  await expect(sidebar.connection('shop', 'connected')).toBeVisible();
  await expect(app.editor.text).toBeFocused();
});

test('a search leads to what was found, and Escape leaves it', async ({ app }) => {
  const { page, sidebar } = app;
  await sidebar.search.fill('shop');
  await sidebar.search.press('ArrowDown');
  await expect(sidebar.connection('Sample shop (embedded)')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(sidebar.search).toHaveValue('');
  await expect(sidebar.connection('Sample shop (embedded)')).toBeFocused();
});

test('a narrow window shows the tab in front and its time limit', async ({ app, server }) => {
  const { editor, page } = app;
  await app.connectTo('shop', server);
  for (let tab = 2; tab <= 10; tab += 1) await app.newTab();
  await editor.toolbar.getByRole('button', { name: /^Time limit/ }).click();
  await page.getByRole('menuitem', { name: '10 s' }).click();
  await page.setViewportSize({ width: 900, height: 600 });
  await expect(app.tab('query 10')).toBeInViewport({ ratio: 0.95 });
  await expect(editor.toolbar.getByText('10 s', { exact: true })).toBeVisible();
  await checkLook(app, 'many-tabs');
});

test('an ended host: what is not saved can be taken along', async ({ app, context, hawser, server }) => {
  test.slow();
  const { editor, page } = app;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await app.connectTo('shop', server);
  await test.step('a press counts, though the notice comes meanwhile and moves its button away', async () => {
    await app.newTabButton.hover();
    await page.mouse.down();
    await hawser.kill();
    await expect(page.getByRole('alert').first()).toContainText('Hawser has ended');
    await page.mouse.up();
    await expect(app.tab('query 2')).toBeVisible();
  });
  await editor.write('select 2');
  await app.tab('query 1').click();
  await editor.write('select 1');
  await expect(page.getByRole('alert').first()).toHaveText(
    'Hawser has ended. Start it again and use the new address. 2 texts are not saved.',
    { timeout: 30_000 },
  );
  await checkLook(app, 'ended-unsaved');
  await page.getByRole('button', { name: 'Copy unsaved texts' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe('-- query 1\nselect 1\n\n-- query 2\nselect 2\n');
});
