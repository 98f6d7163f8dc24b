import type { Backend } from '../../postgres/backend.ts';
import { quoteLiteral } from '#shared/sql/literals.ts';

/** The catalog may be locked by somebody, and the run waits for this. */
const lookLimitMs = 500;

/** What the server brings itself stands below; of those, the ones with effects are known. */
const firstOwnOid = 16_384;

/**
 * Which of these names belong to functions that are marked as volatile, in whatever schema. A function is, unless whoever
 * made it has said otherwise. None where the server does not tell, or not soon enough.
 */
export async function volatileFunctions(control: Backend, names: readonly string[]): Promise<string[]> {
  const rows = await control
    .query(
      `set local statement_timeout to ${lookLimitMs};
      select distinct proname from pg_catalog.pg_proc
      where proname operator(pg_catalog.=) any (array[${names.map(quoteLiteral).join()}]::pg_catalog.name[])
        and oid operator(pg_catalog.>=) ${firstOwnOid}::pg_catalog.oid and provolatile operator(pg_catalog.=) 'v'`,
    )
    .catch(() => []);
  return rows.flatMap(([name]) => name ?? []);
}
