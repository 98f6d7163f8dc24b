import type { CatalogColumn } from '#shared/catalog/description.ts';
import type { ObjectKind } from '#shared/catalog/objects.ts';
import type { Ask, Row } from '../reader.ts';
import { int, optional, text, yes } from './cells.ts';

const columnsSql = (relation: string): string => `
select a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
  case a.attidentity when 'a' then 'always' when 'd' then 'byDefault' end,
  case when a.attgenerated = '' then pg_catalog.pg_get_expr(e.adbin, e.adrelid) end,
  case when a.attgenerated <> '' then pg_catalog.pg_get_expr(e.adbin, e.adrelid) end,
  pg_catalog.col_description(a.attrelid, a.attnum),
  exists (select from pg_catalog.pg_index i
    where i.indrelid = a.attrelid and i.indisprimary and a.attnum = any (i.indkey))
from pg_catalog.pg_attribute a
left join pg_catalog.pg_attrdef e on e.adrelid = a.attrelid and e.adnum = a.attnum
where a.attrelid = ${relation} and a.attnum > 0 and not a.attisdropped
order by a.attnum`;

const referencesSql = (oid: number): string => `
select f.conkey[k.place], n.nspname, c.relname, a.attname
from pg_catalog.pg_constraint f
cross join lateral pg_catalog.generate_subscripts(f.conkey, 1) k(place)
join pg_catalog.pg_class c on c.oid = f.confrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = f.confrelid and a.attnum = f.confkey[k.place]
where f.conrelid = ${oid} and f.contype = 'f' and f.confrelid <> 0
order by pg_catalog.cardinality(f.conkey), f.conname`;

/** Of a relation, or of a composite type. */
export async function loadColumns(ask: Ask, oid: number, kind: ObjectKind): Promise<CatalogColumn[]> {
  const relation =
    kind === 'type' ? `(select t.typrelid from pg_catalog.pg_type t where t.oid = ${oid})` : String(oid);
  const columns = await ask(columnsSql(relation));
  const references = new Map<string, Row>();
  // The narrowest foreign key of a column says most about it.
  for (const row of await ask(referencesSql(oid)))
    if (!references.has(text(row, 0))) references.set(text(row, 0), row);
  return columns.map((row) => toColumn(row, references.get(text(row, 0))));
}

function toColumn(row: Row, reference: Row | undefined): CatalogColumn {
  const identity = row[4];
  return {
    number: int(row, 0),
    name: text(row, 1),
    type: text(row, 2),
    notNull: yes(row, 3),
    ...(identity === 'always' || identity === 'byDefault' ? { identity } : {}),
    ...optional('default', row, 5),
    ...optional('generated', row, 6),
    ...optional('comment', row, 7),
    isPrimaryKey: yes(row, 8),
    ...(reference && {
      references: { schema: text(reference, 1), table: text(reference, 2), column: text(reference, 3) },
    }),
  };
}
