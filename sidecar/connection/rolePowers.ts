import { rolePowers, type RolePower } from '#shared/connection/rolePowers.ts';
import type { Backend } from '../postgres/backend.ts';

/** In a catalog with tens of thousands of tables it takes 100 ms; one that takes longer than this is not waited for. */
const lookLimitMs = 500;

const eq = 'operator(pg_catalog.=)';
const mine = `any (select oid from mine)`;

/** Is it somebody's of `mine`, or everybody's? */
const granted = (acl: string, privileges: string): string => `exists (
  select from pg_catalog.aclexplode(${acl}) as item
  where item.privilege_type ${eq} any ('{${privileges}}') and (item.grantee ${eq} 0 or item.grantee ${eq} ${mine}))`;

/** The server notes who owns what, and who was granted what, in one table with an index by role. */
const noted = (deptype: 'o' | 'a', classes: string): string => `
  from pg_catalog.pg_shdepend as note
  where note.refclassid ${eq} 'pg_catalog.pg_authid'::pg_catalog.regclass and note.refobjid ${eq} ${mine}
    and note.deptype ${eq} '${deptype}' and note.classid ${eq} any ('{${classes}}'::pg_catalog.regclass[])
    and (note.dbid ${eq} (select oid from here) or note.objid ${eq} (select oid from here))`;

/** What the server brings itself stands below; some of its views may be "updated" by everybody. */
const firstOwnOid = 16_384;

const member = (role: string): string => `exists (select from mine where rolname ${eq} '${role}')`;

const conditions: Record<RolePower, string> = {
  superuser: 'exists (select from mine where rolsuper)',
  owner: `exists (select ${noted('o', 'pg_catalog.pg_class,pg_catalog.pg_proc,pg_catalog.pg_namespace,pg_catalog.pg_database')})`,
  createsRoles: 'exists (select from mine where rolcreaterole)',
  createsDatabases: 'exists (select from mine where rolcreatedb)',
  bypassesRowSecurity: 'exists (select from mine where rolbypassrls)',
  replication: 'exists (select from mine where rolreplication)',
  writesTables: `${member('pg_write_all_data')} or exists (select ${noted('o', 'pg_catalog.pg_class')})
    or exists (select from (
        select distinct relacl from pg_catalog.pg_class
        where oid operator(pg_catalog.>=) ${firstOwnOid} and relkind ${eq} any ('{r,p,v,f}') and relacl is not null
      ) as grants
      where ${granted('grants.relacl', 'INSERT,UPDATE,DELETE,TRUNCATE')})
    or exists (select ${noted('a', 'pg_catalog.pg_class')} and note.objsubid operator(pg_catalog.>) 0
      and exists (select from pg_catalog.pg_attribute as part
        where part.attrelid ${eq} note.objid and part.attnum ${eq} note.objsubid
          and ${granted('part.attacl', 'INSERT,UPDATE')}))`,
  createsObjects: `exists (select from here where ${granted("coalesce(here.datacl, pg_catalog.acldefault('d', here.datdba))", 'CREATE')})
    or exists (select from pg_catalog.pg_namespace as space
      where ${granted("coalesce(space.nspacl, pg_catalog.acldefault('n', space.nspowner))", 'CREATE')})`,
  writesServerFiles: member('pg_write_server_files'),
  runsServerPrograms: member('pg_execute_server_program'),
  signalsBackends: member('pg_signal_backend'),
};

/** The roles that it is a member of count too: whoever does not inherit from one can still take it on by SET ROLE. */
const powersSql = (role: string): string => `set local statement_timeout to ${lookLimitMs};
  with mine as materialized (
    select * from pg_catalog.pg_roles where pg_catalog.pg_has_role('${role.replaceAll("'", "''")}', oid, 'MEMBER')),
  here as materialized (
    select * from pg_catalog.pg_database where datname ${eq} pg_catalog.current_database())
  ${Object.entries(conditions)
    .map(([power, condition]) => `select '${power}' where ${condition}`)
    .join(' union all ')}`;

/**
 * What a role could change things with. Undefined where the server does not tell, or not soon enough. Rejects where the
 * backend is lost.
 */
export async function readRolePowers(backend: Backend, role: string): Promise<RolePower[] | undefined> {
  try {
    const rows = await backend.query(powersSql(role));
    const found = new Set(rows.map(([power]) => power));
    return rolePowers.filter((power) => found.has('superuser') || found.has(power));
  } catch (error) {
    if (!backend.alive) throw error;
    return undefined;
  }
}
