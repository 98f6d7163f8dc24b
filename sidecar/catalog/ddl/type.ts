import { AppError } from '#shared/error/appError.ts';
import { text } from '../queries/cells.ts';
import type { Ask } from '../reader.ts';
import { columnComments, columnsDdl } from './columns.ts';
import { ownerAndGrants } from './grants.ts';
import { block, commentOn, firsts, nameOf, script } from './script.ts';

const typeSql = (oid: number): string => `
select ${nameOf('n.nspname', 't.typname')}, t.typtype, t.typrelid, pg_catalog.obj_description(t.oid, 'pg_type')
from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.oid = ${oid}`;

const labelsSql = (oid: number): string => `
select pg_catalog.quote_literal(e.enumlabel) from pg_catalog.pg_enum e where e.enumtypid = ${oid} order by e.enumsortorder`;

const domainSql = (oid: number): string => `
select pg_catalog.concat_ws(' ', pg_catalog.format_type(t.typbasetype, t.typtypmod),
  case when t.typcollation <> b.typcollation then (
    select 'COLLATE ' || ${nameOf('cn.nspname', 'co.collname')} from pg_catalog.pg_collation co
    join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace where co.oid = t.typcollation) end,
  'DEFAULT ' || pg_catalog.pg_get_expr(t.typdefaultbin, 0),
  case when t.typnotnull then 'NOT NULL' end)
from pg_catalog.pg_type t join pg_catalog.pg_type b on b.oid = t.typbasetype
where t.oid = ${oid}`;

const domainChecksSql = (oid: number): string => `
select 'CONSTRAINT ' || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid),
  k.convalidated, pg_catalog.quote_ident(k.conname), pg_catalog.obj_description(k.oid, 'pg_constraint')
from pg_catalog.pg_constraint k
where k.contypid = ${oid} and k.contype = 'c'
order by k.conname`;

const rangeSql = (oid: number): string => `
select pg_catalog.concat_ws(', ', 'SUBTYPE = ' || pg_catalog.format_type(r.rngsubtype, null),
  case when not o.opcdefault then 'SUBTYPE_OPCLASS = ' || ${nameOf('n.nspname', 'o.opcname')} end,
  case when r.rngcollation <> s.typcollation then (
    select 'COLLATION = ' || ${nameOf('cn.nspname', 'co.collname')} from pg_catalog.pg_collation co
    join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace where co.oid = r.rngcollation) end,
  case when r.rngcanonical::pg_catalog.oid <> 0 then 'CANONICAL = ' || r.rngcanonical end,
  case when r.rngsubdiff::pg_catalog.oid <> 0 then 'SUBTYPE_DIFF = ' || r.rngsubdiff end,
  'MULTIRANGE_TYPE_NAME = ' || pg_catalog.format_type((pg_catalog.to_jsonb(r) ->> 'rngmultitypid')::pg_catalog.oid, null))
from pg_catalog.pg_range r
join pg_catalog.pg_type s on s.oid = r.rngsubtype
join pg_catalog.pg_opclass o on o.oid = r.rngsubopc
join pg_catalog.pg_namespace n on n.oid = o.opcnamespace
where r.rngtypid = ${oid}`;

const baseSql = (oid: number): string => `
select pg_catalog.concat_ws(', ', 'INPUT = ' || t.typinput, 'OUTPUT = ' || t.typoutput,
  case when t.typreceive::pg_catalog.oid <> 0 then 'RECEIVE = ' || t.typreceive end,
  case when t.typsend::pg_catalog.oid <> 0 then 'SEND = ' || t.typsend end,
  case when t.typmodin::pg_catalog.oid <> 0 then 'TYPMOD_IN = ' || t.typmodin end,
  case when t.typmodout::pg_catalog.oid <> 0 then 'TYPMOD_OUT = ' || t.typmodout end,
  'INTERNALLENGTH = ' || case when t.typlen < 0 then 'VARIABLE' else t.typlen::pg_catalog.text end,
  case when t.typbyval then 'PASSEDBYVALUE' end,
  'ALIGNMENT = ' || case t.typalign when 'c' then 'char' when 's' then 'int2' when 'i' then 'int4' else 'double' end,
  'STORAGE = ' || case t.typstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end)
from pg_catalog.pg_type t where t.oid = ${oid}`;

/** What stands behind CREATE TYPE or CREATE DOMAIN and the name. */
async function body(ask: Ask, oid: number, kind: string, relation: number): Promise<string> {
  if (kind === 'e') return ` AS ENUM (${list(firsts(await ask(labelsSql(oid))))})`;
  if (kind === 'c') return ` AS (${list((await columnsDdl(ask, relation)).map(({ line }) => line))})`;
  if (kind === 'r') return ` AS RANGE (${firsts(await ask(rangeSql(oid))).join('')})`;
  if (kind === 'b') return ` (${firsts(await ask(baseSql(oid))).join('')})`;
  const checks = (await ask(domainChecksSql(oid))).filter(([, validated]) => validated === 't');
  return ` AS ${[...firsts(await ask(domainSql(oid))), ...firsts(checks)].join('\n  ')}`;
}

/** A line each, and the last parenthesis on its own. */
const list = (lines: string[]): string => (lines.length === 0 ? '' : `\n  ${lines.join(',\n  ')}\n`);

export async function typeDdl(ask: Ask, oid: number): Promise<string> {
  const [row] = await ask(typeSql(oid));
  if (!row) throw new AppError('NOT_FOUND', 'This type is no longer there.');
  const [name, kind, relation] = [text(row, 0), text(row, 1), Number(row[2])];
  const word = kind === 'd' ? 'DOMAIN' : 'TYPE';
  const owned = { oid, catalog: 'pg_type', owner: 'typowner', acl: 'typacl', defaults: 'T' };
  const access = await ownerAndGrants(ask, { ...owned, alter: `${word} ${name}`, grant: `TYPE ${name}` });
  const checks = kind === 'd' ? await ask(domainChecksSql(oid)) : [];
  const columns = kind === 'c' ? await columnsDdl(ask, relation) : [];
  return script(
    `CREATE ${word} ${name}${await body(ask, oid, kind, relation)}`,
    block(
      checks.filter((each) => each[1] !== 't').map((each) => `ALTER DOMAIN ${name} ADD ${text(each, 0)}`),
    ),
    commentOn(`${word} ${name}`, row[3]),
    block(columnComments(columns, name)),
    block(
      checks.flatMap((each) => commentOn(`CONSTRAINT ${text(each, 2)} ON DOMAIN ${name}`, each[3]) ?? []),
    ),
    block(access),
  );
}
