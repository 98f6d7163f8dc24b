import type { Backend } from '../postgres/backend.ts';

/** What tells one server, and one course of its history, from another; undefined is what it does not tell. */
export interface ServerIdentity {
  systemIdentifier?: string;
  timeline?: number;
}

const fromControlFile = `select system_identifier, (select timeline_id from pg_catalog.pg_control_checkpoint())
  from pg_catalog.pg_control_system()`;

/**
 * As columns of a query. For a while after a standby was promoted the control file still names the timeline of before. The
 * name of the file that is written to now does not.
 */
export const identityColumns = `
  (select system_identifier from pg_catalog.pg_control_system()),
  case when pg_catalog.pg_is_in_recovery()
    then (select timeline_id from pg_catalog.pg_control_checkpoint())
    else pg_catalog.int4(('x' operator(pg_catalog.||)
      pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8))::pg_catalog.bit(32))
  end`;

/** Some servers do not tell; then the identity is unknown, which is no failure. Rejects where the backend is lost. */
export async function readIdentity(backend: Backend): Promise<ServerIdentity> {
  for (const text of [`select ${identityColumns}`, fromControlFile]) {
    try {
      const [row = []] = await backend.query(text);
      if (row[0]) return identityOf(row);
    } catch (error) {
      if (!backend.alive) throw error;
    }
  }
  return {};
}

/** Of the values of the identity columns. */
export const identityOf = ([systemIdentifier, timeline]: (string | null)[]): ServerIdentity =>
  systemIdentifier ? { systemIdentifier, timeline: Number(timeline) } : {};
