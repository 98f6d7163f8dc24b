import type { Ask } from '../reader.ts';
import { text, yes } from '../queries/cells.ts';

export interface Owned {
  oid: number;
  /** The catalog, and its columns of owner and privileges. */
  catalog: string;
  owner: string;
  acl: string;
  /** The letter of `acldefault`. */
  defaults: string;
  /** As ALTER and GRANT want it: `TABLE a.b`. */
  alter: string;
  grant: string;
}

const ownerSql = ({ catalog, owner, oid }: Owned): string => `
select pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(o.${owner})) from pg_catalog.${catalog} o where o.oid = ${oid}`;

const grantee = `case a.grantee when 0 then 'PUBLIC' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end`;

const grantsSql = ({ catalog, owner, acl, defaults, oid }: Owned): string => {
  const standard = `pg_catalog.acldefault('${defaults}', o.${owner})`;
  const exploded = (what: string, list: string): string => `
select '${what}', ${grantee} grantee, a.privilege_type, a.is_grantable, '' columns
from pg_catalog.${catalog} o cross join lateral pg_catalog.aclexplode(${list}) a where o.oid = ${oid}`;
  const columns = `
union all
select 'now', ${grantee}, a.privilege_type, a.is_grantable, ' (' || pg_catalog.quote_ident(c.attname) || ')'
from pg_catalog.pg_attribute c cross join lateral pg_catalog.aclexplode(c.attacl) a
where c.attrelid = ${oid} and not c.attisdropped`;
  return `${exploded('now', `coalesce(o.${acl}, ${standard})`)}
union all ${exploded('default', standard)}${catalog === 'pg_class' ? columns : ''}
order by grantee, columns, privilege_type`;
};

interface Grant {
  to: string;
  privilege: string;
  isGrantable: boolean;
}

/** Statements that give it to its owner, and all others what they may do with it. */
export async function ownerAndGrants(ask: Ask, owned: Owned): Promise<string[]> {
  const [[owner] = []] = await ask(ownerSql(owned));
  const rows = await ask(grantsSql(owned));
  const of = (what: string): Grant[] =>
    rows
      .filter((row) => row[0] === what)
      .map((row) => ({
        to: text(row, 1),
        privilege: `${text(row, 2)}${text(row, 4)}`,
        isGrantable: yes(row, 3),
      }));
  const [now, standard] = [of('now'), of('default')];
  return [
    ...(owner ? [`ALTER ${owned.alter} OWNER TO ${owner}`] : []),
    ...gathered(without(standard, now)).map(
      ({ to, privileges }) => `REVOKE ${privileges} ON ${owned.grant} FROM ${to}`,
    ),
    ...gathered(without(now, standard)).map(
      ({ to, privileges, isGrantable }) =>
        `GRANT ${privileges} ON ${owned.grant} TO ${to}${isGrantable ? ' WITH GRANT OPTION' : ''}`,
    ),
  ];
}

const keyOf = ({ to, privilege, isGrantable }: Grant): string => JSON.stringify([to, privilege, isGrantable]);

function without(grants: Grant[], others: Grant[]): Grant[] {
  const known = new Set(others.map(keyOf));
  return grants.filter((grant) => !known.has(keyOf(grant)));
}

/** One line for each that is granted to, with all its privileges. */
function gathered(grants: Grant[]): { to: string; privileges: string; isGrantable: boolean }[] {
  const lines = new Map<string, { to: string; list: string[]; isGrantable: boolean }>();
  for (const { to, privilege, isGrantable } of grants) {
    const key = JSON.stringify([to, isGrantable]);
    const line = lines.get(key) ?? { to, list: [], isGrantable };
    line.list.push(privilege);
    lines.set(key, line);
  }
  return [...lines.values()].map(({ list, ...line }) => ({ ...line, privileges: list.join(', ') }));
}
