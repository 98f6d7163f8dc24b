import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';

test('names of the live catalog are completed while typing, and from disk while disconnected', async ({
  app,
  page,
  server,
}) => {
  const { editor, results, sidebar } = app;
  const { list, option, info } = editor.completion;
  await server.query(`
    create schema if not exists shop;
    create table shop.customers (id bigint primary key, name text not null, "Odd Name" text);
    create table shop.orders (id bigint primary key, customer_id bigint references shop.customers, total numeric(10, 2));
    comment on column shop.orders.total is 'with tax';
    insert into shop.customers values (1, 'Ada', 'x');
    insert into shop.orders values (7, 1, 12.5);
  `);
  await app.connectTo('completion', server);

  await test.step('tables, joins along foreign keys, columns by alias', async () => {
    await editor.write('select ');
    await page.keyboard.insertText(' from shop.customers c join ');
    await page.keyboard.type('ord');
    await editor.complete('shop.orders o on o.customer_id = c.id', 'Enter');
    await expect(editor.line('join shop.orders o on o.customer_id = c.id')).toBeVisible();
    await page.keyboard.press('Home');
    for (let step = 0; step < 'select '.length; step += 1) await page.keyboard.press('ArrowRight');
    await page.keyboard.type('c.od');
    await editor.complete('Odd Name', 'Tab');
    await expect(editor.line('select c."Odd Name" from')).toBeVisible();
    await page.keyboard.type(', o.tot');
    await expect(option('total')).toContainText('numeric(10,2)');
    await expect(info).toContainText('with tax');
    await editor.complete('total', 'Enter');
    await page.keyboard.type(', lowe');
    await editor.complete('lower', 'Enter');
    await page.keyboard.type('c.name)');
    await expect(editor.line('select c."Odd Name", o.total, lower(c.name) from')).toBeVisible();
    await page.keyboard.press('Escape');
    await editor.run();
    await expect(results.grid.cell(1, 3)).toHaveText('ada');
  });

  await test.step('all that a place has room for, and what is told of the chosen one', async () => {
    await editor.write('select ');
    await page.keyboard.insertText(
      '* from shop.customers c join shop.orders o on o.customer_id = c.id where ',
    );
    await checkLook(app, 'completion', async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Space');
      await expect(option('customer_id')).toBeVisible();
      await expect(info).toContainText('id bigint primary key');
      await expect(info).toBeInViewport({ ratio: 0.95 });
    });
    await page.keyboard.press('Escape');
    await expect(list).toHaveCount(0);
  });

  await test.step('Enter breaks the line behind a word that is written out', async () => {
    await editor.write('');
    await page.keyboard.type('select 1 as one from');
    await expect(option('from')).toHaveCount(0);
    await page.keyboard.press('Enter');
    await page.keyboard.type('shop.customers');
    await expect(option('customers')).toHaveCount(0);
    await page.keyboard.press('Enter');
    await page.keyboard.type('wh');
    await editor.complete('where', 'Enter');
    await expect(editor.root.locator('.cm-line')).toHaveText([
      'select 1 as one from',
      'shop.customers',
      'where',
    ]);
  });

  await test.step('what was created is known, and also without a connection', async () => {
    await editor.runText('create table shop.made_here (fresh_column int)');
    await expect(results.root).toContainText('CREATE TABLE');
    await expect(async () => {
      await editor.write('select * from shop.');
      await page.keyboard.type('made');
      await expect(option('made_here')).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await page.keyboard.press('Escape');
    await sidebar.choose(sidebar.connection('completion'), 'Disconnect');
    await editor.write('select * from shop.made_here m where m.');
    await page.keyboard.type('fr');
    await expect(option('fresh_column')).toBeVisible();
    await expect(list).toContainText('Not connected: names of');
  });
});
