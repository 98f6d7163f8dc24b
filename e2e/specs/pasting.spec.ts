import { expect, test } from '../fixtures/test.ts';
import { addressOf, sampleName } from '../pages/hawserPage.ts';
import { checkLook } from '../pages/looks.ts';

test('a window without connections begins with an address, and gives one back without the password', async ({
  app,
  context,
  server,
}) => {
  const { editor, form, page, results, sidebar } = app;
  const { host, port, database, username, password } = addressOf(server);
  const pasteButton = sidebar.root.getByRole('button', { name: 'Paste a URI' });
  const name = `${database} on ${host}`;
  await test.step('the sidebar is empty', async () => {
    await sidebar.choose(sidebar.connection(sampleName), 'Delete');
    await app.answer('Delete connection');
    await sidebar.choose(sidebar.group('Getting started'), 'Delete');
    await expect(pasteButton).toBeVisible();
  });
  await test.step('where the clipboard may not be read, the form says how to paste', async () => {
    await context.grantPermissions([]);
    await pasteButton.click();
    await expect(form.root).toContainText('Press Ctrl+V in any field');
    await checkLook(app, 'paste-wanted');
    await form.button('Cancel').click();
  });
  await test.step('where it may, the form is filled, and leads to the server', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const uri = `postgresql://${username}:${encodeURIComponent(password)}@${host}:${port}/${database}?sslmode=disable&connect_timeout=7`;
    await page.evaluate((text) => navigator.clipboard.writeText(text), ` ${uri}\n`);
    await pasteButton.click();
    await expect(form.field('Host')).toHaveValue(host);
    await expect(form.field('Host')).toHaveAccessibleDescription('from the URI');
    await expect(form.field('Name')).toHaveValue(name);
    await form.button('Save and connect').click();
    await expect(sidebar.connection(name, 'connected')).toBeVisible();
    await expect(editor.text).toBeFocused();
    await editor.runText('select 7 as seven');
    await expect(results.grid.row(1)).toContainText('7');
  });
  await test.step('its row gives the address and a command that psql takes', async () => {
    const uri = `postgresql://${username}@${host}:${port}/${database}?sslmode=disable&connect_timeout=7`;
    await sidebar.choose(sidebar.connection(name), 'Copy as URI without password');
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(uri);
    await expect(page.getByText('Copied the URI, which has no password in it').first()).toBeVisible();
    await sidebar.choose(sidebar.connection(name), 'Copy as psql command');
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(`psql "${uri}"`);
  });
  await test.step('what is copied can be pasted again, from the menu of what is new', async () => {
    await sidebar.root.getByRole('button', { name: 'New connection or group' }).click();
    await sidebar.menuItem('Paste a URI').click();
    await expect(form.field('Port')).toHaveValue(String(port));
    await expect(form.field('Port')).toHaveAccessibleDescription('from the URI');
    await expect(form.field('Password')).not.toHaveAttribute('placeholder', '(from the pasted text)');
  });
});
