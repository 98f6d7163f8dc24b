import type { Ask, Row } from '../reader.ts';
import { text, yes } from '../queries/cells.ts';
import { commentOn, foreignOptionsOf, nameOf, optionsOf } from './script.ts';
import { sequenceOptions } from './sequence.ts';

/** What newer versions have of a column is asked for by its name in JSON, which is null in older ones. */
const columnsSql = (oid: number): string => `
select pg_catalog.quote_ident(a.attname), pg_catalog.format_type(a.atttypid, a.atttypmod),
  case when a.attcollation <> t.typcollation then (
    select ${nameOf('cn.nspname', 'co.collname')} from pg_catalog.pg_collation co
    join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace where co.oid = a.attcollation) end,
  ${foreignOptionsOf('a.attfdwoptions')},
  case when a.attgenerated = '' then pg_catalog.pg_get_expr(e.adbin, e.adrelid) end,
  case when a.attgenerated <> '' then 'GENERATED ALWAYS AS (' || pg_catalog.pg_get_expr(e.adbin, e.adrelid) || ')' ||
    case a.attgenerated when 's' then ' STORED' else ' VIRTUAL' end end,
  case when a.attidentity <> '' then 'GENERATED ' || case a.attidentity when 'a' then 'ALWAYS' else 'BY DEFAULT' end ||
    ' AS IDENTITY' || coalesce((
      select ' (' || case when sc.relname <> c.relname || '_' || a.attname || '_seq' or sc.relnamespace <> c.relnamespace
        then 'SEQUENCE NAME ' || ${nameOf('sn.nspname', 'sc.relname')} || ' ' else '' end || ${sequenceOptions('s')} || ')'
      from pg_catalog.pg_depend d
      join pg_catalog.pg_sequence s on s.seqrelid = d.objid
      join pg_catalog.pg_class sc on sc.oid = d.objid
      join pg_catalog.pg_namespace sn on sn.oid = sc.relnamespace
      where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refclassid = d.classid
        and d.refobjid = a.attrelid and d.refobjsubid = a.attnum and d.deptype = 'i'), '') end,
  a.attnotnull,
  (select case when k.conname <> c.relname || '_' || a.attname || '_not_null'
      then 'CONSTRAINT ' || pg_catalog.quote_ident(k.conname) || ' ' else '' end || 'NOT NULL' ||
      case when k.connoinherit then ' NO INHERIT' else '' end
    from pg_catalog.pg_constraint k
    where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey = array[a.attnum] and k.convalidated),
  a.attislocal,
  case when a.attstorage <> t.typstorage then case a.attstorage
    when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' else 'EXTENDED' end end,
  nullif(pg_catalog.to_jsonb(a) ->> 'attcompression', ''),
  nullif(pg_catalog.to_jsonb(a) ->> 'attstattarget', '-1'),
  ${optionsOf('a.attoptions')},
  pg_catalog.col_description(a.attrelid, a.attnum),
  exists (select from pg_catalog.pg_constraint k
    where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey = array[a.attnum] and not k.convalidated)
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_attrdef e on e.adrelid = a.attrelid and e.adnum = a.attnum
where a.attrelid = ${oid} and a.attnum > 0 and not a.attisdropped
order by a.attnum`;

export interface ColumnDdl {
  /** Quoted. */
  name: string;
  type: string;
  isLocal: boolean;
  default: string | undefined;
  /** `name type ...`, as in CREATE TABLE. */
  line: string;
  /** What comes after the type. */
  rest: string;
  /** Actions of ALTER TABLE that follow. */
  alter: string[];
  comment: string | undefined;
}

export async function columnsDdl(ask: Ask, oid: number): Promise<ColumnDdl[]> {
  return (await ask(columnsSql(oid))).map(toColumn);
}

function toColumn(row: Row): ColumnDdl {
  const [name, type] = [text(row, 0), text(row, 1)];
  const [, , collation, options, defaultTo, generated, identity] = row;
  const compression = { p: 'pglz', l: 'lz4' }[row[11] ?? ''];
  // From version 18 it is a constraint with a name, which may be one that the rows of before have not been checked by.
  const notNull = yes(row, 7) && !yes(row, 15) ? (row[8] ?? 'NOT NULL') : undefined;
  const rest = [
    options && `OPTIONS (${options})`,
    collation && `COLLATE ${collation}`,
    defaultTo && `DEFAULT ${defaultTo}`,
    generated,
    identity,
    notNull,
  ]
    .filter(Boolean)
    .join(' ');
  const set = (what: string): string => `ALTER COLUMN ${name} ${what}`;
  return {
    name,
    type,
    isLocal: yes(row, 9),
    default: defaultTo ?? undefined,
    line: `${name} ${type}${rest && ` ${rest}`}`,
    rest,
    alter: [
      ...(row[10] ? [set(`SET STORAGE ${row[10]}`)] : []),
      ...(compression ? [set(`SET COMPRESSION ${compression}`)] : []),
      ...(row[12] ? [set(`SET STATISTICS ${row[12]}`)] : []),
      ...(row[13] ? [set(`SET (${row[13]})`)] : []),
    ],
    comment: row[14] ?? undefined,
  };
}

export const columnComments = (columns: ColumnDdl[], table: string): string[] =>
  columns.flatMap(({ name, comment }) => commentOn(`COLUMN ${table}.${name}`, comment) ?? []);
