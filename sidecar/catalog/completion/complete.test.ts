import { describe, expect, it } from 'vitest';
import { shopNames } from '../../test/shopNames.ts';
import { complete } from './complete.ts';

const names = shopNames();

function at(marked: string, limit = 40) {
  const position = marked.indexOf('|');
  const text = marked.slice(0, position) + marked.slice(position + 1);
  return { text, ...complete(names, { text, position, limit }) };
}
const labels = (marked: string, limit?: number) => at(marked, limit).items.map(({ label }) => label);

/** The caret is `|`; what is expected comes first, in this order. */
const first: [string, string[]][] = [
  // Where a statement begins.
  ['|', ['select', 'insert into', 'update']],
  ['sel|', ['select']],
  ['select 1; del|', ['delete from']],
  // Relations.
  ['select * from |', ['customers']],
  ['select * from ord|', ['orders', 'order_items']],
  ['select * from oi|', ['order_items']],
  ['select * from cust|omers', ['customers', 'customer_totals']],
  ['insert into prod|', ['products']],
  ['update cat|', ['categories']],
  ['delete from cat|', ['categories']],
  ['select * from archive.|', ['orders', 'old_things']],
  ['select * from arch|', ['archive']],
  ['select * from a, b, pro|', ['products']],
  ['table cat|', ['categories']],
  ['select * from events_|', ['events_2026']],
  ['select * from old_t|', ['old_things']],
  ['select * from (select 1) s, lateral (select * from prod|) p', ['products']],
  // WITH.
  ['with big as (select id, total as sum_total from orders) select * from bi|', ['big']],
  ['with big as (select id, total as sum_total from orders) select | from big', ['id', 'sum_total']],
  ['with big(a, b) as (select id, total from orders) select | from big', ['a', 'b']],
  ['with one as (select 1 as x), two as (select * from one) select two.| from two', ['x']],
  ['with recursive t as (select id as n from orders union all select t.| from t) select 1', ['n']],
  ['with a as (sel|', ['select']],
  ['with a as (select | from orders) select * from a', ['id', 'customer_id']],
  ['with d as (delete from orders returning *) select | from d', ['id', 'customer_id']],
  [
    'with i as (insert into orders (id) select id from customers returning id as made, total) select | from i',
    ['made', 'total'],
  ],
  [
    'with i as (insert into orders (id) select id from customers returning *) select | from i',
    ['id', 'customer_id'],
  ],
  [
    'insert into orders (id) values (1) on conflict (id) do update set total = excluded.|',
    ['id', 'customer_id'],
  ],
  ['insert into orders (id) values (1) on conflict (id) do update set tot|', ['total']],
  [
    'insert into orders (id) values (1) on conflict (id) do update set total = 1 where excluded.st|',
    ['status'],
  ],
  ['select * from orders natural join |', ['customers']],
  ['select * from orders cross join |', ['customers']],
  ['create policy p on orders for select using (|', ['id', 'customer_id']],
  ['analyze orders (id, |', ['id', 'customer_id']],
  // Columns.
  ['select | from customers', ['id', 'name', 'email', 'created_at']],
  ['select cr| from customers', ['created_at']],
  ['select o.| from orders o', ['id', 'customer_id', 'status', 'total', 'placed_at']],
  ['select o.tot| from orders o', ['total']],
  ['select orders.| from orders', ['id', 'customer_id']],
  ['select shop.orders.st| from shop.orders', ['status']],
  ['select archive.orders.| from archive.orders', ['id', 'archived_at']],
  ['select * from orders o where o.|\nand true', ['id', 'customer_id']],
  ['select * from orders where sta|', ['status']],
  ['select id from orders o join customers c on c.id = o.customer_id where i|', ['o.id', 'c.id']],
  ['select * from orders order by pla|', ['placed_at']],
  ['select customer_id, sum(total) as spent from orders group by cust|', ['customer_id']],
  ['select customer_id, sum(total) as spent from orders group by 1 order by sp|', ['spent']],
  ['select * from orders group by customer_id having sum(tot|)', ['total']],
  ['update orders set sta|', ['status']],
  ['update orders set status = 1, tot|', ['total']],
  ['update orders set total = total * 2 where pla|', ['placed_at']],
  ['update orders o set total = p.| from products p', ['id', 'name', 'price']],
  ['insert into orders (|', ['id', 'customer_id', 'status']],
  ['insert into orders (id, customer_id, |', ['status', 'total', 'placed_at']],
  ['insert into orders (id) values (1) on conflict (i|', ['id']],
  ['insert into orders (id) values (1) on conflict (id) do update set tot|', ['total']],
  ['insert into orders (id) values (1) returning cust|', ['customer_id']],
  ['insert into orders select | from products', ['id', 'name', 'price']],
  ['delete from orders where pla|', ['placed_at']],
  ['delete from orders o using customers c where c.em|', ['email']],
  ['merge into orders o using customers c on o.|', ['id', 'customer_id']],
  [
    'select * from orders o where exists (select 1 from order_items i where i.order_id = o.|)',
    ['id', 'customer_id'],
  ],
  ['select * from orders o where exists (select 1 from order_items i where quan|)', ['quantity']],
  ['select * from orders o where exists (select 1 from order_items i where placed|)', ['placed_at']],
  ['select (select max(x.|) from products x) from orders', ['id', 'name']],
  [
    'select s.| from (select id, total * 2 as twice, count(*), name::text from orders) s',
    ['id', 'twice', 'count', 'name'],
  ],
  ['select s.| from (select * from customers) s', ['id', 'name', 'email']],
  ['select s.| from (select c.*, 1 as one from customers c) s', ['id', 'name', 'email', 'created_at', 'one']],
  ['select * from customers c cross join lateral (select c.| ) x', ['id', 'name']],
  ['select g.| from generate_series(1, 10) as g(n)', ['n']],
  ['select b.| from best_customers(3) b', ['customer_id', 'total']],
  ['select * from (orders o join customers c on true) where c.em|', ['email']],
  ['select id from orders union select em| from customers', ['email']],
  ['select lower(em| from customers', ['email']],
  ['select count(*) filter (where sta|) from orders', ['status']],
  ['select extract(year from pla|) from orders', ['placed_at']],
  ['select case when st| from orders', ['status']],
  ['explain select cr| from customers', ['created_at']],
  ['create view v as select cr| from customers', ['created_at']],
  ['select "|" from "Mixed Case"', ['Some Column', 'select', 'übung']],
  // Joins.
  [
    'select * from orders o join |',
    ['customers c on o.customer_id = c.id', 'order_items oi on oi.order_id = o.id'],
  ],
  ['select * from customers c left join ord|', ['orders o on o.customer_id = c.id']],
  ['select * from customers join ord|', ['orders on orders.customer_id = customers.id']],
  [
    'select * from orders o join order_items oi on oi.order_id = o.id join pro|',
    ['products p on oi.product_id = p.id'],
  ],
  ['select * from customers o join ord|', ['orders o2 on o2.customer_id = o.id']],
  [
    'select * from products p join prod|',
    ['products p2 on p.parent_id = p2.id', 'products p2 on p2.parent_id = p.id'],
  ],
  ['select * from orders o join customers c on |', ['o.customer_id = c.id']],
  ['select * from order_items join orders using (|', []],
  ['select * from orders o join customer_totals t on |', ['t.customer_id = o.customer_id']],
  ['select * from orders join customer_totals using (|', ['customer_id', 'total']],
  // Functions.
  ['select low|', ['lower']],
  ['select order_t| from orders', ['order_total']],
  ['call arch|', ['archive_orders']],
  ['select archive.|', ['orders', 'old_things', 'purge']],
  ['create trigger t before update on orders for each row execute function |', ['touch']],
  ['select * from generate_s|', ['generate_series']],
  // Types.
  ['select id::|', ['order_status']],
  ['select id::int|', ['integer']],
  ['select cast(id as big|', ['bigint']],
  ['create table t (a |', ['order_status']],
  ['create table t (a text, b time|', ['timestamp with time zone']],
  ['alter table orders add column note te|', ['text']],
  ['alter table orders alter column total type num|', ['numeric']],
  // Keywords in their places.
  ['select * fr|', ['from']],
  ['SELECT * FR|', ['FROM']],
  ['select * from orders whe|', ['where']],
  ['select * from orders o lef|', ['left join']],
  ['select * from orders o left |', ['join']],
  ['select * from orders order |', ['by']],
  ['select * from orders where total is n|', ['null', 'not null']],
  ['select * from orders where total > 1 a|', ['and']],
  ['select * from orders order by total d|', ['desc']],
  ['insert into orders (id) v|', ['values']],
  ['update orders s|', ['set']],
  ['update orders set total = 1 w|', ['where']],
  ['delete from orders w|', ['where']],
  ['select case when true then 1 e|', ['else', 'end']],
  ['select * from orders o|', ['o']],
  ['select * from orders o join customers c o|', ['on']],
  // Other statements.
  ['alter table ord|', ['orders', 'order_items']],
  ['alter table orders drop column st|', ['status']],
  ['alter table orders rename column st| to x', ['status']],
  ['alter table orders add c|', ['column']],
  ['drop table if exists cat|', ['categories']],
  ['drop view cust|', ['customer_totals']],
  ['truncate orders, cat|', ['categories']],
  ['create index on orders (sta|', ['status']],
  ['create index i on ord|', ['orders']],
  ['create table x (customer_id bigint references cust|', ['customers']],
  ['create table x (customer_id bigint references customers (|', ['id', 'name']],
  ['copy orders (|', ['id', 'customer_id']],
  ['comment on column orders.|', ['id', 'customer_id']],
  ['grant select on ord|', ['orders']],
  ['set search_path to arch|', ['archive']],
  // Bodies of routines.
  [
    'create function f() returns int as $$ begin return query select | from customers; end $$',
    ['id', 'name'],
  ],
  ['do $x$ begin update orders set tot| end $x$', ['total']],
  // Enums.
  ['select * from orders where status = |', ["'new'", "'paid'", "'can''t ship'"]],
  ["select * from orders where status = 'p|'", ["'paid'"]],
  ["select * from orders o where o.status in ('new', '|')", ["'new'", "'paid'"]],
];

/** Text with the caret, and what the first item writes. */
const writes: [string, string][] = [
  ['select * from mix|', '"Mixed Case"'],
  ['select * from us|', '"user"'],
  ['select som| from "Mixed Case"', '"Some Column"'],
  ['select übu| from "Mixed Case"', '"übung"'],
  ['select * from "Mix|', '"Mixed Case"'],
  ['select * from "Mix|"', '"Mixed Case"'],
  ['select "Mixed Case".sel| from "Mixed Case"', '"select"'],
  ['select * from llllll|', 'l'.repeat(63)],
  ['select * from odd|', '"Odd ""one"""'],
  ['select * from "Odd ""one""".|', '"x""y"'],
  ['select t.| from "Odd ""one"""."x""y" t', '"a.b"'],
  ['select * from old_th|', 'archive.old_things'],
  ['select * from archive.old_th|', 'old_things'],
  ['select * from information_schema.col|', 'columns'],
  ['select low|', 'lower('],
  ['select low|(name)', 'lower'],
  ['select now|', 'now()'],
  ['select pur|', 'archive.purge('],
  ['select id::order|', 'order_status'],
  ['SELECT * FROM orders WHERE total IS |', 'NULL'],
  ['SELECT * FROM orders |', 'JOIN'],
  ['select * from orders JOI|', 'JOIN'],
  ['SELECT * FROM orders o JOIN customers c ON |', 'o.customer_id = c.id'],
];

/** Nothing is offered in these places, for nothing can be known there. */
const silent = [
  '-- sel|',
  'select 1 -- whe|',
  'select /* sel| */ 1',
  'select /* sel|',
  "select 'sel|'",
  "select E'it\\'s sel|'",
  'select 12|',
  'select 1.5|',
  'create table new_|',
  'select * from nosuch.|',
  'select x.| from orders o',
  'select $1|',
];

/** Labels that must not be among the items. */
const never: [string, string[]][] = [
  ['select * from |', ['where', 'pg_class', 'lower', 'id']],
  ['select * from orders o |', ['id', 'customers', 'lower', 'from', 'on']],
  ['select id | from orders', ['customer_id', 'lower', 'select']],
  ['select * from orders o join customers c |', ['id', 'orders']],
  ['select * from (select | from orders) s, customers c', ['email', 'name']],
  ['with w as (select | from orders) select * from customers', ['email']],
  ['select * from customers where | ; select * from orders', ['total']],
  ['select * from orders; select | from customers', ['total']],
  ['select | from customers union select * from orders', ['total']],
  ['insert into orders select | from products', ['total', 'placed_at']],
  ['select touc|', ['touch']],
  ['select archive_o|', ['archive_orders']],
  ['select is distinct from x.| from orders', ['id']],
];

describe('completion', () => {
  it.each(first)('offers first: %s', (marked, expected) => {
    const found = labels(marked);
    expect(expected.length === 0 ? found : found.slice(0, expected.length)).toEqual(expected);
  });

  it.each(writes)('writes what the server reads: %s', (marked, expected) => {
    expect(at(marked).items[0]?.apply).toBe(expected);
  });

  it.each(silent)('is silent: %s', (marked) => {
    expect(labels(marked)).toEqual([]);
  });

  it.each(never)('leaves out: %s', (marked, unwanted) => {
    expect(labels(marked, 500).filter((label) => unwanted.includes(label))).toEqual([]);
  });

  it('takes the place of what is typed, with its quotes, and of nothing behind the caret', () => {
    const range = (marked: string) => {
      const { from, to, text } = at(marked);
      return text.slice(from, to);
    };
    expect(range('select * from cust|omers')).toBe('cust');
    expect(range('select * from "Mix|" where true')).toBe('"Mix"');
    expect(range('select "Mix| from "Mixed Case" m')).toBe('"Mix');
    expect(range("select * from orders where status = 'p|' and true")).toBe("'p'");
    expect(range('select o.| from orders o')).toBe('');
    expect(range('do $$ begin select * from cust|; end $$')).toBe('cust');
  });

  it('gives as many as asked and says that there are more', () => {
    expect(at('select * from |', 3)).toMatchObject({ more: true, items: { length: 3 } });
    expect(at('select * from cat|', 30)).toMatchObject({ more: false });
  });

  it('tells types, keys and signatures', () => {
    const [id] = at('select o.| from orders o').items;
    expect(id).toMatchObject({
      kind: 'column',
      detail: 'bigint',
      info: 'id bigint primary key\nshop.orders',
    });
    const customer = at('select o.cust| from orders o').items[0];
    expect(customer?.info).toContain('references customers (id)');
    const lower = at('select lower|').items.find(({ label }) => label === 'lower');
    expect(lower).toMatchObject({ kind: 'function', detail: '(text) +1' });
    expect(lower?.info).toContain('lower(anyrange) → anyelement');
    expect(at('select * from orders|').items[0]?.info).toContain('  total numeric(10,2)');
  });

  it('marks what was typed in the label', () => {
    expect(at('select * from oi|').items[0]?.match).toEqual([
      [0, 1],
      [6, 7],
    ]);
    expect(at('select id from orders o join customers c on true where i|').items[0]?.match).toEqual([[2, 3]]);
  });

  it('knows keywords and the names of the text where no names were read', () => {
    const bare = (marked: string) => {
      const position = marked.indexOf('|');
      const text = marked.replace('|', '');
      return complete(undefined, { text, position, limit: 5 }).items.map(({ label }) => label);
    };
    expect(bare('select * fr|')).toEqual(['from']);
    expect(bare('with w as (select 1 as one) select | from w')[0]).toBe('one');
    expect(bare('select * from orders o where o|')[0]).toBe('o');
  });

  it('never fails, wherever the caret stands in whatever text', () => {
    const texts = [...first, ...writes, ...never].map(([marked]) => marked.replace('|', ''));
    const odd = [
      '((((',
      '))))',
      'select ((a,,b)) from ,',
      'with with with',
      '"',
      "'",
      '$$',
      '$a$ select "',
      ';;;',
      'a.b.c.d.e.',
      'join join on on using (',
      '::',
      'case case end end',
    ];
    for (const text of [...texts, ...odd])
      for (let position = 0; position <= text.length; position += 1)
        expect(() => complete(names, { text, position, limit: 5 })).not.toThrow();
  });
});
