import { AppError } from '#shared/error/appError.ts';
import { text } from '../queries/cells.ts';
import type { Ask } from '../reader.ts';
import { ownerAndGrants } from './grants.ts';
import { block, commentOn, nameOf, script } from './script.ts';

/** Of a row of pg_sequence. */
export const sequenceOptions = (s: string): string => `
'START WITH ' || ${s}.seqstart || ' INCREMENT BY ' || ${s}.seqincrement || ' MINVALUE ' || ${s}.seqmin ||
  ' MAXVALUE ' || ${s}.seqmax || ' CACHE ' || ${s}.seqcache || case when ${s}.seqcycle then ' CYCLE' else '' end`;

const sequenceSql = (oid: number): string => `
select ${nameOf('n.nspname', 'c.relname')},
  'CREATE ' || case c.relpersistence when 'u' then 'UNLOGGED ' when 't' then 'TEMPORARY ' else '' end || 'SEQUENCE ' ||
    ${nameOf('n.nspname', 'c.relname')} || e'\\n  AS ' || pg_catalog.format_type(s.seqtypid, null) || ' ' || ${sequenceOptions('s')},
  pg_catalog.obj_description(c.oid, 'pg_class'),
  d.deptype, ${nameOf('tn.nspname', 'tc.relname')} || '.' || pg_catalog.quote_ident(a.attname)
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_sequence s on s.seqrelid = c.oid
left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid
  and d.refclassid = d.classid and d.refobjsubid > 0 and d.deptype in ('a', 'i')
left join pg_catalog.pg_class tc on tc.oid = d.refobjid
left join pg_catalog.pg_namespace tn on tn.oid = tc.relnamespace
left join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where c.oid = ${oid}`;

export interface SequenceDdl {
  name: string;
  create: string;
  /** The statement that ties it to the column that it is for. */
  ownedBy?: string;
  /** Made with its identity column. */
  ofIdentity?: string;
  comment: string | undefined;
}

export async function readSequence(ask: Ask, oid: number): Promise<SequenceDdl> {
  const [row] = await ask(sequenceSql(oid));
  if (!row) throw new AppError('NOT_FOUND', 'This sequence is no longer there.');
  const [name, column] = [text(row, 0), text(row, 4)];
  return {
    name,
    create: text(row, 1),
    ...(row[3] === 'a' ? { ownedBy: `ALTER SEQUENCE ${name} OWNED BY ${column}` } : {}),
    ...(row[3] === 'i' ? { ofIdentity: column } : {}),
    comment: row[2] ?? undefined,
  };
}

export async function sequenceDdl(ask: Ask, oid: number): Promise<string> {
  const { name, create, ownedBy, ofIdentity, comment } = await readSequence(ask, oid);
  if (ofIdentity !== undefined)
    return `-- Made with the identity column ${ofIdentity}.\n-- ${create}`.replaceAll('\n  ', ' ');
  const owned = { oid, catalog: 'pg_class', owner: 'relowner', acl: 'relacl', defaults: 's' };
  const access = await ownerAndGrants(ask, {
    ...owned,
    alter: `SEQUENCE ${name}`,
    grant: `SEQUENCE ${name}`,
  });
  // One that belongs to a column has the table's owner.
  const rest = ownedBy === undefined ? access : access.filter((statement) => !statement.startsWith('ALTER '));
  return script(create, ownedBy, commentOn(`SEQUENCE ${name}`, comment), block(rest));
}
