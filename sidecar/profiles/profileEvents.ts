import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { Group } from '#shared/connection/group.ts';
import type { Catalogue } from './catalogue.ts';

export type ProfileEvent =
  | {
      kind: 'connection';
      id: string;
      /** Absent: it was deleted. */
      config?: ConnectionConfig;
      /** It leads to another server or user now: a password that is kept for it must not be sent there. */
      credentialStale?: true;
    }
  | { kind: 'group'; id: string; group?: Group };

/** What differs, row by row; rows that are the same object are unchanged. What was removed comes last. */
export function changesOf(before: Catalogue, after: Catalogue): ProfileEvent[] {
  const connections = differences(before.connections, after.connections);
  const groups = differences(before.groups, after.groups);
  return [
    ...groups.changed.map(({ now }): ProfileEvent => ({ kind: 'group', id: now.id, group: now })),
    ...connections.changed.map(({ was, now }): ProfileEvent => ({
      kind: 'connection',
      id: now.id,
      config: now,
      ...(was && asksAnew(was, now) && { credentialStale: true }),
    })),
    ...connections.removed.map((id): ProfileEvent => ({ kind: 'connection', id })),
    ...groups.removed.map((id): ProfileEvent => ({ kind: 'group', id })),
  ];
}

/** Whether the password of a connection, or of one of its hops, is for somebody else now. */
function asksAnew(was: ConnectionConfig, now: ConnectionConfig): boolean {
  if (was.host !== now.host || was.hostaddr !== now.hostaddr || was.username !== now.username) return true;
  const hops = new Map(was.ssh?.hops.map((hop) => [hop.id, hop]));
  return (now.ssh?.hops ?? []).some((hop) => {
    const same = hops.get(hop.id);
    return same !== undefined && (same.host !== hop.host || same.username !== hop.username);
  });
}

function differences<Row extends { id: string }>(before: readonly Row[], after: readonly Row[]) {
  const byId = new Map(before.map((row) => [row.id, row]));
  const kept = new Set(after.map(({ id }) => id));
  return {
    changed: after.map((now) => ({ was: byId.get(now.id), now })).filter(({ was, now }) => was !== now),
    removed: before.map(({ id }) => id).filter((id) => !kept.has(id)),
  };
}
