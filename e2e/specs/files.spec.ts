import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';

let folder: string;
test.beforeEach(async ({ app, server }) => {
  folder = await mkdtemp(join(tmpdir(), 'hawser-files-'));
  await app.connectTo('files', server);
});
test.afterEach(() => rm(folder, { recursive: true }));

test('COPY is given its file, and rows go to one, which is replaced at the second word only', async ({
  app,
  page,
  server,
}) => {
  const { editor, results } = app;
  await server.query('create table if not exists fruit (id int, name text, price numeric)');
  await writeFile(join(folder, 'fruit.csv'), 'id,name,price\n1,"a, b",1.50\n2,,9007199254740993\n3,=x,\n');

  await editor.runText('copy fruit from stdin (format csv, header)');
  await results.error.getByRole('button', { name: 'Choose a file…' }).click();
  const open = page.getByRole('dialog', { name: 'File for COPY FROM STDIN' });
  await open.getByLabel('Path').fill(join(folder, 'fruit.csv'));
  await page.keyboard.press('Enter');
  await expect(results.root).toContainText('COPY 3');

  await editor.runText('select * from fruit order by id');
  await expect(results.grid.cell(3, 2)).toHaveText('=x');
  await results.grid.cell(1, 1).click();
  await page.keyboard.press('ControlOrMeta+e');
  const dialog = page.getByRole('dialog', { name: 'Export', exact: true });
  const preview = dialog.getByRole('region', { name: 'Preview' });
  await expect(preview).toContainText('1,"a, b",1.50');
  await dialog.getByLabel('Safe for spreadsheets').check();
  await expect(preview).toContainText("3,'=x,");
  await dialog.getByLabel('Format').selectOption('json');
  await expect(preview).toContainText('{"id":2,"name":null,"price":9007199254740993}');

  await checkLook(app, 'export');

  const target = join(folder, 'out.json');
  await writeFile(target, 'old');
  await dialog.getByRole('button', { name: 'Export…' }).click();
  const save = page.getByRole('dialog', { name: 'Export as JSON' });
  await expect(save.getByLabel('File name')).toBeFocused();
  await save.getByLabel('Path').fill(folder);
  await page.keyboard.press('Enter');
  await save.getByLabel('File name').fill('out.json');
  await page.keyboard.press('Enter');
  await expect(save).toContainText('This file is there already');
  expect(await readFile(target, 'utf8')).toBe('old');
  await save.getByRole('button', { name: 'Replace' }).click();
  await expect(page.getByText(`Exported 3 rows to ${target}.`).first()).toBeVisible();
  await expect(dialog).toBeHidden();
  expect(JSON.parse(await readFile(target, 'utf8'))).toHaveLength(3);

  await test.step('and one value, beside what was written last', async () => {
    await results.grid.cell(1, 2).click();
    await page.keyboard.press('F2');
    await page.getByRole('button', { name: 'Save the value as a file' }).click();
    const name = page.getByRole('dialog', { name: 'Save the value' }).getByLabel('File name');
    await expect(name).toHaveValue('name.txt');
    await name.press('Enter');
    await expect(results.root).toContainText(`Saved 4 bytes as ${join(folder, 'name.txt')}`);
    expect(await readFile(join(folder, 'name.txt'), 'utf8')).toBe('a, b');
  });

  await test.step('a table goes straight from the server to a file', async () => {
    const { sidebar } = app;
    await sidebar.connection('files').focus();
    await page.keyboard.press('ArrowRight');
    await expect(sidebar.row('public, schema')).toBeVisible();
    await page.keyboard.type('public');
    await page.keyboard.press('ArrowRight');
    await sidebar.row('fruit').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Export data…' }).click();
    await expect(preview).toContainText('select * from public.fruit');
    await dialog.getByLabel('Format').selectOption('sql');
    await expect(dialog.getByLabel('Table')).toHaveValue('fruit');
    await dialog.getByRole('button', { name: 'Export…' }).click();
    await page.getByRole('dialog', { name: 'Export as SQL inserts' }).getByLabel('File name').press('Enter');
    const written = join(folder, 'fruit.sql');
    await expect(page.getByText(`Exported 3 rows to ${written}.`).first()).toBeVisible();
    expect(await readFile(written, 'utf8')).toContain(`INSERT INTO "public"."fruit" ("id", "name", "price")`);
  });
});
