import type { CatalogExtension, CatalogSchema } from '#shared/catalog/objects.ts';
import type { Ask, Row } from '../reader.ts';
import { int, optional, text, yes } from './cells.ts';
import { isListedType } from './objects.ts';

export interface SchemasLevel {
  schemas: CatalogSchema[];
  extensions: CatalogExtension[];
  searchPath: string[];
}

const schemasSql = `
select n.oid, n.nspname, pg_catalog.pg_get_userbyid(n.nspowner),
  pg_catalog.obj_description(n.oid, 'pg_namespace'),
  n.nspname ~ '^pg_' or n.nspname = 'information_schema',
  n.nspname ~ '^pg_(toast_)?temp_',
  pg_catalog.has_schema_privilege(n.oid, 'usage')
from pg_catalog.pg_namespace n
order by n.nspname`;

/** Partitions are counted with their table, where that is in the same schema. */
const relationCountsSql = `
select c.relnamespace,
  count(*) filter (where c.relkind in ('r', 'p')), count(*) filter (where c.relkind = 'v'),
  count(*) filter (where c.relkind = 'm'), count(*) filter (where c.relkind = 'f'),
  count(*) filter (where c.relkind = 'S')
from pg_catalog.pg_class c
where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  and not (c.relispartition and exists (
    select from pg_catalog.pg_inherits i join pg_catalog.pg_class p on p.oid = i.inhparent
    where i.inhrelid = c.oid and p.relnamespace = c.relnamespace))
group by 1`;

const functionCountsSql = `
select p.pronamespace, count(*) from pg_catalog.pg_proc p group by 1`;

const typeCountsSql = `
select t.typnamespace, count(*)
from pg_catalog.pg_type t left join pg_catalog.pg_class c on c.oid = t.typrelid
where ${isListedType} group by 1`;

const extensionsSql = `
select e.oid, e.extname, e.extversion, n.nspname, pg_catalog.obj_description(e.oid, 'pg_extension')
from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
order by e.extname`;

/** As the user's own statements have it, and not as ours. */
const searchPathSql = `
set local search_path to default;
select s.name
from pg_catalog.unnest(pg_catalog.current_schemas(false)) with ordinality s(name, place)
order by s.place`;

export async function loadSchemas(ask: Ask): Promise<SchemasLevel> {
  const rows = await ask(schemasSql);
  const relations = await counts(ask, relationCountsSql);
  const functions = await counts(ask, functionCountsSql);
  const types = await counts(ask, typeCountsSql);
  const extensions = await ask(extensionsSql);
  const searchPath = await ask(searchPathSql);
  return {
    schemas: rows.map((row) => toSchema(row, { relations, functions, types })),
    extensions: extensions.map((row) => ({
      oid: int(row, 0),
      name: text(row, 1),
      version: text(row, 2),
      schema: text(row, 3),
      ...optional('comment', row, 4),
    })),
    searchPath: searchPath.map((row) => text(row, 0)),
  };
}

type Counts = (schemaOid: string, column?: number) => number | null;

/** A hardened server may keep parts of its catalog from this user: then that is said, and the rest is there. */
async function counts(ask: Ask, sql: string): Promise<Counts> {
  const rows = await ask(sql).catch(() => undefined);
  if (!rows) return () => null;
  const bySchema = new Map(rows.map((row) => [row[0], row]));
  return (schemaOid, column = 1) => Number(bySchema.get(schemaOid)?.[column] ?? 0);
}

function toSchema(
  row: Row,
  { relations, functions, types }: Record<'relations' | 'functions' | 'types', Counts>,
): CatalogSchema {
  const oid = text(row, 0);
  return {
    oid: int(row, 0),
    name: text(row, 1),
    owner: text(row, 2),
    ...optional('comment', row, 3),
    isSystem: yes(row, 4),
    ...(yes(row, 5) ? { isTemporary: true } : {}),
    usable: yes(row, 6),
    counts: {
      tables: relations(oid),
      views: relations(oid, 2),
      materializedViews: relations(oid, 3),
      foreignTables: relations(oid, 4),
      functions: functions(oid),
      types: types(oid),
      sequences: relations(oid, 5),
    },
  };
}
