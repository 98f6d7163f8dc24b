import type { CatalogObject, ObjectKind } from '#shared/catalog/objects.ts';
import { quoteLiteral } from '#shared/sql/literals.ts';
import type { Ask, Row } from '../reader.ts';
import { int, optional, text, yes } from './cells.ts';

/** Exact sizes are counted file by file: of so many relations at most, and not for longer than this. */
const maxExactSizes = 500;
const sizesLimitMs = 1_000;
const maxCommentLength = 500;

/** Those that somebody has made a type of: no row types of tables, no arrays, and no multiranges, which come with a range. */
export const isListedType = `(t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c')
    or (t.typtype = 'b' and not (t.typcategory = 'A' and t.typelem <> 0)))`;

const relationKinds = {
  table: "'r', 'p'",
  view: "'v'",
  materializedView: "'m'",
  foreignTable: "'f'",
  sequence: "'S'",
} as const satisfies Partial<Record<ObjectKind, string>>;

const commentOf = (table: string, oid: string): string => `
left join pg_catalog.pg_description d
  on d.classoid = 'pg_catalog.${table}'::pg_catalog.regclass and d.objoid = ${oid} and d.objsubid = 0
left join pg_catalog.pg_depend m
  on m.classid = 'pg_catalog.${table}'::pg_catalog.regclass and m.objid = ${oid} and m.objsubid = 0 and m.deptype = 'e'
left join pg_catalog.pg_extension x on x.oid = m.refobjid`;

/** The server's estimates of rows and pages are no news where a table was never analysed: 0 before version 14, then -1. */
const relationsSql = (schema: string, kinds: string, one: string): string => `
select c.oid, c.relname, pg_catalog.left(d.description, ${maxCommentLength}), x.extname,
  case when c.relkind in ('r', 'p', 'm', 'f') and c.reltuples >= 0 and (c.reltuples > 0 or c.relpages > 0)
    then c.reltuples::pg_catalog.int8 end,
  case when c.relpages > 0
    then c.relpages::pg_catalog.int8 * pg_catalog.current_setting('block_size')::pg_catalog.int8 end,
  i.inhparent, c.relkind = 'p'
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_inherits i on i.inhrelid = c.oid and c.relispartition${commentOf('pg_class', 'c.oid')}
where n.nspname = ${quoteLiteral(schema)} and c.relkind in (${kinds})${one}
order by c.relname`;

/** Who holds a table exclusively keeps us from counting it, and from all the others in the list too: it is left out. */
const exactSizesSql = (schema: string, kinds: string, one: string): string => `
with locked as (
  select l.relation from pg_catalog.pg_locks l
  where l.mode = 'AccessExclusiveLock' and l.relation is not null
), blocked as (
  select relation from locked
  union all select i.indrelid from pg_catalog.pg_index i join locked on locked.relation = i.indexrelid
)
select c.oid, pg_catalog.pg_total_relation_size(c.oid)
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = ${quoteLiteral(schema)} and c.relkind in (${kinds}) and c.relkind in ('r', 'm', 'S')
  and c.oid not in (select relation from blocked) and c.reltoastrelid not in (select relation from blocked)${one}`;

const functionsSql = (schema: string, one: string): string => `
select p.oid, p.proname, pg_catalog.left(d.description, ${maxCommentLength}), x.extname,
  case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' when 'w' then 'window' else 'function' end,
  pg_catalog.pg_get_function_identity_arguments(p.oid), pg_catalog.pg_get_function_result(p.oid)
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace${commentOf('pg_proc', 'p.oid')}
where n.nspname = ${quoteLiteral(schema)}${one}
order by p.proname, 6`;

const typesSql = (schema: string, one: string): string => `
select t.oid, t.typname, pg_catalog.left(d.description, ${maxCommentLength}), x.extname,
  case t.typtype when 'e' then 'enum' when 'c' then 'composite' when 'd' then 'domain' when 'r' then 'range' else 'base' end,
  case when t.typtype = 'd' then pg_catalog.format_type(t.typbasetype, t.typtypmod) end
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
left join pg_catalog.pg_class c on c.oid = t.typrelid${commentOf('pg_type', 't.oid')}
where n.nspname = ${quoteLiteral(schema)} and ${isListedType}${one}
order by t.typname`;

/** The column that a sequence was made for: by serial (a) or as an identity (i). */
const ownersSql = (schema: string, one: string): string => `
select o.objid, r.relname, a.attname
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_depend o on o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and o.objid = c.oid
  and o.refclassid = o.classid and o.deptype in ('a', 'i') and o.refobjsubid > 0
join pg_catalog.pg_class r on r.oid = o.refobjid
join pg_catalog.pg_attribute a on a.attrelid = o.refobjid and a.attnum = o.refobjsubid
where n.nspname = ${quoteLiteral(schema)} and c.relkind = 'S'${one}`;

/** All of one kind in one schema, by name; or the one of this oid. */
export async function loadObjects(
  ask: Ask,
  schema: string,
  kind: ObjectKind,
  oid?: number,
): Promise<CatalogObject[]> {
  const one = (alias: string): string => (oid === undefined ? '' : ` and ${alias}.oid = ${oid}`);
  if (kind === 'function') return (await ask(functionsSql(schema, one('p')))).map(toFunction);
  if (kind === 'type') return (await ask(typesSql(schema, one('t')))).map(toType);
  const kinds = relationKinds[kind];
  const rows = await ask(relationsSql(schema, kinds, one('c')));
  const hasFiles = kind === 'table' || kind === 'materializedView';
  const isExact = hasFiles && rows.length <= maxExactSizes;
  const sizes = isExact ? await pairs(ask, exactSizesSql(schema, kinds, one('c'))) : [];
  const exact = new Map(sizes.map(([id, bytes]) => [id, Number(bytes)]));
  const owners = kind === 'sequence' ? (await ask(ownersSql(schema, one('c')))).map(toOwner) : [];
  const ownedBy = new Map(owners);
  return rows.map((row) => toRelation(row, kind, exact.get(text(row, 0)), ownedBy.get(text(row, 0))));
}

const pairs = (ask: Ask, sql: string): Promise<Row[]> => ask(sql, sizesLimitMs).catch(() => []);

const toOwner = (row: Row): [string, string] => [text(row, 0), `${text(row, 1)}.${text(row, 2)}`];

const named = (row: Row) => ({
  oid: int(row, 0),
  name: text(row, 1),
  ...optional('comment', row, 2),
  ...optional('extension', row, 3),
});

/** Field by field: there may be tens of thousands of them, and spreading makes each one several times. */
function toRelation(row: Row, kind: ObjectKind, bytes?: number, ownedBy?: string): CatalogObject {
  const object: CatalogObject = { oid: int(row, 0), name: text(row, 1), kind };
  const [, , comment, extension, rows, pages, parent] = row;
  if (comment) object.comment = comment;
  if (extension) object.extension = extension;
  if (rows) object.rows = Number(rows);
  if (bytes !== undefined) object.bytes = bytes;
  else if (pages && (kind === 'table' || kind === 'materializedView')) object.bytes = Number(pages);
  if (parent) object.partitionOf = Number(parent);
  if (yes(row, 7)) object.isPartitioned = true;
  if (ownedBy !== undefined) object.ownedBy = ownedBy;
  return object;
}

const toFunction = (row: Row): CatalogObject => ({
  ...named(row),
  kind: 'function',
  variety: text(row, 4),
  signature: text(row, 5),
  ...optional('returns', row, 6),
});

const toType = (row: Row): CatalogObject => ({
  ...named(row),
  kind: 'type',
  variety: text(row, 4),
  ...optional('returns', row, 5),
});
