import { Names, type NameRows } from '../catalog/names/names.ts';

type Row = (string | null)[];

const schemas = ['shop', 'public', 'archive', 'Odd "one"', 'pg_catalog', 'information_schema'];

/** `table: 'column type, column! type'`; `!` is not null, `*` a key. Without a schema it is `shop`. */
const tables: Record<string, string> = {
  customers: 'id* bigint, name! text, email text, created_at timestamp with time zone',
  orders:
    'id* bigint, customer_id! bigint, status order_status, total numeric(10,2), placed_at! timestamp with time zone',
  order_items: 'order_id* bigint, line* integer, product_id bigint, quantity integer, price numeric',
  products: 'id* bigint, name! text, price numeric, category_id bigint, parent_id bigint',
  categories: 'id* bigint, name text',
  events: 'at timestamp with time zone, kind text',
  events_2026: 'at timestamp with time zone, kind text',
  'public.Mixed Case': 'Some Column text, select text, übung text',
  'public.user': 'id bigint, login text',
  'archive.orders': 'id bigint, archived_at date',
  'archive.old_things': 'thing_id bigint',
  'Odd "one".x"y': 'a.b text',
  ['public.' + 'l'.repeat(63)]: 'c integer',
  'pg_catalog.pg_class': 'oid oid, relname name',
  'pg_catalog.pg_operator': 'oid oid',
  'information_schema.columns': 'column_name text',
};
const views = new Set(['customer_totals']);
tables.customer_totals = 'customer_id bigint, total numeric';

const keys = [
  ['orders_customer_id_fkey', 'orders', 'customer_id', 'customers', 'id'],
  ['order_items_order_id_fkey', 'order_items', 'order_id', 'orders', 'id'],
  ['order_items_product_id_fkey', 'order_items', 'product_id', 'products', 'id'],
  ['products_category_id_fkey', 'products', 'category_id', 'categories', 'id'],
  ['products_parent_id_fkey', 'products', 'parent_id', 'products', 'id'],
] as const;

const parts = {
  orders: [
    ['orders_by_day', 'index'],
    ...keys.filter(([, from]) => from === 'orders').map(([name]) => [name, 'constraint']),
  ],
};

/** `schema.name(arguments) result`. */
const functions = [
  'shop.order_total(order_id bigint) numeric',
  'shop.archive_orders(before date) procedure',
  'shop.touch() trigger',
  'shop.best_customers(n integer) TABLE(customer_id bigint, total numeric(10,2))',
  'pg_catalog.lower(text) text',
  'pg_catalog.lower(anyrange) anyelement',
  'pg_catalog.count(*) bigint',
  'pg_catalog.now() timestamp with time zone',
  'pg_catalog.sum(numeric) numeric',
  'pg_catalog.date_trunc(text, timestamp with time zone) timestamp with time zone',
  'pg_catalog.generate_series(integer, integer) SETOF integer',
  'archive.purge(days integer) integer',
];

/** `schema.name: shown name`, with the labels of an enum. */
const types: [string, string, string[]?][] = [
  ['shop.order_status', 'order_status', ['new', 'paid', "can't ship"]],
  ['pg_catalog.int4', 'integer'],
  ['pg_catalog.int8', 'bigint'],
  ['pg_catalog.text', 'text'],
  ['pg_catalog.timestamptz', 'timestamp with time zone'],
  ['pg_catalog.numeric', 'numeric'],
];

const schemaOid = (name: string): string => String(schemas.indexOf(name) + 1);
const split = (name: string): [string, string] => {
  const schema = schemas.find((each) => name.startsWith(`${each}.`)) ?? 'shop';
  return [schema, name.startsWith(`${schema}.`) ? name.slice(schema.length + 1) : name];
};

function relationRow([key, columns]: [string, string], index: number): Row {
  const [schema, name] = split(key);
  const packed = columns.split(/, (?=[^ ]+ |Some)/).map((column) => {
    const at = /^Some Column/.test(column) ? 11 : column.indexOf(' ');
    const [word, type] = [column.slice(0, at), column.slice(at + 1)];
    return [word.replace(/[!*]$/, ''), type, word.endsWith('*') ? 3 : word.endsWith('!') ? 1 : 0];
  });
  const kind = views.has(name) ? 'v' : 'r';
  const partition = /_2026$/.test(name) ? 't' : null;
  return [`${index + 100}`, schemaOid(schema), name, kind, partition, null, null, JSON.stringify(packed)];
}

/** The names of a small shop, with some that are hard to write, as a server would give them. */
export function shopNames(): Names {
  const relations = Object.entries(tables).map(relationRow);
  const oidOf = (name: string) => relations.find((row) => row[2] === name)?.[0] ?? '';
  const rows: NameRows = {
    searchPath: ['pg_catalog', 'shop', 'public'],
    schemas: schemas.map((name, index) => [`${index + 1}`, name, null]),
    relations,
    foreignKeys: keys.map(([name, from, column, to, referred]) => [
      name,
      oidOf(from),
      JSON.stringify([column]),
      oidOf(to),
      JSON.stringify([referred]),
    ]),
    parts: Object.entries(parts).map(([table, all]) => [oidOf(table), JSON.stringify(all)]),
    functions: functions.map((text, index): Row => {
      const [, schema = '', name = '', args = '', result = ''] =
        /^(\w+)\.(\w+)\((.*?)\) (.*)$/.exec(text) ?? [];
      const isProcedure = result === 'procedure';
      return [
        `${index}`,
        schemaOid(schema),
        name,
        isProcedure ? 'p' : 'f',
        args,
        isProcedure ? null : result,
        null,
      ];
    }),
    types: types.map(([key, shown, labels], index): Row => {
      const [schema, name] = split(key);
      return [
        `${index}`,
        schemaOid(schema),
        name,
        shown,
        labels ? 'e' : 'b',
        labels ? JSON.stringify(labels) : null,
        null,
      ];
    }),
  };
  return new Names(rows);
}
