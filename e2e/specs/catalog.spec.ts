import { expect, test } from '../fixtures/test.ts';
import { checkLook } from '../pages/looks.ts';

const schema = `
create schema shop;
create table shop.customers (id int primary key generated always as identity, name text not null, "From" date);
comment on table shop.customers is 'People who buy';
create table shop.orders (id int primary key, customer_id int references shop.customers, total numeric(10,2) default 0);
create index orders_by_customer on shop.orders (customer_id);
create view shop.totals as select customer_id, sum(total) from shop.orders group by 1;
create function shop.tax(amount numeric) returns numeric language sql immutable as 'select amount * 0.2';
insert into shop.customers (name) select 'customer ' || n from generate_series(1, 30) n;
analyze shop.customers;
`;

test('the catalog stands under its connection, and leads to rows, names and DDL by keyboard alone', async ({
  app,
  page,
  server,
}) => {
  await server.query(schema);
  await server.query('create database elsewhere');
  const { editor, results, sidebar } = app;
  await app.connectTo('billing', server);
  await sidebar.connection('billing').focus();
  await page.keyboard.press('ArrowRight');
  await expect(sidebar.row('shop, schema')).toBeVisible();
  await page.keyboard.type('shop');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => sidebar.outline()).toContain('      customers');
  await page.keyboard.type('cust');
  await page.keyboard.press('ArrowRight');
  await expect(sidebar.row('name, column')).toBeVisible();

  await test.step('what is known of a table, and its DDL', async () => {
    const details = page.getByRole('dialog', { name: 'shop.customers' });
    await page.keyboard.press('Space');
    await expect(
      details.getByRole('row', { name: /^id integer primary key identity, always/ }),
    ).toBeVisible();
    await details.getByRole('tab', { name: 'Indexes' }).click();
    await expect(details.getByRole('row', { name: /^customers_pkey/ })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(sidebar.row('customers')).toBeFocused();
    await checkLook(app, 'catalog details', async () => {
      await page.keyboard.press('Escape');
      await sidebar.row('customers').focus();
      await page.keyboard.press('Space');
      await expect(details.getByRole('row', { name: /^id integer/ })).toBeVisible();
    });
    await page.keyboard.press('Escape');
  });

  await test.step('its first rows, in one tab that is taken again', async () => {
    await page.keyboard.press('Enter');
    await expect(results.root).toContainText('30 rows');
    await expect(app.tab('customers')).toBeVisible();
    await sidebar.row('orders').dblclick();
    await expect(app.tab('orders')).toBeVisible();
    await expect(app.tab('customers')).toHaveCount(0);
    await expect(editor.text).toContainText('select * from shop.orders limit 200;');
  });

  await test.step('the search finds it, and leads to its place in the tree', async () => {
    await sidebar.search.fill('customer_id');
    await expect(sidebar.row('customer_id, shop.orders')).toBeVisible();
    await sidebar.search.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(sidebar.row('customer_id, column')).toBeFocused();
    await page.keyboard.press('Control+P');
    await page.keyboard.type('totals');
    await expect(app.dialog.getByRole('option', { name: 'totals shop' })).toBeVisible();
    await checkLook(app, 'quick open');
    await page.keyboard.press('Enter');
    await expect(app.tab('totals')).toBeVisible();
    await expect(editor.text).toContainText('select * from shop.totals limit 200;');
  });

  await test.step('a tab changes its database and keeps its text', async () => {
    await editor.idle();
    await editor.toolbar.getByRole('button', { name: 'Database of this tab: postgres' }).click();
    await page.keyboard.type('else');
    await expect(page.getByRole('option', { name: 'elsewhere' })).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(editor.button('Database of this tab: elsewhere')).toBeVisible();
    await editor.runText('select current_database()');
    await expect(results.root).toContainText('elsewhere');
    await expect(app.statusBar).toContainText('elsewhere · ');
  });

  await test.step('a tab looks in another schema first, whoever says so, and keeps its results', async () => {
    const schema = editor.toolbar.getByRole('button', { name: /^Schema of this tab/ });
    await schema.click();
    await page.getByRole('option', { name: 'public' }).click();
    await expect(editor.button('Schema of this tab: public')).toBeVisible();
    await expect(results.root).toContainText('elsewhere');
    await editor.runText('set search_path to pg_catalog, nothing_there, "$user", public');
    await schema.click();
    await expect(page.getByText('The path is pg_catalog, nothing_there, $user, public.')).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('what was read stays while the connection is not there, with its age', async () => {
    await sidebar.choose(sidebar.connection('billing'), 'Disconnect');
    await expect(sidebar.row('Not connected')).toBeVisible();
    await expect(sidebar.row('name, column')).toBeVisible();
    await checkLook(app, 'catalog offline');
  });
});
