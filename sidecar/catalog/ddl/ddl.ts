import type { ObjectKind } from '#shared/catalog/objects.ts';
import { AppError } from '#shared/error/appError.ts';
import { quoteLiteral } from '#shared/sql/literals.ts';
import { int, text } from '../queries/cells.ts';
import type { Ask } from '../reader.ts';
import { ownerAndGrants } from './grants.ts';
import { relationDdl } from './relation.ts';
import { routineDdl } from './routine.ts';
import { block, commentOn, script } from './script.ts';
import { sequenceDdl } from './sequence.ts';
import { typeDdl } from './type.ts';

/** The statements that make an object anew where its schema, and what it refers to, are there. */
export function objectDdl(ask: Ask, oid: number, kind: ObjectKind): Promise<string> {
  if (kind === 'function') return routineDdl(ask, oid);
  if (kind === 'type') return typeDdl(ask, oid);
  if (kind === 'sequence') return sequenceDdl(ask, oid);
  return relationDdl(ask, oid, kind);
}

const schemaSql = (name: string): string => `
select pg_catalog.quote_ident(n.nspname), n.oid, pg_catalog.obj_description(n.oid, 'pg_namespace')
from pg_catalog.pg_namespace n where n.nspname = ${quoteLiteral(name)}`;

const extensionSql = (name: string): string => `
select pg_catalog.quote_ident(e.extname), pg_catalog.quote_ident(n.nspname), pg_catalog.quote_literal(e.extversion),
  pg_catalog.obj_description(e.oid, 'pg_extension')
from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
where e.extname = ${quoteLiteral(name)}`;

/** Of what stands in no schema. */
export async function placeDdl(ask: Ask, kind: 'schema' | 'extension', name: string): Promise<string> {
  const [row] = await ask(kind === 'schema' ? schemaSql(name) : extensionSql(name));
  if (!row) throw new AppError('NOT_FOUND', `This ${kind} is no longer there.`);
  const quoted = text(row, 0);
  if (kind === 'extension')
    return script(
      `CREATE EXTENSION IF NOT EXISTS ${quoted} WITH SCHEMA ${text(row, 1)} VERSION ${text(row, 2)}`,
      commentOn(`EXTENSION ${quoted}`, row[3]),
    );
  const owned = { catalog: 'pg_namespace', owner: 'nspowner', acl: 'nspacl', defaults: 'n' };
  const words = { alter: `SCHEMA ${quoted}`, grant: `SCHEMA ${quoted}` };
  const access = await ownerAndGrants(ask, { oid: int(row, 1), ...owned, ...words });
  return script(`CREATE SCHEMA ${quoted}`, commentOn(`SCHEMA ${quoted}`, row[2]), block(access));
}
