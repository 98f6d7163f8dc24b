import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';

test('a tab that was closed is found in the kept sessions, looked into and opened again', async ({
  app,
  page,
  server,
}) => {
  await app.connectTo('shop', server);
  await app.editor.runText("select 'kept in mind' as memory");
  await expect(app.results.grid.cell(1, 1)).toHaveText('kept in mind');
  await app.editor.runText('select nonsense');
  await expect(app.results.error).toContainText('nonsense');
  await page.keyboard.press('Alt+W');
  await expect(app.tab('query 1')).toHaveCount(0);
  // The tab is closed for good once it can no longer be taken back.
  await page.getByRole('button', { name: 'Dismiss' }).click();

  await page.keyboard.press('ControlOrMeta+K');
  await page.keyboard.type('Kept sessions');
  await page.keyboard.press('Enter');
  const search = page.getByRole('searchbox', { name: 'Search kept sessions' });
  await expect(search).toBeFocused();
  await page.keyboard.type('KEPT in mi');
  const row = page.getByRole('listbox', { name: 'Kept sessions' }).getByRole('option');
  await expect(row).toHaveCount(1);
  await expect(row.locator('mark')).toHaveText('kept in mi');
  const runs = page.getByRole('list', { name: 'Runs' }).getByRole('listitem');
  await expect(runs).toHaveText([/failed .*nonsense/, /done .*1 row/]);
  await checkLook(app, 'sessions');

  await page.keyboard.press('ArrowDown');
  await expect(row).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(row).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await row.click();
  await page.getByRole('button', { name: 'Reopen tab' }).click();
  await expect(app.editor.text).toBeFocused();
  await expect(app.editor.text).toContainText('select nonsense');
  await expect(app.statusBar).toContainText('shop');
});
