import { expect, test } from '../fixtures/test.ts';

test.beforeEach(async ({ app, server }) => {
  await app.connectTo('script', server);
});

test('a script goes on after errors or from where it stopped, and a pinned result outlives it', async ({
  app,
  page,
}) => {
  const { editor, results } = app;
  await editor.runText('select 41 + 1 as kept from pg_class limit 1');
  await expect(results.grid.cell(1, 1)).toHaveText('42');
  await page.keyboard.press('Alt+P');
  await editor.write(
    "select 'one';\nselect nope;\nselect 'three';\nselect 1/0;\nselect 'five' as last_one;\n\\dn",
  );
  await editor.runAll();
  await expect(results.error).toContainText('4 statements after this one were not run.');
  await expect(results.tab(/pg_class.*pinned/)).toBeVisible();
  await results.error.getByRole('button', { name: 'Go on with the next statement' }).click();
  await expect(results.error).toContainText('Division by zero');
  await results.error.getByRole('button', { name: 'Run from here' }).click();
  await expect(results.error).toContainText('Division by zero');

  await editor.button('More ways to run').click();
  await page.getByRole('menuitemradio', { name: 'Go on after errors' }).click();
  await editor.runAll();
  await expect(results.tab(/five/)).toBeVisible();
  await expect(results.error).not.toContainText('not run');
  await expect(editor.errorMessage, 'each stands under its own statement').toHaveCount(3);
  await results.tab('Messages').click();
  await expect(results.root).toContainText('6 statements · 3 failed · 3 rows');
  await expect(results.root.getByRole('listitem').filter({ hasText: '\\dn' })).toContainText(
    'a command of psql',
  );
  await results.root
    .getByRole('listitem')
    .filter({ hasText: 'last_one' })
    .getByRole('button', { name: '1 row' })
    .click();
  await expect(results.grid.cell(1, 1)).toHaveText('five');
  await page.keyboard.press('Alt+PageUp');
  await expect(results.grid.cell(1, 1)).toHaveText('three');
  await results.tab(/Result 3/).press('Delete');
  await expect(results.tab(/Result 3/)).toHaveCount(0);
  await results.tab(/pinned/).click();
  await expect(results.grid.cell(1, 1)).toHaveText('42');

  await editor.line("'three'").click();
  await page.keyboard.press('Alt+Shift+Enter');
  await expect(results.tabs).toHaveText([/pg_class/, /one/, /three/, 'Error', /Messages/]);
  await editor.line('dn').click();
  await editor.run();
  await results.error.getByRole('button', { name: 'Run as SQL' }).click();
  await expect(results.grid.header('owner')).toBeVisible();
});

test('the text is searched, replaced, folded and formatted, and each key means one thing', async ({
  app,
  page,
}) => {
  const { editor } = app;
  await editor.write('select a, (\n  b\n) from one;\nselect A from one_more -- one\n;');
  await page.keyboard.press('Control+H');
  const panel = page.getByRole('search', { name: 'Search in the text' });
  await panel.getByRole('textbox', { name: 'Search' }).fill('one');
  await expect(panel.getByRole('status')).toHaveText('3 matches');
  await panel.getByRole('button', { name: 'Whole words' }).click();
  await expect(panel.getByRole('status')).toHaveText('2 matches');
  await panel.getByRole('textbox', { name: 'Search' }).press('Enter');
  await expect(panel.getByRole('status')).toHaveText('1 of 2');
  await panel.getByRole('textbox', { name: 'Replace with' }).fill('two');
  await panel.getByRole('button', { name: 'Replace all' }).click();
  await page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);
  await expect(editor.line('from two;')).toBeVisible();
  await expect(editor.line('from one_more -- two')).toBeVisible();

  await editor.line('one_more').click();
  await page.keyboard.press('Control+Shift+F');
  await expect(editor.line('one_more')).toHaveText('  one_more -- two');
  await page.keyboard.press('Control+Z');
  await expect(editor.line('one_more')).toHaveText('select A from one_more -- two');
  await editor.line('select a,').click();
  await page.keyboard.press('Control+Shift+BracketLeft');
  await expect(editor.root.locator('.cm-foldPlaceholder')).toHaveCount(1);

  await page.keyboard.press('Control+K');
  await page.getByRole('combobox', { name: 'Search the actions' }).fill('kw upper');
  // No action is called that; what stands in a database may be.
  await expect(page.getByRole('option')).toHaveText([/^Find “kw upper” in tables/]);
  await page.getByRole('combobox', { name: 'Search the actions' }).fill('upper key');
  await expect(page.getByRole('option', { selected: true })).toContainText('Keywords in upper case');
  await page.keyboard.press('Enter');
  await expect(editor.line('SELECT a,')).toBeVisible();
  await expect(editor.text).toBeFocused();
  await page.keyboard.press('Control+K');
  await expect(page.getByRole('option').first()).toContainText('Keywords in upper case');
  await page.keyboard.press('Escape');

  await editor.runText('select 1 as n');
  await expect(app.results.grid.cell(1, 1)).toHaveText('1');
  // Also while a text is being written, into which the other key for it would be typed.
  await editor.text.focus();
  await page.keyboard.press('F1');
  const keys = await page
    .getByRole('dialog', { name: 'Keyboard shortcuts' })
    .locator('dt')
    .evaluateAll((terms) =>
      terms.flatMap((term) =>
        [...(term.nextElementSibling?.querySelectorAll('kbd') ?? [])].map((kbd) => ({
          place: (term as HTMLElement).dataset.within ?? '',
          key: kbd.textContent,
          title: term.textContent,
        })),
      ),
    );
  expect(keys.length).toBeGreaterThan(60);
  const clashes = keys.filter((one) =>
    keys.some(
      (other) =>
        other !== one &&
        other.key === one.key &&
        (other.place === one.place || [one.place, other.place].includes('window')),
    ),
  );
  expect(clashes).toEqual([]);
});
