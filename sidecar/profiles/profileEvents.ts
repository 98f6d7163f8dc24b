import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { Group } from '#shared/connection/group.ts';
import { staleSecrets, type SecretName } from '../credentials/secretNames.ts';
import type { Catalogue } from './catalogue.ts';

export type ProfileEvent =
  | {
      kind: 'connection';
      id: string;
      /** Absent: it was deleted. */
      config?: ConnectionConfig;
      /** Secrets that are kept for it and must not be sent to where it leads now. */
      stale?: SecretName[];
    }
  | { kind: 'group'; id: string; group?: Group };

/** What differs, row by row; rows that are the same object are unchanged. What was removed comes last. */
export function changesOf(before: Catalogue, after: Catalogue): ProfileEvent[] {
  const connections = differences(before.connections, after.connections);
  const groups = differences(before.groups, after.groups);
  return [
    ...groups.changed.map(({ now }): ProfileEvent => ({ kind: 'group', id: now.id, group: now })),
    ...connections.changed.map(({ was, now }): ProfileEvent => {
      const stale = was ? staleSecrets(was, now) : [];
      return { kind: 'connection', id: now.id, config: now, ...(stale.length > 0 && { stale }) };
    }),
    ...connections.removed.map((id): ProfileEvent => ({ kind: 'connection', id })),
    ...groups.removed.map((id): ProfileEvent => ({ kind: 'group', id })),
  ];
}

function differences<Row extends { id: string }>(before: readonly Row[], after: readonly Row[]) {
  const byId = new Map(before.map((row) => [row.id, row]));
  const kept = new Set(after.map(({ id }) => id));
  return {
    changed: after.map((now) => ({ was: byId.get(now.id), now })).filter(({ was, now }) => was !== now),
    removed: before.map(({ id }) => id).filter((id) => !kept.has(id)),
  };
}
