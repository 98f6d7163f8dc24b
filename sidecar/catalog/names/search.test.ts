import { expect, it } from 'vitest';
import type { SearchKind } from '#shared/catalog/search.ts';
import { shopNames } from '../../test/shopNames.ts';
import { searchNames } from './search.ts';

const names = shopNames();

function found(text: string, kinds?: SearchKind[], limit = 100): string[] {
  const { hits } = searchNames(names, { text, limit, kinds });
  return hits.map(
    ({ kind, schema, parent, name }) => `${kind} ${[schema, parent, name].filter(Boolean).join('.')}`,
  );
}

it.each([
  ['orders', ['table shop.orders', 'table archive.orders']],
  ['archive.ord', ['table archive.orders']],
  ['order items', ['table shop.order_items']],
  ['oi', ['table shop.order_items']],
  ['customers.', ['column shop.customers.id', 'column shop.customers.name']],
  ['customers.em', ['column shop.customers.email']],
  ['Mixed', ['table public.Mixed Case']],
  ['order_status', ['type shop.order_status']],
  ['purge', ['function archive.purge']],
  ['arch', ['schema archive.archive']],
  ['pg_cl', ['table pg_catalog.pg_class']],
  ['pg_class.reln', ['column pg_catalog.pg_class.relname']],
  ['cust_id', ['column shop.orders.customer_id']],
  ['ord_by_day', ['index shop.orders.orders_by_day']],
  ['orders_customer', ['constraint shop.orders.orders_customer_id_fkey']],
])('%s', (text, expected) => {
  expect(found(text).slice(0, expected.length)).toEqual(expected);
});

it('looks for the kinds that are asked for', () => {
  expect(found('order', ['function'])).toEqual(['function shop.order_total', 'function shop.archive_orders']);
  expect(new Set(found('id', ['column']).map((hit) => hit.split(' ')[0]))).toEqual(new Set(['column']));
});

it('counts what the limit leaves out, and marks what fits', () => {
  const { hits, total } = searchNames(names, { text: 'id', limit: 2 });
  expect(hits).toHaveLength(2);
  expect(total).toBeGreaterThan(5);
  expect(searchNames(names, { text: 'oi', limit: 1 }).hits[0]?.match).toEqual([
    [0, 1],
    [6, 7],
  ]);
});

it.each(['', '  ', 'zzzz', 'nosuch.', 'relname'])('finds nothing for "%s"', (text) => {
  expect(found(text)).toEqual([]);
});
