import { text, yes } from '../queries/cells.ts';
import type { Ask, Row } from '../reader.ts';
import { block, commentOn, firsts, nameOf, optionsOf } from './script.ts';

interface Parts {
  /** Before the table becomes a partition, so that its indexes and constraints are taken for the parent's. */
  before: (string | undefined)[];
  after: (string | undefined)[];
  comments: string[];
}

const lateConstraintsSql = (oid: number): string => `
select 'ADD CONSTRAINT ' || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid)
from pg_catalog.pg_constraint k
where k.conrelid = ${oid} and k.contype in ('c', 'f', 'n') and not k.convalidated and k.conislocal and k.conparentid = 0
order by k.conname`;

/** The definition of a partitioned table's index begins \`... ON ONLY\`, which would leave out the partitions. */
const indexesSql = (oid: number): string => `
select case when c.relkind = 'I' then pg_catalog.replace(pg_catalog.pg_get_indexdef(c.oid),
    'INDEX ' || pg_catalog.quote_ident(c.relname) || ' ON ONLY ', 'INDEX ' || pg_catalog.quote_ident(c.relname) || ' ON ')
    else pg_catalog.pg_get_indexdef(c.oid) end,
  ${nameOf('n.nspname', 'c.relname')}, k.oid is not null, ${optionsOf('c.reloptions')},
  (select pg_catalog.quote_ident(s.spcname) from pg_catalog.pg_tablespace s where s.oid = c.reltablespace),
  i.indisclustered, i.indisreplident, pg_catalog.quote_ident(c.relname), pg_catalog.obj_description(c.oid, 'pg_class')
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_constraint k on k.conindid = c.oid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')
where i.indrelid = ${oid}
order by c.relname`;

const statisticsSql = (oid: number): string => `
select pg_catalog.pg_get_statisticsobjdef(s.oid), ${nameOf('n.nspname', 's.stxname')},
  nullif(pg_catalog.to_jsonb(s) ->> 'stxstattarget', '-1'), pg_catalog.obj_description(s.oid, 'pg_statistic_ext')
from pg_catalog.pg_statistic_ext s join pg_catalog.pg_namespace n on n.oid = s.stxnamespace
where s.stxrelid = ${oid}
order by s.stxname`;

const rulesSql = (oid: number): string => `
select pg_catalog.pg_get_ruledef(r.oid), pg_catalog.quote_ident(r.rulename), pg_catalog.obj_description(r.oid, 'pg_rewrite'),
  case r.ev_enabled when 'D' then 'DISABLE' when 'R' then 'ENABLE REPLICA' when 'A' then 'ENABLE ALWAYS' end
from pg_catalog.pg_rewrite r where r.ev_class = ${oid} and r.rulename <> '_RETURN' order by r.rulename`;

/** Those of a partition that come with the parent's are made with it. */
const triggersSql = (oid: number): string => `
select pg_catalog.pg_get_triggerdef(t.oid), pg_catalog.quote_ident(t.tgname), pg_catalog.obj_description(t.oid, 'pg_trigger'),
  case t.tgenabled when 'D' then 'DISABLE' when 'R' then 'ENABLE REPLICA' when 'A' then 'ENABLE ALWAYS' end
from pg_catalog.pg_trigger t
where t.tgrelid = ${oid} and not t.tgisinternal and coalesce(pg_catalog.to_jsonb(t) ->> 'tgparentid', '0') = '0'
order by t.tgname`;

const policiesSql = (oid: number): string => `
select 'CREATE POLICY ' || pg_catalog.quote_ident(p.polname) || ' ON ' || ${nameOf('n.nspname', 'c.relname')} ||
  case when p.polpermissive then '' else ' AS RESTRICTIVE' end ||
  ' FOR ' || case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end ||
  ' TO ' || (select pg_catalog.string_agg(case u.role when 0 then 'PUBLIC'
      else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(u.role)) end, ', ' order by u.place)
    from pg_catalog.unnest(p.polroles) with ordinality u(role, place)) ||
  coalesce(' USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')', '') ||
  coalesce(' WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')', ''),
  pg_catalog.quote_ident(p.polname), pg_catalog.obj_description(p.oid, 'pg_policy')
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where p.polrelid = ${oid}
order by p.polname`;

const switchesSql = (oid: number): string => `
select c.relrowsecurity, c.relforcerowsecurity,
  case when c.relkind in ('r', 'p') then case c.relreplident when 'n' then 'NOTHING' when 'f' then 'FULL' end end
from pg_catalog.pg_class c where c.oid = ${oid}`;

const constraintCommentsSql = (oid: number): string => `
select pg_catalog.quote_ident(k.conname), pg_catalog.obj_description(k.oid, 'pg_constraint')
from pg_catalog.pg_constraint k
where k.conrelid = ${oid} and pg_catalog.obj_description(k.oid, 'pg_constraint') is not null
order by k.conname`;

/** What is made on a table or view once it is there. */
export async function relationParts(
  ask: Ask,
  oid: number,
  { name, word }: { name: string; word: string },
): Promise<Parts> {
  const late = firsts(await ask(lateConstraintsSql(oid)));
  const indexes = await ask(indexesSql(oid));
  const statistics = await ask(statisticsSql(oid));
  const rules = await ask(rulesSql(oid));
  const triggers = await ask(triggersSql(oid));
  const policies = await ask(policiesSql(oid));
  const [switches = []] = await ask(switchesSql(oid));
  const alter = (what: string): string => `ALTER ${word} ${name} ${what}`;
  return {
    before: [
      block(late.map(alter)),
      block(indexes.flatMap(indexStatements)),
      block(statistics.flatMap(statisticsStatements)),
    ],
    after: [
      block(indexes.flatMap((index) => indexUses(index).map(alter))),
      block(rules.map((rule) => text(rule, 0).replace(/;$/, ''))),
      block(triggers.map((trigger) => text(trigger, 0))),
      block([...enabling(rules, 'RULE'), ...enabling(triggers, 'TRIGGER')].map(alter)),
      block([
        ...(switches[0] === 't' ? [alter('ENABLE ROW LEVEL SECURITY')] : []),
        ...(switches[1] === 't' ? [alter('FORCE ROW LEVEL SECURITY')] : []),
        ...(switches[2] ? [alter(`REPLICA IDENTITY ${switches[2]}`)] : []),
        ...firsts(policies),
      ]),
    ],
    comments: [
      ...indexes.flatMap((row) => commentOn(`INDEX ${text(row, 1)}`, row[8]) ?? []),
      ...statistics.flatMap((row) => commentOn(`STATISTICS ${text(row, 1)}`, row[3]) ?? []),
      ...(await ask(constraintCommentsSql(oid))).flatMap(
        (row) => commentOn(`CONSTRAINT ${text(row, 0)} ON ${name}`, row[1]) ?? [],
      ),
      ...on(rules, 'RULE', name),
      ...on(triggers, 'TRIGGER', name),
      ...on(policies, 'POLICY', name),
    ],
  };
}

const on = (rows: Row[], word: string, name: string): string[] =>
  rows.flatMap((row) => commentOn(`${word} ${text(row, 1)} ON ${name}`, row[2]) ?? []);

const enabling = (rows: Row[], word: string): string[] =>
  rows.flatMap((row) => (row[3] ? [`${row[3]} ${word} ${text(row, 1)}`] : []));

/** One that a constraint made is there already, without its options. */
function indexStatements(row: Row): string[] {
  const ofConstraint = yes(row, 2);
  return [
    ...(ofConstraint ? [] : [text(row, 0)]),
    ...(ofConstraint && row[3] ? [`ALTER INDEX ${text(row, 1)} SET (${row[3]})`] : []),
    ...(row[4] ? [`ALTER INDEX ${text(row, 1)} SET TABLESPACE ${row[4]}`] : []),
  ];
}

const indexUses = (row: Row): string[] => [
  ...(yes(row, 5) ? [`CLUSTER ON ${text(row, 7)}`] : []),
  ...(yes(row, 6) ? [`REPLICA IDENTITY USING INDEX ${text(row, 7)}`] : []),
];

const statisticsStatements = (row: Row): string[] => [
  text(row, 0),
  ...(row[2] ? [`ALTER STATISTICS ${text(row, 1)} SET STATISTICS ${row[2]}`] : []),
];
