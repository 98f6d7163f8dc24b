import { AppError } from '#shared/error/appError.ts';
import { text } from '../queries/cells.ts';
import type { Ask } from '../reader.ts';
import { ownerAndGrants } from './grants.ts';
import { block, commentOn, nameOf, script } from './script.ts';

const routineSql = (oid: number): string => `
select ${nameOf('n.nspname', 'p.proname')} || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')',
  case when p.prokind <> 'a' then pg_catalog.pg_get_functiondef(p.oid) end,
  pg_catalog.obj_description(p.oid, 'pg_proc'),
  case p.prokind when 'p' then 'PROCEDURE' when 'a' then 'AGGREGATE' else 'FUNCTION' end
from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where p.oid = ${oid}`;

const functionOption = (name: string, column: string): string =>
  `case when ${column}::pg_catalog.oid <> 0 then '${name} = ' || ${column} end`;

const finalModify = (column: string, kind: string): string =>
  `case when ${column} <> case when a.aggkind = 'n' then 'r'::pg_catalog."char" else 'w'::pg_catalog."char" end
    then '${kind} = ' || case ${column} when 'r' then 'READ_ONLY' when 's' then 'SHAREABLE' else 'READ_WRITE' end end`;

const aggregateSql = (oid: number): string => `
select 'CREATE AGGREGATE ' || ${nameOf('n.nspname', 'p.proname')} || '(' ||
  case when p.pronargs = 0 then '*' else pg_catalog.pg_get_function_arguments(p.oid) end || ') (' ||
  pg_catalog.concat_ws(e',\\n  ', e'\\n  SFUNC = ' || a.aggtransfn,
    'STYPE = ' || pg_catalog.format_type(a.aggtranstype, null),
    case when a.aggtransspace > 0 then 'SSPACE = ' || a.aggtransspace end,
    ${functionOption('FINALFUNC', 'a.aggfinalfn')},
    case when a.aggfinalextra then 'FINALFUNC_EXTRA' end,
    ${finalModify('a.aggfinalmodify', 'FINALFUNC_MODIFY')},
    ${functionOption('COMBINEFUNC', 'a.aggcombinefn')},
    ${functionOption('SERIALFUNC', 'a.aggserialfn')},
    ${functionOption('DESERIALFUNC', 'a.aggdeserialfn')},
    'INITCOND = ' || pg_catalog.quote_literal(a.agginitval),
    ${functionOption('MSFUNC', 'a.aggmtransfn')},
    ${functionOption('MINVFUNC', 'a.aggminvtransfn')},
    case when a.aggmtranstype <> 0 then 'MSTYPE = ' || pg_catalog.format_type(a.aggmtranstype, null) end,
    case when a.aggmtransspace > 0 then 'MSSPACE = ' || a.aggmtransspace end,
    ${functionOption('MFINALFUNC', 'a.aggmfinalfn')},
    case when a.aggmfinalextra then 'MFINALFUNC_EXTRA' end,
    case when a.aggmtranstype <> 0 then ${finalModify('a.aggmfinalmodify', 'MFINALFUNC_MODIFY')} end,
    'MINITCOND = ' || pg_catalog.quote_literal(a.aggminitval),
    case when a.aggsortop <> 0 then 'SORTOP = OPERATOR(' || (
      select pg_catalog.quote_ident(sn.nspname) || '.' || so.oprname
      from pg_catalog.pg_operator so join pg_catalog.pg_namespace sn on sn.oid = so.oprnamespace
      where so.oid = a.aggsortop) || ')' end,
    case p.proparallel when 's' then 'PARALLEL = SAFE' when 'r' then 'PARALLEL = RESTRICTED' end,
    case when a.aggkind = 'h' then 'HYPOTHETICAL' end) || e'\\n)'
from pg_catalog.pg_aggregate a
join pg_catalog.pg_proc p on p.oid = a.aggfnoid
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where a.aggfnoid = ${oid}`;

/** A function, procedure or aggregate. */
export async function routineDdl(ask: Ask, oid: number): Promise<string> {
  const [row] = await ask(routineSql(oid));
  if (!row) throw new AppError('NOT_FOUND', 'This function is no longer there.');
  const [name, kind] = [text(row, 0), text(row, 3)];
  const create = row[1] ?? (await ask(aggregateSql(oid)))[0]?.[0] ?? '';
  const owned = { oid, catalog: 'pg_proc', owner: 'proowner', acl: 'proacl', defaults: 'f' };
  const access = await ownerAndGrants(ask, { ...owned, alter: `${kind} ${name}`, grant: `ROUTINE ${name}` });
  return script(create.trimEnd(), commentOn(`${kind} ${name}`, row[2]), block(access));
}
