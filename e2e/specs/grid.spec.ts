import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';

test.beforeEach(async ({ app, server }) => {
  await app.connectTo('grid', server);
});

test('columns are moved, hidden and found, and stay so when the statement runs again', async ({
  app,
  context,
  page,
  server,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { editor, results } = app;
  const { grid } = results;
  const statement =
    "select i as id, 'n' || i as name, i * 1.50 as total, i % 2 = 0 as paid from generate_series(1, 3) i";
  await editor.runText(statement);
  await grid.header('total').hover();
  await page.mouse.down();
  await grid.header('id').hover({ position: { x: 3, y: 10 } });
  await page.mouse.up();
  expect(await grid.headers()).toEqual(['total', 'id', 'name', 'paid']);
  await grid.cell(2, 3).click();
  await page.keyboard.press('Alt+ArrowRight');
  expect(await grid.headers()).toEqual(['total', 'id', 'paid', 'name']);
  await expect(grid.cell(2, 4), 'the active cell goes with its column').toHaveText('n2');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Alt+Shift+H');
  expect(await grid.headers()).toEqual(['total', 'id', 'name']);
  await expect(grid.root).toHaveAttribute('aria-colcount', '4');

  await grid.header('total').click();
  await expect(app.statusBar).toContainText('sum 9 · average 3');
  // In the middle of a narrow header stands its button for sorting.
  await grid.header('id').click({ modifiers: ['Shift'], position: { x: 6, y: 10 } });
  await page.keyboard.press('Control+Shift+C');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(results.root).toContainText('Copied 3 rows, 2 columns');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    '[\n  {"total": 1.50, "id": 1},\n  {"total": 3.00, "id": 2},\n  {"total": 4.50, "id": 3}\n]',
  );

  await editor.runText(`${statement} order by i desc`);
  await expect(grid.cell(1, 2)).toHaveText('3');
  expect(await grid.headers()).toEqual(['total', 'id', 'name']);
  await grid.press('Control+Shift+G');
  const chooser = page.getByRole('dialog', { name: 'Columns' });
  await expect(chooser).toContainText('3 of 4 shown');
  await page.keyboard.type('pai');
  await page.keyboard.press('Enter');
  await expect(grid.root).toBeFocused();
  expect(await grid.headers(), 'it comes back behind the one before it').toEqual([
    'total',
    'paid',
    'id',
    'name',
  ]);
  await expect(app.statusBar).toContainText('1 cell · paid');
  await page.keyboard.press('Alt+ArrowDown');
  await page.getByRole('menuitem', { name: 'Reset the columns' }).click();
  expect(await grid.headers()).toEqual(['id', 'name', 'total', 'paid']);

  await server.query(`create table "Made" (n int, note text)`);
  await server.query(`insert into "Made" values (1, 'it''s'), (2, null)`);
  await server.query(`create view "Seen" as select * from "Made"`);
  for (const [origin, other] of [
    ['Made', 'other'],
    ['Seen', 'another'],
  ] as const) {
    await editor.runText(`select n as ${other}, note from "${origin}"`);
    await expect(grid.header(other)).toBeVisible();
    await grid.cell(1, 1).click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Control+Shift+C');
    await page.keyboard.press('i');
    await page.keyboard.press('Enter');
    await expect(results.root).toContainText('Copied 2 rows, 2 columns');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `INSERT INTO public."${origin}" (n, note) VALUES\n  (1, 'it''s'),\n  (2, NULL);`,
    );
  }
});

test('two hundred columns: rows and columns are gone to, and a record is read beside them', async ({
  app,
  page,
}) => {
  test.slow();
  const { editor, results } = app;
  const { grid } = results;
  const columns = Array.from({ length: 200 }, (_, index) => `i + ${index} as c${index + 1}`);
  columns[2] = "'  both  '::text as c3";
  await editor.runText(`select ${columns.join(', ')} from generate_series(1, 2000) i`);
  await expect(results.root).toContainText('2,000 rows');
  await grid.cell(1, 1).click();
  await expect(grid.cell(1, 3)).toHaveText('··both··');
  await page.keyboard.press('Control+ArrowRight');
  await expect(grid.cell(1, 200)).toHaveText('200');
  const drawn = await grid.row(1).getByRole('gridcell').count();
  expect(drawn, 'only the columns in view are on the page').toBeLessThan(40);

  await page.keyboard.press('Control+G');
  await page.keyboard.type('50%');
  await page.keyboard.press('Enter');
  await expect(grid.cell(1_000, 200)).toHaveText('1199');
  await page.keyboard.press('Control+G');
  await page.keyboard.type('+500');
  await page.keyboard.press('Enter');
  await expect(grid.cell(1_500, 200)).toHaveText('1699');

  await page.keyboard.press('F4');
  const record = page.getByRole('dialog', { name: 'Record' });
  await expect(record.getByRole('option', { selected: true })).toContainText('1699');
  await expect(grid.cell(1_500, 200), 'what opens beside the grid covers no active cell').toBeInViewport();
  await page.keyboard.press('PageDown');
  await expect(record).toContainText('Row 1,501');
  await record.getByRole('textbox', { name: 'Find a column' }).fill('c15');
  await page.keyboard.press('ArrowDown');
  await expect(record.getByRole('option', { selected: true })).toContainText('1515');
  await expect(grid.cell(1_501, 15), 'the grid follows').toBeVisible();
  await page.keyboard.press('Control+Shift+G');
  await checkLook(app, 'grid');
  await page.keyboard.press('Escape');
  await expect(grid.root).toBeFocused();

  await page.keyboard.press('Home');
  await page.keyboard.press('Alt+ArrowDown');
  await page.getByRole('menuitem', { name: 'Freeze up to here' }).click();
  await page.keyboard.press('End');
  await expect(grid.cell(1_501, 200)).toBeInViewport();
  await expect(grid.cell(1_501, 1), 'a frozen column stays').toBeInViewport();
});
