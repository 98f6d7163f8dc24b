import type { Description } from '#shared/catalog/description.ts';
import type { Ask, Row } from '../reader.ts';
import { int, optional, optionalInt, text, yes } from './cells.ts';

const maxPartitions = 1_000;

const constraintKinds: Record<string, Description['constraints'][number]['kind']> = {
  p: 'primaryKey',
  u: 'unique',
  c: 'check',
  f: 'foreignKey',
  x: 'exclusion',
  t: 'trigger',
};

const indexesSql = (oid: number): string => `
select c.relname, pg_catalog.pg_get_indexdef(i.indexrelid), pg_catalog.obj_description(c.oid, 'pg_class'),
  i.indisunique, i.indisprimary, i.indisvalid,
  case when c.relkind = 'i' and not exists (
    select from pg_catalog.pg_locks l where l.relation = c.oid and l.mode = 'AccessExclusiveLock')
  then pg_catalog.pg_relation_size(c.oid) end
from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
where i.indrelid = ${oid}
order by not i.indisprimary, c.relname`;

/** NOT NULL, which has constraints of its own from version 18, is told with the columns. */
const constraintsSql = (oid: number): string => `
select k.conname, pg_catalog.pg_get_constraintdef(k.oid, true), pg_catalog.obj_description(k.oid, 'pg_constraint'),
  k.contype, k.convalidated
from pg_catalog.pg_constraint k
where k.conrelid = ${oid} and k.contype in ('p', 'u', 'c', 'f', 'x', 't')
order by pg_catalog.strpos('puxcft', k.contype::pg_catalog.text), k.conname`;

const triggersSql = (oid: number): string => `
select t.tgname, pg_catalog.pg_get_triggerdef(t.oid, true), pg_catalog.obj_description(t.oid, 'pg_trigger'),
  t.tgenabled <> 'D'
from pg_catalog.pg_trigger t
where t.tgrelid = ${oid} and not t.tgisinternal
order by t.tgname`;

const policiesSql = (oid: number): string => `
select p.polname, pg_catalog.concat_ws(' ',
    case when not p.polpermissive then 'as restrictive' end,
    'for ' || case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
      when 'd' then 'delete' else 'all' end,
    'to ' || case when p.polroles = '{0}' then 'public' else (
      select pg_catalog.string_agg(case u.role when 0 then 'public'
        else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(u.role)) end, ', ' order by u.place)
      from pg_catalog.unnest(p.polroles) with ordinality u(role, place)) end,
    'using (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
    'with check (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
  pg_catalog.obj_description(p.oid, 'pg_policy')
from pg_catalog.pg_policy p
where p.polrelid = ${oid}
order by p.polname`;

const partitionsSql = (oid: number): string => `
select c.relname, pg_catalog.pg_get_expr(c.relpartbound, c.oid), pg_catalog.obj_description(c.oid, 'pg_class'),
  c.oid, n.nspname, c.relkind = 'p',
  case when c.reltuples >= 0 and (c.reltuples > 0 or c.relpages > 0) then c.reltuples::pg_catalog.int8 end,
  pg_catalog.count(*) over ()
from pg_catalog.pg_inherits i
join pg_catalog.pg_class c on c.oid = i.inhrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where i.inhparent = ${oid} and c.relispartition
order by n.nspname, c.relname
limit ${maxPartitions}`;

const described = (row: Row) => ({
  name: text(row, 0),
  definition: text(row, 1),
  ...optional('comment', row, 2),
});

export const loadIndexes = async (ask: Ask, oid: number): Promise<Description['indexes']> =>
  (await ask(indexesSql(oid))).map((row) => ({
    ...described(row),
    isUnique: yes(row, 3),
    isPrimary: yes(row, 4),
    isValid: yes(row, 5),
    ...optionalInt('bytes', row, 6),
  }));

export const loadConstraints = async (ask: Ask, oid: number): Promise<Description['constraints']> =>
  (await ask(constraintsSql(oid))).map((row) => ({
    ...described(row),
    kind: constraintKinds[text(row, 3)] ?? 'check',
    isValid: yes(row, 4),
  }));

export const loadTriggers = async (ask: Ask, oid: number): Promise<Description['triggers']> =>
  (await ask(triggersSql(oid))).map((row) => ({ ...described(row), isEnabled: yes(row, 3) }));

export const loadPolicies = async (ask: Ask, oid: number): Promise<Description['policies']> =>
  (await ask(policiesSql(oid))).map(described);

export async function loadPartitions(
  ask: Ask,
  oid: number,
): Promise<Pick<Description, 'partitions' | 'partitionCount'>> {
  const rows = await ask(partitionsSql(oid));
  const partitions = rows.map((row) => ({
    ...described(row),
    oid: int(row, 3),
    schema: text(row, 4),
    isPartitioned: yes(row, 5),
    ...optionalInt('rows', row, 6),
  }));
  const [first] = rows;
  return { partitions, ...(first ? { partitionCount: int(first, 7) } : {}) };
}
