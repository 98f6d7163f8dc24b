import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempFolder } from '../../sidecar/test/tempFolder.ts';
import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';

test('what happened is listed as it happens, and a report of it is written as it was shown', async ({
  app,
  page,
  server,
}) => {
  await app.connectTo('billing', server);
  await app.editor.runText('select 1');
  await app.editor.runText("select 'x'::int");
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('Diagnostics');
  await page.keyboard.press('Enter');
  const events = page.getByRole('grid', { name: 'Events, newest first' });
  await expect(events.getByRole('row', { name: /Run ended billing done .* SELECT 1/ })).toBeVisible();
  const failed = events.getByRole('row', { name: /failed Run ended billing .* 22P02/ });
  await expect(failed).toBeVisible();

  await test.step('with the details of one, live, and chosen by type', async () => {
    const search = page.getByRole('searchbox', { name: 'Search events' });
    const type = page.getByRole('combobox', { name: 'Type' });
    await expect(search).toBeFocused();
    await type.selectOption('query');
    await expect(events.getByRole('row', { name: /Connected/ })).toHaveCount(0);
    await search.press('ArrowDown');
    await page.keyboard.press('Enter');
    const details = page.getByRole('region', { name: 'Details of the event' });
    await expect(details.getByRole('treeitem', { name: /sqlstate.*22P02/ })).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await expect(details.getByRole('heading', { name: 'Run started' })).toBeVisible();
    await page.getByRole('button', { name: 'Pause' }).press('Enter');
    await expect(page.getByRole('button', { name: 'Go on' })).toBeFocused();
    await page.keyboard.press('Enter');
    await type.selectOption('store');
    await expect(events.getByRole('row', { name: /Run ended/ })).toHaveCount(0);
    await page.keyboard.press('ControlOrMeta+b');
    await expect(events.getByRole('row', { name: /Settings changed sidebarVisible/ })).toBeVisible();
    await page.keyboard.press('ControlOrMeta+b');
    await page.getByRole('tab', { name: 'Metrics' }).click();
    await expect(page.getByRole('row', { name: /hawser_connections.*status connected 1/ })).toBeVisible();
  });

  const folder = await tempFolder();
  await page.getByRole('button', { name: 'Save report…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Report', exact: true });
  const lines = dialog.getByRole('listbox');
  const search = dialog.getByRole('searchbox', { name: 'Search the report' });
  const found = lines.getByRole('option', { name: /"name":"billing"/ });
  await expect(found).toBeVisible();
  await search.fill('billing');
  await dialog.getByRole('button', { name: 'Strike out found lines' }).click();
  await expect(found).toHaveAttribute('aria-selected', 'false');
  await checkLook(app, 'report');
  await page.keyboard.press('Alt+T');
  await page.keyboard.press('Alt+W');
  await expect(dialog, 'what lies beneath it stays as it is').toBeVisible();
  // The first Escape gives up the search alone.
  await search.press('Escape');
  await expect(search).toHaveValue('');
  await dialog.getByRole('button', { name: 'Save…' }).click();
  const save = page.getByRole('dialog', { name: 'Save the report' });
  // What is typed is meant, also without Enter.
  await save.getByLabel('Path').fill(folder.path);
  await save.getByLabel('File name').fill('report.txt');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  const written = await readFile(join(folder.path, 'report.txt'), 'utf8');
  expect(written).toContain('query runEnded by user');
  expect(written).not.toContain('billing');
  await folder.remove();
});
