import { expect, test } from '../fixtures/test.ts';
import { HawserPage } from '../pages/hawserPage.ts';
import { checkLook } from '../pages/looks.ts';

// The bar of the grid is dragged here; a headless browser hides it unless told otherwise.
test.use({ showScrollbars: true });

test.beforeEach(async ({ app, server }) => {
  await app.connectTo('console', server);
});

test('runs the statement at the cursor, the selection, or all with one result each', async ({
  app,
  page,
}) => {
  const { editor, results } = app;
  await editor.write("select 'first';\nselect 'second';\nselect 'third', 3;");
  await editor.line('second').click();
  await editor.run();
  await expect(results.grid.cell(1, 1)).toHaveText('second');
  await expect(results.tabs).toHaveText(["select 'second'", 'Messages']);

  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Shift+End');
  await editor.run();
  await expect(results.grid.cell(1, 1)).toHaveText('first');

  await editor.runAll();
  await expect(results.tab('Result 3')).toBeVisible();
  await expect(results.tabs).toHaveCount(4);
  await results.tab('Result 3').click();
  await expect(results.grid.cell(1, 1)).toHaveText('third');
  await expect(results.grid.cell(1, 2)).toHaveText('3');
  await results.tab('Result 1').click();
  await expect(results.grid.cell(1, 1)).toHaveText('first');
  await page.keyboard.press('ArrowRight');
  await expect(results.tab('Result 2')).toBeFocused();
  await expect(results.grid.cell(1, 1)).toHaveText('second');

  await editor.button('Run all').click();
  await expect(results.tabs).toHaveCount(4);
  await editor.write(
    'drop table if exists made; create table made (n int); insert into made values (1), (2);',
  );
  await editor.runAll();
  await expect(results.root).toContainText('INSERT 0 2');
  await editor.runText('select n from made where n > 2');
  await expect(results.root).toContainText('0 rows');
});

test('an error stands under its statement, and Go to position finds the place', async ({ app, page }) => {
  const { editor, results } = app;
  await editor.write('select 1;\nselect nope from pg_class;\nselect 3;\n');
  await editor.runAll();
  await expect(editor.errorPlace).toHaveText('nope');
  await expect(editor.errorMessage).toContainText('Column "nope" does not exist.');
  await expect(results.tab('Error')).toHaveAttribute('aria-selected', 'true');
  await expect(results.error).toContainText('line 2, column 8');
  await expect(results.error).toContainText('42703');
  await expect(results.error.locator('mark')).toHaveText('nope');
  await expect(results.tab('Result 1'), 'what came before it is kept').toBeVisible();
  await expect(results.tab('Result 2')).toHaveCount(0);

  await results.error.getByRole('button', { name: 'Go to position' }).click();
  await expect(editor.text).toBeFocused();
  await page.keyboard.insertText('oid as ');
  await expect(editor.line('pg_class')).toHaveText('select oid as nope from pg_class;');
  await expect(editor.errorMessage, 'a changed statement is no longer blamed').toHaveCount(0);
  await editor.run();
  await expect(results.grid.header('nope')).toBeVisible();
});

test('Cancel ends what runs at once, by key and by button', async ({ app, page, server }) => {
  const { editor, results } = app;
  const sleeping = () =>
    server.query("select 1 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'");
  for (const cancel of [() => page.keyboard.press('Control+.'), () => editor.button('Cancel').click()]) {
    await editor.runText('select pg_sleep(300)');
    await expect(results.progress).toBeVisible();
    await expect.poll(async () => (await sleeping()).length).toBe(1);
    await cancel();
    await expect(results.root).toContainText(/cancelled/i);
    await expect(results.progress).toHaveCount(0);
    expect(await sleeping()).toEqual([]);
  }
  await editor.runText("select 'goes on'");
  await expect(results.grid.cell(1, 1)).toHaveText('goes on');
});

test('what the server says beside its rows is read under Messages', async ({ app }) => {
  const { editor, results } = app;
  await editor.write("do $$ begin raise notice 'ahoy %', 1; raise warning 'mind the rope'; end $$");
  await editor.run();
  await expect(results.tab('Messages')).toHaveText(/Messages\s*2/);
  await results.tab('Messages').click();
  const lines = results.root.getByRole('listitem');
  await expect(lines.filter({ hasText: /NOTICE\s*ahoy 1/ })).toBeVisible();
  await expect(lines.filter({ hasText: /WARNING\s*mind the rope/ })).toBeVisible();
  await expect(lines.filter({ hasText: /^\s*DO/ })).toBeVisible();
});

test('COPY that wants a file says so, and the tab goes on', async ({ app, server }) => {
  const { editor, results } = app;
  await server.query('create table if not exists lines (text text)');
  await editor.runText('copy lines from stdin');
  await expect(results.error).toContainText('COPY needs a file');
  await expect(results.error).toContainText('COPY FROM STDIN reads its rows from a file');
  await editor.runText('copy (select 7, 8) to stdout');
  await expect(results.grid.cell(1, 2)).toHaveText('8');
});

test('a million rows are scrolled by bar, wheel and keys', async ({ app, page }) => {
  const { editor, results } = app;
  const { grid } = results;
  await editor.runText("select i, 'row ' || i as name from generate_series(1, 1000000) i");
  await expect(grid.cell(1, 2), 'rows stand there while more are coming').toHaveText('row 1');
  await expect(results.root).toContainText('1,000,000 rows', { timeout: 30_000 });

  await grid.cell(1, 1).click();
  for (let page = 1; page <= 3; page += 1) await grid.press('PageDown');
  await expect.poll(async () => (await grid.rowsInView())[0]).toBeGreaterThan(20);
  const [first = 0] = await grid.rowsInView();
  await expect(grid.cell(first + 1, 2)).toHaveText(`row ${first + 1}`);

  await grid.press('Control+End');
  await expect(grid.cell(1_000_000, 2)).toHaveText('row 1000000');
  await expect.poll(async () => (await grid.rowsInView()).at(-1)).toBe(1_000_000);

  const box = await grid.root.boundingBox();
  if (!box) throw new Error('The grid is not to be seen');
  const bar = box.x + box.width - 5;
  const trackTop = box.y + 16;
  const trackBottom = box.y + box.height - 16;
  await page.mouse.move(bar, trackBottom - 3);
  await page.mouse.down();
  await page.mouse.move(bar, (trackTop + trackBottom) / 2, { steps: 10 });
  await page.mouse.up();
  const middle = await settledFirstRow(grid);
  expect(middle).toBeGreaterThan(300_000);
  expect(middle).toBeLessThan(700_000);
  await expect(grid.cell(middle + 1, 2)).toHaveText(`row ${middle + 1}`);

  await grid.root.hover();
  await page.mouse.wheel(0, 240);
  await expect.poll(async () => (await grid.rowsInView())[0]).toBe(middle + 10);
  await expect(grid.cell(middle + 12, 2)).toHaveText(`row ${middle + 12}`);
  await grid.press('Control+Home');
  await expect(grid.cell(1, 2)).toHaveText('row 1');
});

test('a range is copied as a spreadsheet takes it', async ({ app, context, page }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { editor, results } = app;
  const { grid } = results;
  await editor.runText(
    "select i as n, case i when 2 then null when 3 then E'two\\nlines' else 'plain' end as word, i * 10 as tens from generate_series(1, 5) i",
  );
  await grid.drag(grid.cell(1, 1), grid.cell(3, 2));
  await expect(grid.cell(3, 2)).toHaveAttribute('aria-selected', 'true');
  await expect(grid.cell(3, 3)).toHaveAttribute('aria-selected', 'false');
  await expect(app.statusBar).toContainText('6 cells');
  await page.keyboard.press('Control+C');
  await expect(results.root).toContainText('Copied 3 rows, 2 columns');
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  expect(await clipboard()).toBe('1\tplain\n2\t\n3\t"two\nlines"');

  await grid.header('tens').click();
  await expect(app.statusBar).toContainText('sum 150 · average 30');
  await page.keyboard.press('Control+Shift+C');
  await page.keyboard.press('Enter');
  await expect(results.root).toContainText('Copied 5 rows, 1 column');
  expect(await clipboard()).toBe('tens\n10\n20\n30\n40\n50');
});

test('a value that is too long for its cell opens whole', async ({ app, page }) => {
  const { editor, results } = app;
  await editor.runText(
    "select 1 as n, repeat('lorem ', 40000) || 'the end' as long, '{\"a\": [1, 2]}'::jsonb as tree",
  );
  await expect(results.grid.cell(1, 2)).toContainText('…');
  await results.grid.cell(1, 2).click();
  await page.keyboard.press('Enter');
  await expect(results.viewer).toContainText('240,007 characters');
  await expect(results.viewer).toContainText('row 1');
  await page.keyboard.press('Escape');
  await expect(results.viewer).toHaveCount(0);
  await expect(results.grid.root).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await results.viewer.getByRole('tab', { name: 'Text' }).click();
  await expect(results.viewer).toContainText('"a": [');
});

test('two tabs run on two connections at the same time', async ({ app, server }) => {
  const { editor, results, sidebar } = app;
  await editor.runText('select pg_sleep(300)');
  await expect(results.progress).toBeVisible();
  await app.connectTo('second', server);
  await editor.runText("select 'beside it'");
  await expect(results.grid.cell(1, 1)).toHaveText('beside it');
  await expect(app.statusBar).toContainText('second');

  await app.tab('query 1').click();
  await expect(results.progress).toBeVisible();
  await expect(app.statusBar).toContainText('console');
  await editor.button('Cancel').click();
  await expect(results.progress).toHaveCount(0);
  await app.tab('query 2').click();
  await expect(results.grid.cell(1, 1)).toHaveText('beside it');
  await sidebar.choose(sidebar.connection('console'), 'Disconnect');
  await expect(sidebar.connection('console', 'disconnected')).toBeVisible();
  await editor.text.click();
  await editor.run();
  await expect(results.grid.cell(1, 1)).toHaveText('beside it');
  await expect(sidebar.connection('second', 'connected')).toBeVisible();
});

test('a closed tab comes back with its text for a while', async ({ app, page }) => {
  const { editor } = app;
  await editor.write('select 1 -- not to be lost');
  await page.keyboard.press('Alt+W');
  await expect(app.tab('query 1')).toHaveCount(0);
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await expect(app.tab('query 1')).toBeVisible();
  await expect(editor.text).toHaveText('select 1 -- not to be lost');
});

test('a reload in the middle of a run finds the run and its rows again', async ({ app, page }) => {
  const { editor, results } = app;
  await editor.write('select i from generate_series(1, 5000) i;\nselect pg_sleep(300);');
  await editor.runAll();
  await expect(results.root).toContainText('5,000 rows');
  await page.reload();
  await expect(editor.text).toContainText('select pg_sleep(300);');
  await expect(results.progress).toBeVisible();
  await results.tab('Result 1').click();
  await expect(results.grid.cell(1, 1)).toHaveText('1');
  await results.grid.press('Control+End');
  await expect(results.grid.cell(5_000, 1)).toHaveText('5000');
  await checkLook(app, 'reloaded');
  await editor.button('Cancel').click();
  await expect(results.progress).toHaveCount(0);
  await expect(editor.button('Cancel')).toBeDisabled();
  await expect(results.grid.cell(5_000, 1)).toHaveText('5000');
});

/** The row at the top once the grid stands still. */
async function settledFirstRow(grid: { rowsInView: () => Promise<number[]> }): Promise<number> {
  let last = -1;
  await expect
    .poll(async () => {
      const before = last;
      last = (await grid.rowsInView())[0] ?? -1;
      return last >= 0 && last === before;
    })
    .toBe(true);
  return last;
}

test('two windows on the same texts: what is typed and closed in one is so in the other', async ({
  app,
  context,
  hawser,
}) => {
  await app.editor.write('select 1 -- long and precious');
  const other = new HawserPage(await context.newPage());
  await other.open(new URL('/', hawser.url).href);
  await other.tab('query 1').click();
  await expect(other.editor.text).toHaveText('select 1 -- long and precious');
  await app.editor.write('select 1 -- longer, and more precious');
  await expect(other.editor.text).toHaveText('select 1 -- longer, and more precious');
  await other.editor.write('select 2');
  await expect(app.editor.text).toHaveText('select 2');
  await other.newTab();
  await expect(app.tab('query 2')).toBeVisible();
  await other.page.close();
});
