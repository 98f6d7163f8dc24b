import type { ConnectionRow } from '#shared/connection/status.ts';

/** More would not be taken in at a glance; the sidebar sorts all of them. */
const most = 5;

const usedAt = ({ config }: ConnectionRow): number => config.lastConnectedAt ?? 0;

/** The connections that were used last, the last one first. */
export const recentOf = (rows: readonly ConnectionRow[]): ConnectionRow[] =>
  rows
    .filter((row) => usedAt(row) > 0)
    .toSorted((one, other) => usedAt(other) - usedAt(one))
    .slice(0, most);
