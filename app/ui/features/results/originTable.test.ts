import { describe, expect, it } from 'vitest';
import type { Description } from '#shared/catalog/description.ts';
import { extendTo, selectCell } from '../../components/grid/selection.ts';
import type { GridColumn, GridSource } from '../../components/grid/source.ts';
import { originTable, type DescribeTable } from './originTable.ts';

const column = (name: string, tableOid?: number, columnNumber = 1): GridColumn => ({
  name,
  typeName: 'text',
  numeric: false,
  json: false,
  ...(tableOid === undefined ? {} : { origin: { tableOid, columnNumber } }),
});
const source = {
  columns: [column('id', 7, 1), column('as_shown', 7, 3), column('other', 8), column('made')],
  rowCount: 5,
} as unknown as GridSource;
const orders = {
  object: { schema: 'Shop', name: 'orders' },
  columns: [
    { name: 'id', number: 1 },
    { name: 'note', number: 3 },
  ],
} as unknown as Description;
const known: DescribeTable = (oid) => Promise.resolve(oid === 7 ? orders : undefined);
const of = (first: number, last: number, describe = known) =>
  originTable(source, extendTo(selectCell({ row: 0, column: first }), { row: 1, column: last }), describe);

describe('the table that selected columns come from', () => {
  it('is named with the names that the columns have there', async () => {
    expect(await of(0, 1)).toEqual({ table: '"Shop".orders', names: ['id', 'note'] });
  });

  it('is none where they come from several, from none, or where it is not known', async () => {
    for (const [first, last] of [
      [0, 2],
      [1, 3],
      [3, 3],
      [2, 2],
    ] as const)
      expect(await of(first, last), `${first} to ${last}`).toBeUndefined();
    expect(await of(0, 1, () => Promise.reject(new Error('away')))).toBeUndefined();
  });
});
