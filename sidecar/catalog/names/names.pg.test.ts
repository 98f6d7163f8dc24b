import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock as clock } from '../../lib/clock.ts';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../../test/runStage.ts';
import { Levels } from '../levels.ts';
import { CatalogReader } from '../reader.ts';
import { complete } from '../completion/complete.ts';
import type { NameLookup, Names } from './names.ts';
import { NameStore } from './nameStore.ts';
import { searchNames } from './search.ts';

const longest = 'ü'.repeat(31);
const hostile = `"we""ird, 'x' \\ [1] ✓"`;

let server: TestServer;
let stage: RunStage;
let names: Names;

beforeAll(async () => {
  server = await startPostgres();
  stage = await openRunStage(server);
  await server.query(`
    create schema shop;
    create schema ${hostile};
    alter database ${server.database} set search_path = shop, public;
    create type shop.mood as enum ('ok', 'it''s bad');
    create domain shop.positive as int check (value > 0);
    create table shop.customers (id bigint primary key, name text not null, gone int, m shop.mood);
    alter table shop.customers drop column gone;
    comment on table shop.customers is 'who buys';
    comment on column shop.customers.name is 'as they say it';
    create table shop.orders (id bigint, line int, customer_id bigint references shop.customers, primary key (id, line));
    create table shop.lines (line int, id bigint, primary key (line, id));
    create table shop.notes (id bigint, line int, foreign key (line, id) references shop.lines) partition by range (id);
    create table shop.notes_1 partition of shop.notes for values from (0) to (10);
    create view shop.recent as select id as order_id from shop.orders;
    create index by_line on shop.orders (line) where line > 1;
    create function shop.total(order_id bigint, tax numeric default 0.2) returns numeric language sql as 'select 1.0';
    create procedure shop.tidy() language sql as 'select 1';
    create table ${hostile}.${hostile} (${hostile} int, "${longest}" text);
  `);
  names = await read();
});

/** Nobody has asked there yet. */
function freshStore(now = () => clock.now()): NameStore {
  const copies = { read: () => Promise.resolve(undefined), write: () => {}, remove: () => {} };
  const reader = new CatalogReader(stage.connections);
  const live = { isLive: () => true, requireLive: () => undefined };
  return new NameStore(new Levels({ reader, copies, clock: { ...clock, now }, ...live }));
}

const place = () => ({ connectionId: stage.connectionId, database: server.database });

/** As somebody who asks for the first time. */
async function read(lookup?: NameLookup): Promise<Names> {
  const known = await freshStore().get(place(), { waitMs: 30_000, lookup });
  if (!known.names) throw new Error(known.error?.message ?? 'Not read in time');
  return known.names;
}

afterAll(async () => {
  await stage.close();
  await server.close();
});

const raw = hostile.slice(1, -1).replaceAll('""', '"');

function first(marked: string, known = names) {
  const position = marked.indexOf('|');
  return complete(known, { text: marked.replace('|', ''), position, limit: 5 }).items[0];
}

it('reads relations with columns, keys and comments, dropped columns left out', () => {
  const customers = names.relation('customers', 'shop');
  expect(customers).toMatchObject({ kind: 'table', comment: 'who buys', isPartition: false });
  expect(customers?.columns).toMatchObject([
    { name: 'id', type: 'bigint', notNull: true, isKey: true },
    { name: 'name', type: 'text', notNull: true, isKey: false, comment: 'as they say it' },
    { name: 'm', type: 'shop.mood', notNull: false },
  ]);
  expect(names.relation('recent', 'shop')?.kind).toBe('view');
  expect(names.relation('notes_1', 'shop')?.isPartition).toBe(true);
  expect(names.relation('pg_class')?.columns.length).toBeGreaterThan(20);
});

it('reads foreign keys once, their columns in order', () => {
  const notes = names.relation('notes', 'shop');
  expect(notes && names.foreignKeys(notes)).toMatchObject([
    { fromColumns: ['line', 'id'], to: { name: 'lines' }, toColumns: ['line', 'id'] },
  ]);
  const customers = names.relation('customers', 'shop');
  expect(customers && names.foreignKeys(customers)).toHaveLength(1);
});

it('reads functions as they are called, and of the server only those that are', () => {
  const total = names.functions.find(({ name }) => name === 'total');
  expect(total).toMatchObject({ arguments: 'order_id bigint, tax numeric DEFAULT 0.2', result: 'numeric' });
  expect(names.functions.find(({ name }) => name === 'tidy')?.kind).toBe('procedure');
  const own = new Set(names.functions.map(({ name }) => name));
  for (const known of [
    'lower',
    'count',
    'row_number',
    'jsonb_agg',
    'array_append',
    'pg_sleep',
    'starts_with',
  ])
    expect(own.has(known), known).toBe(true);
  for (const inside of ['int4in', 'int4pl', 'texteq', 'hashint4', 'btint4cmp', 'gin_extract_jsonb', 'eqsel'])
    expect(own.has(inside), inside).toBe(false);
});

it('writes names that are hard to write so that the server takes them', async () => {
  const table = first('select * from we|');
  expect(table?.label).toBe(raw);
  const schema = first('select * from "we|');
  expect([schema?.apply, table?.apply]).toContain(`${hostile}.${hostile}`);
  const column = first(`select w| from ${table?.apply}`);
  const longer = first(`select ü| from ${table?.apply}`);
  await server.query(`select ${column?.apply}, ${longer?.apply} from ${table?.apply}`);
  expect(first("select * from shop.customers where m = 'it|'")?.apply).toBe("'it''s bad'");
});

it('learns after a while what others have made', async () => {
  let later = 0;
  const store = freshStore(() => clock.now() + later);
  const knows = async () => {
    const { names: known } = await store.get(place(), { waitMs: 30_000 });
    return known?.relation('made_by_others', 'shop') !== undefined;
  };
  expect(await knows()).toBe(false);
  await server.query('create table shop.made_by_others ()');
  expect(await knows()).toBe(false);
  later = 5 * 60_000 + 1;
  await expect.poll(knows, { timeout: 20_000 }).toBe(true);
});

it('knows the search path of a tab and its temporary tables, and nothing of those of others', async () => {
  for (const tabId of ['mine', 'other']) {
    await stage.run(`create temp table of_${tabId} (n int); create temp table customers (mine text)`, {
      tabId,
    });
    await stage.run(`set search_path to public, ${hostile}`, { tabId });
  }
  const { searchPath, held } = stage.runs.tab('s', 'mine');
  const own = await read({ searchPath, tempSchema: held?.tempSchema });
  const offered = (marked: string) => first(marked, own)?.apply;
  expect(offered('select * from of_|')).toBe('of_mine');
  expect(own.relations.filter(({ name }) => name === 'of_other')).toEqual([]);
  expect(offered('select mi| from customers')).toBe('mine');
  expect(offered('select * from ord|')).toBe('shop.orders');
  expect(offered('select * from we|')).toBe(hostile);
  expect(names.relations.filter(({ name }) => name.startsWith('of_'))).toEqual([]);
  const all = await read();
  expect(all.relations.filter(({ name }) => name.startsWith('of_'))).toEqual([]);
});

it('finds what is searched for in all of it', () => {
  const found = (text: string) =>
    searchNames(names, { text, limit: 5 }).hits.map(({ kind, parent, name }) =>
      [kind, parent ?? '', name].join(' '),
    );
  expect(found('customers')).toContain('table  customers');
  expect(found('customer_id')[0]).toBe('column orders customer_id');
  expect(found('mood')[0]).toBe('type  mood');
  expect(found('orders.line')).toEqual(['column orders line', 'index orders by_line']);
  expect(found('cust_id')).toEqual(['column orders customer_id']);
  expect(found('orders_pkey')).toEqual(['constraint orders orders_pkey']);
  expect(found('notes_1_')).toEqual([]);
  expect(found(raw)).toContain(`schema  ${raw}`);
});
