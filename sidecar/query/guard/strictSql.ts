import { safeFunctions, safeLibraryFunctions } from './safeFunctions.ts';
import type { QualifiedName, TreeFacts } from './treeFacts.ts';

/** Objects below this number were made with the cluster itself. */
const firstUserOid = 16_384;

/** Operators that a query uses without writing them: IN, USING, CASE, NULLIF, ORDER BY, DISTINCT, LIKE, BETWEEN. */
const unwrittenOperators = ['=', '<>', '<', '>', '<=', '>=', '~~', '!~~', '~~*', '!~~*', '~', '!~'];

/** Names along the search path, and those that the statement writes. */
const namesCte = (facts: TreeFacts): string => `
path as (
  select n.oid, n.nspname from pg_catalog.pg_namespace n
  where n.nspname operator(pg_catalog.=) any (pg_catalog.current_schemas(true))),
function_names as (${namesSql(facts.functions)}),
attribute_names as (${namesSql(facts.attributes.map(unqualified))}),
operator_names as (${namesSql([...facts.operators, ...unwrittenOperators.map(unqualified)])}),
relation_names as (${namesSql(facts.relations)}),
type_names as (${namesSql([...facts.types, ...facts.functions])})`;

/** Tables, what views read, and the parts of both. */
const relationsCte = (): string => `
relations(oid) as (
  select c.oid from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
    join relation_names w on w.name operator(pg_catalog.=) c.relname and ${inSchema}
  union
  select next.oid from relations r cross join lateral (
    select i.inhrelid as oid from pg_catalog.pg_inherits i where i.inhparent operator(pg_catalog.=) r.oid
    union all
    ${numbersSql('relid', `(${viewTrees('r.oid')}) trees`)}
  ) next),
views(tree) as (
  select v.tree from relations r cross join lateral (${viewTrees('r.oid')}) v)`;

/** Types that are written, also as functions, with those that domains and arrays are made of. */
const typesCte = (): string => `
types(oid) as (
  select t.oid from pg_catalog.pg_type t
    join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) t.typnamespace
    join type_names w on w.name operator(pg_catalog.=) t.typname and ${inSchema}
  union
  select part.oid from types y
    join pg_catalog.pg_type b on b.oid operator(pg_catalog.=) y.oid
    cross join lateral (values (b.typbasetype), (b.typelem)) part(oid)
    where part.oid operator(pg_catalog.<>) 0::pg_catalog.oid)`;

/** All stored expressions that would be evaluated. */
const treesCte = (): string => `
trees(tree) as (
  select tree from views
  union all
  select p.polqual::pg_catalog.text from pg_catalog.pg_policy p
    join relations r on r.oid operator(pg_catalog.=) p.polrelid
  union all
  select c.conbin::pg_catalog.text from pg_catalog.pg_constraint c
    join (select oid from types union all ${numbersSql('resulttype', 'views trees')}) y
    on y.oid operator(pg_catalog.=) c.contypid)`;

const calledCte = (): string => `
called(oid) as (
  select p.oid from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) p.pronamespace
    join function_names w on w.name operator(pg_catalog.=) p.proname and ${inSchema}
  union all
  select p.oid from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) p.pronamespace
    join attribute_names w on w.name operator(pg_catalog.=) p.proname and ${inSchema}
    where p.pronargs operator(pg_catalog.>=) 1
      and p.pronargs operator(pg_catalog.-) p.pronargdefaults operator(pg_catalog.<=) 1
  union all
  ${numbersSql('funcid|opfuncid|aggfnoid|winfnoid|tsmhandler', 'trees')}
  union all
  select o.oprcode::pg_catalog.oid from pg_catalog.pg_operator o
    join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) o.oprnamespace
    join operator_names w on w.name operator(pg_catalog.=) o.oprname and ${inSchema}
  union all
  select o.oprcode::pg_catalog.oid from pg_catalog.pg_operator o
    join (${numbersSql('opno|eqop|sortop', 'trees')}) used on used.oid operator(pg_catalog.=) o.oid
  union all
  select c.castfunc from pg_catalog.pg_cast c join types t on t.oid operator(pg_catalog.=) c.casttarget),
functions(oid) as (
  select oid from called
  union all
  select part.oid from pg_catalog.pg_aggregate a join called c on c.oid operator(pg_catalog.=) a.aggfnoid
  cross join lateral pg_catalog.unnest(array[a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn,
    a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn]::pg_catalog.oid[]) part(oid))`;

/**
 * One query that finds what a statement with these names could reach and must not: volatile functions outside the safe
 * lists, and foreign tables. It follows views, inheritance and partitions, row policies, domains, casts that are written,
 * operators, and the parts of aggregates. The functions in a view are read from its stored tree, for the dependencies of
 * the catalog leave out all that PostgreSQL itself brings.
 *
 * It sees names along the search path that is in force, and is itself independent of that: every name in it is qualified.
 */
export const strictSql = (facts: TreeFacts): string => `
with recursive ${[namesCte(facts), relationsCte(), typesCte(), treesCte(), calledCte()].join(',')}
select distinct 'function', p.oid::pg_catalog.regprocedure::pg_catalog.text
from functions f join pg_catalog.pg_proc p on p.oid operator(pg_catalog.=) f.oid
where p.provolatile operator(pg_catalog.=) 'v' and not (${safeSql})
union all
select 'foreignTable', c.oid::pg_catalog.regclass::pg_catalog.text
from relations r join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) r.oid
where c.relkind operator(pg_catalog.=) 'f'
limit 20`;

/** Is the schema the one that is written, or one of the search path where none is? */
const inSchema =
  '(w.schema operator(pg_catalog.=) n.nspname or (w.schema is null and n.oid operator(pg_catalog.=) any (select path.oid from path)))';

const unqualified = (name: string): QualifiedName => ({ schema: undefined, name });

/** The stored tree of a view that somebody made. */
const viewTrees = (relation: string): string => `
    select v.ev_action::pg_catalog.text as tree from pg_catalog.pg_rewrite v
    where v.ev_class operator(pg_catalog.=) ${relation} and v.ev_type operator(pg_catalog.=) '1'
      and v.ev_class operator(pg_catalog.>=) ${firstUserOid}::pg_catalog.oid`;

/** All numbers that stand in stored trees under these labels. */
const numbersSql = (labels: string, source: string): string => `
    select found.match[1]::pg_catalog.oid as oid from ${source}
    cross join lateral pg_catalog.regexp_matches(trees.tree, E':(?:${labels}) ([0-9]+)', 'g') found(match)`;

const safeSql = `
  (p.oid operator(pg_catalog.<) ${firstUserOid}::pg_catalog.oid
    and p.proname operator(pg_catalog.=) any (array[${safeFunctions.map(literal).join(', ')}]::pg_catalog.name[]))
  or (${safeLibraryFunctions
    .map(
      ({ library, name }) =>
        `(p.proname operator(pg_catalog.=) ${literal(name)} and p.probin operator(pg_catalog.=) ${literal(`$libdir/${library}`)})`,
    )
    .join(' or ')})`;

/** Names as rows; a list without any still has its columns. */
function namesSql(names: QualifiedName[]): string {
  const each = new Map(names.map((name) => [JSON.stringify([name.schema, name.name]), name]));
  const rows = [...each.values()].map(
    ({ schema, name }) => `(${schema === undefined ? 'null' : literal(schema)}, ${literal(name)})`,
  );
  const values = rows.length > 0 ? rows.join(', ') : '(null, null)';
  return `select v.schema::pg_catalog.name as schema, v.name::pg_catalog.name as name from (values ${values}) v(schema, name)`;
}

/** Reads the same whatever standard_conforming_strings says. */
function literal(text: string): string {
  return `E'${text.replace(/['\\]/g, '$&$&')}'`;
}
