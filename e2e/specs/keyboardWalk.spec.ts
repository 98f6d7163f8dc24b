import { expect, test } from '../fixtures/test.ts';
import { KeyboardWalk } from '../pages/focus.ts';
import { addressOf } from '../pages/hawserPage.ts';
import { checkLook } from '../pages/looks.ts';

const roles = [
  'button',
  'checkbox',
  'combobox',
  'menuitem',
  'radio',
  'tab',
  'textbox',
  'tree',
  'treeitem',
  'separator',
];

test('from the start to a connected server by keyboard alone', async ({ app, page, server }) => {
  const { host, port, database, username, password } = addressOf(server);
  const walk = await KeyboardWalk.begin(page);
  await test.step('to an empty form', async () => {
    await walk.to('New connection or group');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem').first()).toBeFocused();
    if ((await walk.focused()).name !== 'New connection') await walk.to('New connection', 'ArrowDown');
    await page.keyboard.press('Enter');
    await expect(app.form.field('Name')).toBeFocused();
    await page.keyboard.type('walked');
  });
  await test.step('an environment and a colour', async () => {
    await walk.to('Environment');
    await page.keyboard.press('s');
    await expect(app.form.field('Environment')).toHaveValue('staging');
    await walk.to('None');
    await walk.to('Teal', 'ArrowRight');
    await checkLook(app, 'walk-colour');
  });
  await test.step('along the tabs and into one', async () => {
    await walk.to('General');
    await walk.to('TLS', 'ArrowRight');
    await expect(app.form.field('TLS mode')).toBeVisible();
    await walk.to('TLS mode');
    await page.keyboard.press('d');
    await expect(app.form.field('TLS mode')).toHaveValue('disable');
    await checkLook(app, 'walk-tls');
    await walk.to('TLS', 'Shift+Tab');
    await walk.to('General', 'Home');
  });
  await test.step('the address and the password', async () => {
    await walk.write('Host', host);
    await walk.write('Port', 'none');
    await walk.write('Database', database);
    await walk.write('User', username);
    await walk.write('Password', password);
    await walk.to('Show the password');
    await page.keyboard.press('Space');
    await expect(app.form.field('Password')).toHaveAttribute('type', 'text');
    await page.keyboard.press('Space');
    await checkLook(app, 'walk-password');
  });
  await test.step('what is wrong gets the focus, and is put right there', async () => {
    await walk.to('Save and connect');
    await page.keyboard.press('Enter');
    await expect(app.form.field('Port')).toBeFocused();
    await page.keyboard.press('Control+A');
    await page.keyboard.type(String(port));
    await checkLook(app, 'walk-wrong');
  });
  await test.step('a test, and the way to the server', async () => {
    await walk.to('Test');
    await page.keyboard.press('Enter');
    await expect(app.form.root).toContainText('The connection works.');
    await walk.to('Save and connect');
    await page.keyboard.press('Enter');
    await expect(app.sidebar.connection('walked', 'connected')).toBeVisible();
    await expect(app.editor.text).toBeFocused();
  });
  expect(
    walk.met.filter(({ name }) => name === ''),
    'each has a name',
  ).toEqual([]);
  expect(
    walk.met.filter(({ role }) => !roles.includes(role)),
    'each has a role that one can act on',
  ).toEqual([]);
  expect(
    walk.met.filter(({ ring }) => !ring),
    'each is seen to have the focus',
  ).toEqual([]);
});
