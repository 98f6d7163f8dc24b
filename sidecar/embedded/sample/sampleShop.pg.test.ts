import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, EmbeddedFolders, embeddedServer, patient } from '../../test/embeddedFolder.ts';
import type { EmbeddedAddress, EmbeddedServer } from '../server.ts';

const folders = new EmbeddedFolders();
let server: EmbeddedServer;
let address: EmbeddedAddress;

beforeAll(async () => {
  server = embeddedServer(await folders.withSample());
  address = await server.start(patient);
});
afterAll(async () => {
  await server.stop();
  await folders.remove();
});

const first = async (sql: string) => (await ask(address, sql))[0];

test('it has ten tables, the largest of 200,000 rows, two views and three functions', async () => {
  const tables = await ask(
    address,
    "select relname as name, reltuples::int as rows from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
  );
  expect(Object.fromEntries(tables.map(({ name, rows }) => [name, rows]))).toEqual({
    categories: 24,
    customers: 8_000,
    events: 90_000,
    order_lines: 200_000,
    orders: 80_000,
    payments: 80_240,
    products: 480,
    reviews: 14_748,
    shipments: 76_992,
    suppliers: 24,
  });
  expect(await first("select count(*)::int as n from pg_views where schemaname = 'public'")).toEqual({
    n: 2,
  });
  expect(
    await first("select count(*)::int as n from pg_proc where pronamespace = 'public'::regnamespace"),
  ).toEqual({ n: 3 });
});

test('every table has a comment and a primary key', async () => {
  const bare = await ask(
    address,
    `select relname from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r'
     and (obj_description(oid, 'pg_class') is null
       or not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary))`,
  );
  expect(bare).toEqual([]);
});

test('the sum of every order is the sum of its lines', async () => {
  expect(
    await first('select count(*)::int as n from orders where id % 97 = 0 and total <> order_total(id)'),
  ).toEqual({ n: 0 });
});

test('notes show every kind of nothing', async () => {
  const row = await first(
    `select count(*) filter (where note is null) > 0 as none, count(*) filter (where note = '') > 0 as empty,
       count(*) filter (where note like '%  ') > 0 as trailing, count(*) filter (where note like E'%\\n%') > 0 as lines from orders`,
  );
  expect(row).toEqual({ none: true, empty: true, trailing: true, lines: true });
});

test('the last ten days are never empty and nothing lies in the future', async () => {
  const row = await first(
    `select count(*) filter (where placed_at > now() - interval '10 days') > 1000 as recent, max(placed_at) <= now() as past,
       (select coalesce(max(delivered_at), now()) <= now() from shipments) as delivered,
       (select max(happened_at) <= now() from events) as happened from orders`,
  );
  expect(row).toEqual({ recent: true, past: true, delivered: true, happened: true });
});

test('every machine gets the same rows, their times apart', async () => {
  const row = await first(
    `select (select md5(string_agg(concat_ws('|', id, customer_id, status, total, note, meta), ',' order by id)) from orders) as orders,
       (select md5(string_agg(concat_ws('|', id, name, email, city, loyalty_points), ',' order by id)) from customers) as customers,
       (select md5(string_agg(concat_ws('|', id, sku, name, price, tags), ',' order by id)) from products) as products`,
  );
  expect(row).toMatchInlineSnapshot(`
    {
      "customers": "f378b091b2dc6fc703aba861bb66a2e8",
      "orders": "e9ca559f841d193019484e79d432971b",
      "products": "d8b1badcc3a149c153558e1c4128835e",
    }
  `);
});

test('new rows get ids of their own, and an update is stamped', async () => {
  const { id } = (await first('insert into orders (customer_id, total) values (1, 5) returning id::int')) as {
    id: number;
  };
  expect(id).toBe(80_001);
  expect(
    await first("update orders set status = 'paid' where id = 1 returning updated_at = now() as stamped"),
  ).toEqual({ stamped: true });
  expect(await first("select count(*)::int > 0 as found from search_products('kettle')")).toEqual({
    found: true,
  });
});
