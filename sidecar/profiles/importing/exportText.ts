import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { GroupLook } from '#shared/connection/definitions.ts';
import type { Group } from '#shared/connection/group.ts';
import { connectionsIn, groupsIn, type Catalogue } from '../catalogue.ts';

export const exportFormat = 'hawser-connections';
export const exportVersion = 1;

/**
 * Definitions as a file, group by group in their order, without ids, times and what was noted of their lives. The
 * built-in server is left out: it is of this computer. No field of a config can hold a secret.
 */
export function exportText(catalogue: Catalogue, ids?: readonly string[]): { text: string; count: number } {
  const wanted = ids && new Set(ids);
  const connections: object[] = [];
  const groups: GroupLook[] = [];
  const visit = (group: Group | undefined, path: string[]): void => {
    for (const config of connectionsIn(catalogue, group?.id))
      if (config.mode === 'server' && (wanted?.has(config.id) ?? true))
        connections.push({ ...portable(config), ...(path.length > 0 && { group: path }) });
    for (const child of groupsIn(catalogue, group?.id)) {
      const before = connections.length;
      const look = groups.push(lookOf(child, [...path, child.name]));
      visit(child, [...path, child.name]);
      if (connections.length === before) groups.length = look - 1;
    }
  };
  visit(undefined, []);
  const file = { format: exportFormat, version: exportVersion, groups, connections };
  return { text: `${JSON.stringify(file, null, 2)}\n`, count: connections.length };
}

const lookOf = ({ color, expanded }: Group, path: string[]): GroupLook => ({
  path,
  ...(color !== undefined && { color }),
  expanded,
});

function portable(config: ConnectionConfig): object {
  const {
    id: _id,
    groupId: _group,
    sortOrder: _order,
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    lastConnectedAt: _last,
    lastError: _error,
    ssh,
    ...rest
  } = config;
  return ssh ? { ...rest, ssh: { ...ssh, hops: ssh.hops.map(({ id: _hop, ...hop }) => hop) } } : rest;
}
