import { expect, test } from '../fixtures/test.ts';
import { HawserPage } from '../pages/hawserPage.ts';
import { checkLook } from '../pages/looks.ts';

test('settings are found, act at once in every window, say what is wrong, and go back', async ({
  app,
  context,
  hawser,
  page,
}) => {
  const other = new HawserPage(await context.newPage());
  await other.page.goto(new URL(hawser.url).origin);
  await expect(other.sidebar.root).toHaveAttribute('aria-busy', 'false');
  await page.bringToFront();
  await app.newTab();

  await page.keyboard.press('Control+,');
  const { dialog } = app;
  const search = dialog.getByRole('textbox', { name: 'Search the settings' });
  await expect(search).toBeFocused();
  await dialog.getByRole('combobox', { name: 'Colours' }).selectOption('dark');
  for (const each of [page, other.page])
    await expect(each.locator(':root[data-theme="dark"]')).toHaveCount(1);

  await search.fill('line num');
  await expect(dialog.getByRole('status')).toHaveText('1 setting found');
  await dialog.getByRole('switch', { name: 'Line numbers' }).click();
  await expect(other.page.locator('.cm-lineNumbers')).toHaveCount(0);
  await search.fill('kept for');
  const days = dialog.getByRole('textbox', { name: 'Kept for' });
  await days.fill('400');
  await days.press('Enter');
  await expect(dialog).toContainText('A whole number from 1 to 365');
  await expect(days).toHaveValue('400');
  await days.fill('90');
  await days.press('Enter');
  await expect(dialog).not.toContainText('A whole number');

  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Reset “Colours”' }).press('Enter');
  await expect(dialog.getByRole('combobox', { name: 'Colours' })).toBeFocused();
  await dialog.getByRole('combobox', { name: 'Colours' }).selectOption('dark');
  await dialog.getByRole('button', { name: 'Reset all' }).press('Enter');
  await expect(dialog.getByRole('button', { name: 'Undo' })).toBeFocused();
  for (const each of [page, other.page]) await expect(each.locator(':root[data-theme]')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator(':root[data-theme="dark"]')).toHaveCount(1);
  await dialog.getByRole('button', { name: 'Reset all' }).click();

  await dialog.getByRole('tab', { name: 'Keyboard' }).click();
  await dialog.getByRole('button', { name: 'Change the keys of Settings' }).click();
  await page.keyboard.press('Control+B');
  await expect(dialog).toContainText('Ctrl+B is “Show or hide the sidebar”, which would lose it.');
  await page.keyboard.press('Alt+G');
  await expect(dialog.getByRole('button', { name: 'Change the keys of Settings' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await page.keyboard.press('Control+K');
  await page.keyboard.type('tab size');
  await page.getByRole('option', { name: 'Tab size Settings' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Tab size' })).toHaveValue('2');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Alt+G');
  await dialog.getByRole('tab', { name: 'Editor' }).click();
  await checkLook(app, 'settings');
});
