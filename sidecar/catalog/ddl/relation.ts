import type { ObjectKind } from '#shared/catalog/objects.ts';
import { AppError } from '#shared/error/appError.ts';
import { int, text, yes } from '../queries/cells.ts';
import type { Ask } from '../reader.ts';
import { columnComments, columnsDdl, type ColumnDdl } from './columns.ts';
import { ownerAndGrants } from './grants.ts';
import { relationParts } from './relationParts.ts';
import { block, commentOn, foreignOptionsOf, nameOf, optionsOf, script } from './script.ts';
import { readSequence } from './sequence.ts';

/** `kind` is relkind; `parents` and the parent's name with the bound exclude each other. */
interface Relation {
  oid: number;
  name: string;
  persistence: string;
  isPopulated: boolean;
  options: string | null;
  tablespace: string | null;
  accessMethod: string | null;
  partitionBy: string | null;
  parents: string | null;
  attach: string | null;
  ofType: string | null;
  view: string | null;
  foreign: string | null;
  comment: string | null;
}

const relationSql = (oid: number): string => `
select ${nameOf('n.nspname', 'c.relname')},
  case c.relpersistence when 'u' then 'UNLOGGED ' when 't' then 'TEMPORARY ' else '' end, c.relispopulated,
  pg_catalog.concat_ws(', ', ${optionsOf('c.reloptions')}, ${optionsOf('tc.reloptions', 'toast.')}),
  (select pg_catalog.quote_ident(s.spcname) from pg_catalog.pg_tablespace s where s.oid = c.reltablespace),
  (select pg_catalog.quote_ident(m.amname) from pg_catalog.pg_am m where m.oid = c.relam and m.amname <> 'heap'),
  case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end,
  (select pg_catalog.string_agg(${nameOf('pn.nspname', 'pc.relname')}, ', ' order by i.inhseqno)
    from pg_catalog.pg_inherits i join pg_catalog.pg_class pc on pc.oid = i.inhparent
    join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace
    where i.inhrelid = c.oid and not c.relispartition),
  (select 'ALTER TABLE ' || ${nameOf('pn.nspname', 'pc.relname')} || ' ATTACH PARTITION ' || ${nameOf('n.nspname', 'c.relname')} ||
      ' ' || pg_catalog.pg_get_expr(c.relpartbound, c.oid)
    from pg_catalog.pg_inherits i join pg_catalog.pg_class pc on pc.oid = i.inhparent
    join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace
    where i.inhrelid = c.oid and c.relispartition),
  case when c.reloftype <> 0 then pg_catalog.format_type(c.reloftype, null) end,
  case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid, true) end,
  (select 'SERVER ' || pg_catalog.quote_ident(s.srvname) ||
      coalesce(' OPTIONS (' || ${foreignOptionsOf('f.ftoptions')} || ')', '')
    from pg_catalog.pg_foreign_table f join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
    where f.ftrelid = c.oid),
  pg_catalog.obj_description(c.oid, 'pg_class')
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_class tc on tc.oid = c.reltoastrelid
where c.oid = ${oid}`;

/** Constraints that can stand in CREATE TABLE; those that come with a parent are left to it. */
const inlineSql = (oid: number): string => `
select 'CONSTRAINT ' || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid)
from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid
where k.conrelid = ${oid} and k.contype in ('p', 'u', 'c', 'x', 'f') and k.convalidated
  and (k.conislocal or c.relispartition) and not (k.contype = 'f' and k.conparentid <> 0)
order by pg_catalog.strpos('puxcf', k.contype::pg_catalog.text), k.conname`;

const ownSequencesSql = (oid: number): string => `
select d.objid from pg_catalog.pg_depend d join pg_catalog.pg_class c on c.oid = d.objid and c.relkind = 'S'
where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refclassid = d.classid
  and d.refobjid = ${oid} and d.refobjsubid > 0 and d.deptype = 'a'
order by d.refobjsubid`;

async function readRelation(ask: Ask, oid: number): Promise<Relation> {
  const [row] = await ask(relationSql(oid));
  if (!row) throw new AppError('NOT_FOUND', 'This object is no longer there.');
  const at = (index: number): string | null => row[index] ?? null;
  return {
    oid,
    name: text(row, 0),
    persistence: text(row, 1),
    isPopulated: yes(row, 2),
    options: at(3) || null,
    tablespace: at(4),
    accessMethod: at(5),
    partitionBy: at(6),
    parents: at(7),
    attach: at(8),
    ofType: at(9),
    view: at(10),
    foreign: at(11),
    comment: at(12),
  };
}

const words: Partial<Record<ObjectKind, string>> = {
  view: 'VIEW',
  materializedView: 'MATERIALIZED VIEW',
  foreignTable: 'FOREIGN TABLE',
};

/** A table, view, materialized view or foreign table, with all that hangs on it. */
export async function relationDdl(ask: Ask, oid: number, kind: ObjectKind): Promise<string> {
  const relation = await readRelation(ask, oid);
  const word = words[kind] ?? 'TABLE';
  const columns = await columnsDdl(ask, oid);
  const isView = relation.view !== null;
  const sequences = isView ? [] : await ownSequences(ask, oid);
  const create = isView
    ? createView(relation, word)
    : createTable(relation, word, columns, await inline(ask, oid));
  const parts = await relationParts(ask, oid, { name: relation.name, word });
  const owned = { oid, catalog: 'pg_class', owner: 'relowner', acl: 'relacl', defaults: 'r' };
  const access = await ownerAndGrants(ask, {
    ...owned,
    alter: `${word} ${relation.name}`,
    grant: `TABLE ${relation.name}`,
  });
  return script(
    ...sequences.map((sequence) => sequence.create),
    create,
    block(sequences.flatMap(({ ownedBy }) => ownedBy ?? [])),
    block(columnChanges(relation, word, columns)),
    ...parts.before,
    relation.attach ?? undefined,
    ...parts.after,
    block([
      ...[commentOn(`${word} ${relation.name}`, relation.comment) ?? []].flat(),
      ...columnComments(columns, relation.name),
      ...parts.comments,
    ]),
    block(access),
  );
}

async function ownSequences(ask: Ask, oid: number) {
  const found = [];
  for (const row of await ask(ownSequencesSql(oid))) found.push(await readSequence(ask, int(row, 0)));
  return found;
}

const inline = async (ask: Ask, oid: number): Promise<string[]> =>
  (await ask(inlineSql(oid))).map((row) => text(row, 0));

function createView(
  { name, options, accessMethod, tablespace, view, isPopulated, persistence }: Relation,
  word: string,
): string {
  const head = `CREATE ${persistence}${word} ${name}`;
  const clauses = [
    accessMethod && `USING ${accessMethod}`,
    options && `WITH (${options})`,
    tablespace && `TABLESPACE ${tablespace}`,
  ].filter(Boolean);
  const query = (view ?? '').trimEnd().replace(/;$/, '');
  return `${[head, ...clauses].join(' ')} AS\n${query}${isPopulated ? '' : '\nWITH NO DATA'}`;
}

function createTable(relation: Relation, word: string, columns: ColumnDdl[], constraints: string[]): string {
  const { name, persistence, ofType, parents, partitionBy, accessMethod, options, tablespace, foreign } =
    relation;
  const own = columns.filter(({ isLocal }) => isLocal || relation.attach !== null);
  const lines = ofType
    ? columns.flatMap(({ name: column, rest }) => (rest ? `${column} WITH OPTIONS ${rest}` : []))
    : own.map(({ line }) => line);
  const all = [...lines, ...constraints];
  const list = all.length === 0 ? (ofType ? '' : ' ()') : ` (\n  ${all.join(',\n  ')}\n)`;
  const clauses = [
    parents && `INHERITS (${parents})`,
    foreign,
    partitionBy && `PARTITION BY ${partitionBy}`,
    accessMethod && `USING ${accessMethod}`,
    options && `WITH (${options})`,
    tablespace && `TABLESPACE ${tablespace}`,
  ].filter(Boolean);
  const head = `CREATE ${persistence}${word} ${name}${ofType ? ` OF ${ofType}` : ''}${list}`;
  return [head, ...clauses].join('\n');
}

/** What CREATE cannot say: storage and statistics, and defaults of columns that come from elsewhere. */
function columnChanges({ name, view, parents }: Relation, word: string, columns: ColumnDdl[]): string[] {
  return columns.flatMap((column) => {
    const isInherited = view !== null || (parents !== null && !column.isLocal);
    const set =
      isInherited && column.default ? [`ALTER COLUMN ${column.name} SET DEFAULT ${column.default}`] : [];
    return [...set, ...column.alter].map((action) => `ALTER ${word} ${name} ${action}`);
  });
}
