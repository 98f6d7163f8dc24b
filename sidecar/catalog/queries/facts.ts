import type { ObjectKind } from '#shared/catalog/objects.ts';
import type { Ask } from '../reader.ts';
import { nameOf } from '../ddl/script.ts';
import { text } from './cells.ts';

/** Each gives names and values, in the order in which they are shown. */
const routineFacts = (oid: number): string => `
select f.* from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang
cross join lateral (values
  ('Arguments', pg_catalog.pg_get_function_arguments(p.oid)), ('Returns', pg_catalog.pg_get_function_result(p.oid)),
  ('Language', l.lanname::pg_catalog.text),
  ('Volatility', case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end),
  ('Parallel', case p.proparallel when 's' then 'safe' when 'r' then 'restricted' else 'unsafe' end),
  ('Security', case when p.prosecdef then 'definer' else 'invoker' end),
  ('On NULL input', case when p.proisstrict then 'returns NULL' else 'is called' end)) f(name, value)
where p.oid = ${oid} and f.value <> ''`;

const typeFacts = (oid: number): string => `
select 'Label', e.enumlabel from (
  select enumlabel::pg_catalog.text from pg_catalog.pg_enum where enumtypid = ${oid} order by enumsortorder) e
union all
select f.* from pg_catalog.pg_type t cross join lateral (values
  ('Base type', pg_catalog.format_type(t.typbasetype, t.typtypmod)), ('Default', t.typdefault),
  ('NULL', case when t.typnotnull then 'refused' else 'allowed' end)) f(name, value)
where t.oid = ${oid} and t.typtype = 'd' and f.value is not null
union all
select 'Check ' || k.conname, pg_catalog.pg_get_constraintdef(k.oid, true)
from pg_catalog.pg_constraint k where k.contypid = ${oid} and k.contype = 'c'
union all
select 'Subtype', pg_catalog.format_type(r.rngsubtype, null) from pg_catalog.pg_range r where r.rngtypid = ${oid}`;

/** Where a sequence stands may be kept from this user, who may still see how it is made. */
const sequenceFacts = (oid: number): string => `
select f.* from pg_catalog.pg_sequence s cross join lateral (values
  ('Type', pg_catalog.format_type(s.seqtypid, null)), ('Start', s.seqstart::pg_catalog.text),
  ('Increment', s.seqincrement::pg_catalog.text), ('Minimum', s.seqmin::pg_catalog.text),
  ('Maximum', s.seqmax::pg_catalog.text), ('Cache', s.seqcache::pg_catalog.text),
  ('At its end', case when s.seqcycle then 'begins again' else 'fails' end),
  ('Last value', case when pg_catalog.has_sequence_privilege(s.seqrelid, 'usage, select')
    then pg_catalog.pg_sequence_last_value(s.seqrelid)::pg_catalog.text end)) f(name, value)
where s.seqrelid = ${oid} and f.value is not null`;

const relationFacts = (oid: number): string => `
select f.* from pg_catalog.pg_class c left join pg_catalog.pg_am m on m.oid = c.relam
cross join lateral (values
  ('Kept', case c.relpersistence when 'u' then 'unlogged' when 't' then 'temporary' end),
  ('Partitioned by', case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end),
  ('Partition of', (select ${nameOf('n.nspname', 'p.relname')} from pg_catalog.pg_inherits i
    join pg_catalog.pg_class p on p.oid = i.inhparent join pg_catalog.pg_namespace n on n.oid = p.relnamespace
    where i.inhrelid = c.oid and c.relispartition)),
  ('Values', pg_catalog.pg_get_expr(c.relpartbound, c.oid)),
  ('Row security', case when c.relforcerowsecurity then 'on, for its owner too' when c.relrowsecurity then 'on' end),
  ('Access method', nullif(m.amname, 'heap')::pg_catalog.text),
  ('Tablespace', (select s.spcname::pg_catalog.text from pg_catalog.pg_tablespace s where s.oid = c.reltablespace)),
  ('Options', pg_catalog.array_to_string(c.reloptions, ', ')),
  ('Server', (select s.srvname::pg_catalog.text from pg_catalog.pg_foreign_table f
    join pg_catalog.pg_foreign_server s on s.oid = f.ftserver where f.ftrelid = c.oid)),
  ('Filled', case when c.relkind = 'm' and not c.relispopulated then 'not yet' end)) f(name, value)
where c.oid = ${oid} and f.value is not null`;

const factsOf: Partial<Record<ObjectKind, (oid: number) => string>> = {
  function: routineFacts,
  type: typeFacts,
  sequence: sequenceFacts,
};

export async function loadFacts(
  ask: Ask,
  oid: number,
  kind: ObjectKind,
): Promise<{ name: string; value: string }[]> {
  const rows = await ask((factsOf[kind] ?? relationFacts)(oid));
  return rows.map((row) => ({ name: text(row, 0), value: text(row, 1) }));
}
