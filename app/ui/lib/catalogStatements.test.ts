import { expect, it } from 'vitest';
import type { CatalogColumn } from '#shared/catalog/description.ts';
import { insertText, previewText, selectText, updateText } from './catalogStatements.ts';

const column = (name: string, more: Partial<CatalogColumn> = {}): CatalogColumn => ({
  name,
  type: 'integer',
  notNull: false,
  number: 1,
  isPrimaryKey: false,
  ...more,
});
const table = { schema: 'public', name: 'Order' };
const columns = [
  column('id', { isPrimaryKey: true, identity: 'always' }),
  column('from'),
  column('note', { type: 'text', default: `''` }),
  column('total', { generated: '1 + 1' }),
];

it('writes statements whose names are quoted where they must be, and leaves out what the server fills in', () => {
  expect(previewText(table)).toBe('select * from public."Order" limit 200;\n');
  expect(selectText(table, columns)).toBe(
    'select id, "from", note, total\nfrom public."Order"\nlimit 200;\n',
  );
  expect(selectText(table, [])).toBe('select *\nfrom public."Order"\nlimit 200;\n');
  expect(insertText(table, columns)).toBe(
    'insert into public."Order" ("from", note)\nvalues (null /* from integer */, default /* note */);\n',
  );
});

it('never writes an UPDATE that takes every row', () => {
  expect(updateText(table, columns)).toBe(
    'update public."Order"\nset "from" = "from",\n    note = note\nwhere id = null;\n',
  );
  expect(updateText(table, [column('a')])).toBe('update public."Order"\nset a = a\nwhere false;\n');
});
