import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';

test.beforeEach(async ({ app, server }) => {
  await app.connectTo('arranging', server);
});

const rows = `select n, (array['new', 'paid', 'sent'])[n % 3 + 1] as status, (n * 7919) % 1000 as mixed,
  case when n % 10 = 0 then null else 'name ' || n end as name
from generate_series(1, 20000) n`;

test('a result is sorted, filtered and searched where it is, and the same is offered as SQL', async ({
  app,
  page,
}) => {
  const { editor, results } = app;
  const { grid } = results;
  const bar = results.root.getByRole('group', { name: 'Order and filter of the result' });
  await editor.runText(rows);
  await expect(results.root).toContainText('20,000 rows');

  await test.step('by the marks in the header: down, up, off, and by two columns', async () => {
    const header = grid.header('mixed');
    const mark = header.locator('.sort');
    await header.hover();
    await mark.click();
    await expect(header).toHaveAttribute('aria-sort', 'ascending');
    await expect(grid.cell(1, 3)).toHaveText('0');
    await mark.click();
    await expect(header).toHaveAttribute('aria-sort', 'descending');
    await expect(grid.cell(1, 3)).toHaveText('999');
    await grid.header('n').hover();
    await grid
      .header('n')
      .locator('.sort')
      .click({ modifiers: ['Shift'] });
    await expect(bar).toContainText('sorted by mixed, n');
    await expect(grid.cell(1, 1)).toHaveText('321');
    await header.hover();
    await mark.click({ modifiers: ['Shift'] });
    await expect(header).not.toHaveAttribute('aria-sort');
    await expect(grid.cell(1, 1)).toHaveText('1');
  });

  await test.step('by the value of a cell, then by a form', async () => {
    await grid.cell(2, 2).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Filter by this value' }).click();
    await expect(bar).toContainText('status is sent');
    await expect(bar).toContainText('6,667 of 20,000 rows');
    await bar.getByRole('button', { name: 'Add a filter' }).click();
    const form = page.getByRole('dialog', { name: /^Filter the rows/ });
    await form.getByLabel('Column').selectOption('name');
    await form.getByLabel('Comparison').selectOption('contains');
    await form.getByLabel('Value').fill('99');
    await form.getByRole('button', { name: 'Filter' }).click();
    await expect(bar).toContainText(/\d+ of 20,000 rows/);
    await expect(bar).not.toContainText('6,667');
    await expect(grid.cell(1, 4)).toContainText('99');
    await checkLook(app, 'filter-bar');
  });

  await test.step('and searched, within what is left', async () => {
    await grid.press('Control+f');
    const find = results.root.getByRole('search', { name: 'Find in the result' });
    await find.getByRole('textbox').fill('NAME 199');
    await expect(find).toContainText(/1 of \d+/);
    await page.keyboard.press('Enter');
    await expect(find).toContainText(/2 of \d+/);
    await checkLook(app, 'find-bar');
    await page.keyboard.press('Shift+Enter');
    await expect(find).toContainText(/1 of \d+/);
    await find.getByRole('button', { name: 'Match case' }).click();
    await expect(find).toContainText('none');
    await find.getByRole('textbox').press('Escape');
    await expect(find).toHaveCount(0);
  });

  // A later run takes neither the order from a pinned result nor the statement that it came from.
  await page.keyboard.press('Alt+P');
  await editor.runText('select 1 as later');
  await expect(grid.header('later')).toBeVisible();
  await results.tab(/pinned/).click();
  await bar.getByRole('button', { name: 'Open as SQL' }).click();
  await expect(editor.text).toContainText('order by n');
  await expect(editor.text).toContainText("where status = 'sent'");
  await expect(editor.text, 'nothing was run for it').toBeVisible();
});

const values = `select json_build_object('id', 12345678901234567890.10, 'tags', array['a', 'b'], 'deep',
    json_build_object('x', json_build_array(1, json_build_object('needle', true)))) as doc,
  decode('89504e470d0a1a0a0000000d494844520000000a0000000a08060000008d32cfbd0000001849444154789c63f8cfc0f09f18cc30aa90900a09020086d0c73954e8cd8f0000000049454e44ae426082', 'hex') as picture,
  repeat('0123456789', 2000000) as long, array[[1, 2], [3, null]] as list, xmlelement(name a, xmlelement(name b, 'c')) as x,
  E'line one\\nline two \\u200b' as words`;

test('a value is read as text, tree, bytes or picture, and a large one in parts', async ({ app, page }) => {
  const { editor, results } = app;
  const { grid, viewer } = results;
  await editor.runText(values);
  await grid.cell(1, 1).click();
  await page.keyboard.press('Enter');
  const tree = viewer.getByRole('tree');
  await expect(tree).toContainText('12345678901234567890.10');
  await viewer.getByRole('button', { name: 'Find in the value' }).click();
  await page.keyboard.insertText('needle');
  await expect(tree.getByRole('treeitem', { selected: true })).toContainText('needle');
  await expect(viewer).toContainText('$.deep.x[1].needle');
  await checkLook(app, 'viewer-tree');
  await page.keyboard.press('Escape');
  await viewer.getByRole('tab', { name: 'Text' }).click();
  await expect(viewer.getByRole('textbox')).toContainText('"tags": [');
  await viewer.getByRole('tab', { name: 'Tree' }).click();

  const goTo = async (name: string) => {
    await grid.press('Home');
    const active = grid.root.locator('.active');
    const at = await grid.header(name).getAttribute('aria-colindex');
    while ((await active.getAttribute('aria-colindex')) !== at) await page.keyboard.press('ArrowRight');
  };
  await goTo('list');
  await expect(tree).toContainText('[3, null]');
  await goTo('picture');
  await viewer.getByRole('tab', { name: 'Image' }).click();
  const picture = viewer.getByRole('img');
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(10);
  await checkLook(app, 'viewer-image');
  await viewer.getByRole('tab', { name: 'Hex' }).click();
  await expect(viewer.getByRole('textbox')).toContainText('89 50 4e 47');

  await test.step('of twenty million bytes only what is looked at is fetched', async () => {
    await goTo('long');
    const bytes = viewer.getByRole('textbox', { name: 'The bytes of the value' });
    await expect(bytes).toContainText('00000000');
    await bytes.press('End');
    await expect(bytes).toContainText('01312cf0');
    await expect(bytes).toContainText('36 37 38 39');
    await checkLook(app, 'viewer-hex');
    await viewer.getByRole('tab', { name: 'Text' }).click();
    await expect(viewer).toContainText('1 MB of 19.1 MB');
    await viewer.getByRole('button', { name: 'Show more' }).click();
    await expect(viewer).toContainText('5 MB of 19.1 MB');
  });

  await goTo('words');
  await expect(viewer.getByRole('textbox')).toContainText('U+200B');
  await checkLook(app, 'viewer-text');
  await page.keyboard.press('Escape');
  await expect(viewer).toHaveCount(0);
  await expect(grid.root).toBeFocused();
});
