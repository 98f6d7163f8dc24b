import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { RolePower } from '#shared/connection/rolePowers.ts';
import type { ConnectionInfo } from '#shared/connection/status.ts';
import type { Backend } from '../postgres/backend.ts';
import { identityColumns, identityOf, readIdentity, type ServerIdentity } from './readIdentity.ts';

const factsSql = `
  select pg_catalog.current_setting('server_version'),
         pg_catalog.current_setting('server_version_num'),
         pg_catalog.current_database(),
         current_user,
         pg_catalog.pg_backend_pid(),
         pg_catalog.pg_is_in_recovery(),
         pg_catalog.current_setting('is_superuser'),
         pg_catalog.round(extract(epoch from pg_catalog.pg_postmaster_start_time())::pg_catalog.numeric
           operator(pg_catalog.*) 1000),
         pg_catalog.current_setting('max_connections'),
         pg_catalog.current_setting('superuser_reserved_connections'),
         (select pg_catalog.count(*) from pg_catalog.pg_stat_activity
           where backend_type operator(pg_catalog.=) 'client backend')`;

/** How many columns that has. */
const identityFrom = 11;

const budgetSql = `
  select (select pg_catalog.count(*) from pg_catalog.pg_stat_activity
           where backend_type operator(pg_catalog.=) 'client backend'),
         pg_catalog.current_setting('max_connections'),
         pg_catalog.current_setting('superuser_reserved_connections'),
         coalesce(pg_catalog.current_setting('reserved_connections', true), '0')`;

export interface ServerFacts {
  info: Omit<ConnectionInfo, 'id' | 'encrypted' | 'readOnly'>;
  superuser: boolean;
  startedAt: number;
  backendsUsed: number;
  backendsAllowed: number;
}

/** What the server says of itself and of this session, in one round trip unless it refuses a part of it. */
export async function readServerFacts(backend: Backend): Promise<ServerFacts> {
  try {
    const [row = []] = await backend.query(`${factsSql}, ${identityColumns}`);
    return factsOf(row, identityOf(row.slice(identityFrom)));
  } catch (error) {
    if (!backend.alive) throw error;
  }
  const [row = []] = await backend.query(factsSql);
  return factsOf(row, await readIdentity(backend));
}

function factsOf(row: (string | null)[], identity: ServerIdentity): ServerFacts {
  const text = (column: number): string => row[column] ?? '';
  return {
    info: {
      serverVersion: text(0),
      serverVersionNum: Number(text(1)),
      currentDatabase: text(2),
      currentUser: text(3),
      backendPid: Number(text(4)),
      inRecovery: text(5) === 't',
      ...identity,
    },
    superuser: text(6) === 'on',
    startedAt: Number(text(7)),
    backendsUsed: Number(text(10)),
    backendsAllowed: Number(text(8)) - Number(text(9)),
  };
}

/** Backends of everybody, and how many the server takes, of which some only for superusers. */
export async function readBudget(
  control: Backend,
): Promise<{ used: number; allowed: number; reserved: number }> {
  const [row] = await control.query(budgetSql);
  const [used, max, superuserReserved, reserved] = (row ?? []).map(Number);
  const kept = (superuserReserved ?? 0) + (reserved ?? 0);
  return { used: used ?? 0, allowed: (max ?? 0) - kept, reserved: kept };
}

/** What was learned on the way to the server. */
interface LinkFacts {
  link: Pick<ConnectionInfo, 'encrypted' | 'reached' | 'tls' | 'plainBecause'>;
  pooled: boolean;
  rolePowers: RolePower[] | undefined;
  /** Names of the start-up settings that were left out. */
  refused: string[];
  connectedAt: number;
}

export const connectionInfo = (
  config: ConnectionConfig,
  facts: ServerFacts,
  { link, pooled, rolePowers, refused, connectedAt }: LinkFacts,
): ConnectionInfo => ({
  id: config.id,
  ...facts.info,
  ...link,
  readOnly: config.options.readOnly,
  connectedAt,
  ...(pooled ? { pooled } : {}),
  ...(rolePowers ? { rolePowers } : {}),
  ...(refused.length > 0 ? { refusedSettings: refused } : {}),
});
