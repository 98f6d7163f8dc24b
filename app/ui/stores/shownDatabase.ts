import type { ConnectionRow } from '#shared/connection/status.ts';
import type { DocumentTab } from './documentTab.svelte.ts';

/** The database that a connection is in where nobody says another. */
export const databaseOf = ({ info, config }: ConnectionRow): string =>
  info?.currentDatabase ?? config.database;

/** The database that a run of this tab goes to. */
export const shownDatabase = (tab: DocumentTab, row: ConnectionRow | undefined): string | undefined =>
  tab.database ?? (row && databaseOf(row));
