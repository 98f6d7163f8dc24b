import type { AppError } from '#shared/error/appError.ts';
import { login, type LoginRequest } from './login.ts';
import { Stages } from './stages.ts';

/** There is no such database, it takes no connections, or this user may not open it: another one may do. */
const otherMayDo: ReadonlySet<string> = new Set(['3D000', '55000', '42501']);

/** One of them is there on any server, unless somebody took care that it is not. */
const commonDatabases = ['postgres', 'template1'];

const listSql = `
  select datname from pg_catalog.pg_database
   where datallowconn and not datistemplate
     and pg_catalog.has_database_privilege(oid, 'connect')
   order by datname limit 500`;

/**
 * After a login that failed at its database: those that this user may open, by a login to one that is always there.
 * Undefined where the failure was another one or nobody tells. Never rejects.
 */
export async function databasesInstead(
  failure: AppError,
  request: LoginRequest,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  if (failure.facts.stage !== 'database' || !otherMayDo.has(failure.facts.sqlstate ?? '')) return undefined;
  for (const database of commonDatabases) {
    if (database === request.database || signal.aborted) continue;
    const found = await listBy({ ...request, database, settings: [] }, signal).catch(() => undefined);
    if (found) return found;
  }
  return undefined;
}

async function listBy(request: LoginRequest, signal: AbortSignal): Promise<string[]> {
  const { backend } = await login(request, new Set(), new Stages(request.database), signal);
  try {
    const rows = await backend.query(listSql);
    return rows.flatMap(([name]) => (name === null || name === undefined ? [] : [name]));
  } finally {
    await backend.client.end();
  }
}
