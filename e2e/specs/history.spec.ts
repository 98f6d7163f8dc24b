import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';

test('what was run is found in the history, looked at, and run again where it ran', async ({
  app,
  server,
}) => {
  const { editor, page, results } = app;
  await app.connectTo('shop', server);
  await editor.runText("select 'spring sale' as campaign, 17 as orders");
  await expect(results.grid.cell(1, 2)).toHaveText('17');
  await editor.write("create role ann password 'hunter2'; drop role ann");
  await editor.runAll();
  await expect(results.root).toContainText('DROP ROLE');
  await editor.runText('select * from no_such_table');
  await expect(results.root).toContainText('no_such_table');

  await page.keyboard.press('Control+Shift+H');
  const search = page.getByRole('searchbox', { name: 'Search the history' });
  const list = page.getByRole('listbox', { name: 'Statements' });
  const rows = list.getByRole('option');
  await expect(search).toBeFocused();
  await expect(rows).toHaveCount(4);
  await expect(rows.first()).toHaveAccessibleName(/^Failed; select \* from no_such_table; .*does not exist/);
  await expect(list).not.toContainText('hunter2');
  await expect(list).toContainText("create role ann password '[redacted]'");
  await checkLook(app, 'history');

  await page.getByRole('combobox', { name: 'Outcome' }).selectOption('Errors only');
  await expect(rows).toHaveCount(1);
  await search.fill('SPRING camp');
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(rows).toHaveCount(4);
  await search.fill('SPRING camp');
  await expect(rows).toHaveCount(1);
  await expect(list.locator('mark')).toHaveText(['spring', 'camp']);

  await search.press('ArrowDown');
  await expect(rows.first()).toBeFocused();
  await page.keyboard.press('f');
  await expect(rows.first()).toHaveAccessibleName(/favourite$/);
  await checkLook(app, 'history-found');
  await page.keyboard.press('Control+Enter');
  await expect(editor.text).toHaveText("select 'spring sale' as campaign, 17 as orders");
  await expect(results.grid.cell(1, 2)).toHaveText('17');

  await app.tab('Query history').click();
  await expect(rows).toHaveCount(2);
  await page.getByRole('button', { name: 'Favourites only' }).click();
  await expect(rows).toHaveCount(1);
  await page.keyboard.press('Control+w');
  await expect(app.tab('Query history')).toHaveCount(0);
});
