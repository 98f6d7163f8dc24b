import { expect, it } from 'vitest';
import type { CompletionItem } from '#shared/catalog/completion.ts';
import { inCase } from './completion.ts';
import { ageWords } from './completionLook.ts';
import { isWritten, narrowed } from './completionNarrowing.ts';

const item = (label: string, kind: CompletionItem['kind'] = 'column') => ({
  item: { label, apply: label, kind },
});
const kept = (labels: string[], typed: string) =>
  narrowed(
    labels.map((label) => item(label)),
    typed,
  ).map(({ item: { label } }) => label);

it('keeps what fits to the letters typed since, what begins with them before the rest', () => {
  expect(kept(['placed_at', 'total', 'at', 'archived_at', 'attempts'], 'at')).toEqual([
    'at',
    'attempts',
    'placed_at',
    'archived_at',
  ]);
  expect(kept(['o.id', 'c.id', 'o.total'], 'id')).toEqual(['o.id', 'c.id']);
  expect(kept(['name'], 'x')).toEqual([]);
});

it('marks what was typed, behind the name of the source and within quotes', () => {
  expect(narrowed([item('o.customer_id')], 'ci')[0]?.item).toMatchObject({
    match: [
      [2, 3],
      [11, 12],
    ],
  });
  expect(narrowed([item("'paid'", 'value')], 'pa')[0]?.item).toMatchObject({ match: [[1, 3]] });
  expect(narrowed([item('shop.orders o on o.id = c.id', 'join')], 'ord')).toHaveLength(1);
});

it('goes where a word is written out and nothing longer begins with it', () => {
  const written = (labels: string[], typed: string) =>
    isWritten(
      labels.map((label) => item(label).item),
      typed,
    );
  expect(written(['from', 'is distinct from', 'is not distinct from'], 'FROM')).toBe(true);
  expect(written(['customers', 'customers_old'], 'customers')).toBe(false);
  expect(written(['customers'], 'cust')).toBe(false);
});

it('tells how old the names are only where that matters', () => {
  const now = 10_000_000;
  expect(ageWords({ fetchedAt: now, stale: false }, true, now)).toBeUndefined();
  expect(ageWords({ fetchedAt: now - 5_000, stale: true }, true, now), 'being read again').toBeUndefined();
  expect(ageWords({ fetchedAt: now - 300_000, stale: true }, true, now)).toBe('Stale: names of 5 min ago');
  expect(ageWords({ fetchedAt: 10, stale: true }, false, 10 + 3 * 3_600_000)).toBe(
    'Not connected: names of 3 h ago',
  );
  expect(ageWords({ fetchedAt: null, stale: true }, false, now)).toBe('Not connected: keywords only');
});

it('writes keywords in the case that was chosen, and names in their own', () => {
  const { item: keyword } = item('is not null', 'keyword');
  const { item: column } = item('Total');
  expect(inCase(keyword, 'upper')).toMatchObject({ label: 'IS NOT NULL', apply: 'IS NOT NULL' });
  expect(inCase(keyword, 'preserve')).toBe(keyword);
  expect(inCase(column, 'lower')).toBe(column);
});
