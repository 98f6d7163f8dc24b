import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { Group } from '#shared/connection/group.ts';
import { freeName } from './names.ts';
import { atIndex, inOrder } from './order.ts';

/** All definitions, as they lie in the file. Every function here makes a new catalogue and leaves the old one. */
export interface Catalogue {
  connections: ConnectionConfig[];
  groups: Group[];
}

/** The connections of a group, or of the top level, in their order. */
export const connectionsIn = ({ connections }: Catalogue, groupId: string | undefined): ConnectionConfig[] =>
  inOrder(connections.filter((config) => config.groupId === groupId));

/** The groups of a group, or of the top level, in their order. */
export const groupsIn = ({ groups }: Catalogue, parentId: string | undefined): Group[] =>
  inOrder(groups.filter((group) => group.parentId === parentId));

/** Takes over what is given and leaves the rest; what is new comes last. */
export function withRows({ connections, groups }: Catalogue, rows: Partial<Catalogue>): Catalogue {
  return {
    connections: replaced(connections, rows.connections ?? []),
    groups: replaced(groups, rows.groups ?? []),
  };
}

function replaced<Row extends { id: string }>(rows: Row[], given: Row[]): Row[] {
  const byId = new Map(given.map((row) => [row.id, row]));
  const known = new Set(rows.map(({ id }) => id));
  return [...rows.map((row) => byId.get(row.id) ?? row), ...given.filter(({ id }) => !known.has(id))];
}

/** Whether a group is another one or stands somewhere within it. */
export function isWithin({ groups }: Catalogue, id: string | undefined, ancestorId: string): boolean {
  const byId = new Map(groups.map((group) => [group.id, group]));
  for (let at = id; at !== undefined; at = byId.get(at)?.parentId) if (at === ancestorId) return true;
  return false;
}

/** Puts connections at a place among the others of a group; where a name is taken there, it gets a number. */
export function connectionsMoved(
  catalogue: Catalogue,
  configs: readonly ConnectionConfig[],
  groupId: string | undefined,
  index: number,
): Catalogue {
  if (configs.length === 0) return catalogue;
  const ids = new Set(configs.map(({ id }) => id));
  const others = connectionsIn(catalogue, groupId).filter(({ id }) => !ids.has(id));
  const taken = others.map(({ name }) => name);
  const moved = configs.map(({ groupId: _, ...config }) => {
    const name = freeName(config.name, taken);
    taken.push(name);
    return { ...config, name, ...(groupId !== undefined && { groupId }) };
  });
  return withRows(catalogue, { connections: atIndex(others, moved, index) });
}

/** Puts groups at a place among the other groups of another one, or of the top level. */
export function groupsMoved(
  catalogue: Catalogue,
  groups: readonly Group[],
  parentId: string | undefined,
  index: number,
): Catalogue {
  if (groups.length === 0) return catalogue;
  const ids = new Set(groups.map(({ id }) => id));
  const others = groupsIn(catalogue, parentId).filter(({ id }) => !ids.has(id));
  const moved = groups.map(({ parentId: _, ...group }) => ({
    ...group,
    ...(parentId !== undefined && { parentId }),
  }));
  return withRows(catalogue, { groups: atIndex(others, moved, index) });
}

/** Without the group; what it held comes, in its order, behind what its parent holds. */
export function groupDissolved(catalogue: Catalogue, group: Group): Catalogue {
  let next: Catalogue = { ...catalogue, groups: catalogue.groups.filter(({ id }) => id !== group.id) };
  for (const child of groupsIn(catalogue, group.id)) {
    const siblings = groupsIn(next, group.parentId);
    const name = freeName(
      child.name,
      siblings.map((sibling) => sibling.name),
    );
    next = groupsMoved(next, [{ ...child, name }], group.parentId, siblings.length);
  }
  const { length } = connectionsIn(next, group.parentId);
  return connectionsMoved(next, connectionsIn(catalogue, group.id), group.parentId, length);
}

/** What a group held, each under the name that it had there. */
export type Content = Record<'connections' | 'groups', readonly { id: string; name: string }[]>;

/** The way back: the group stands where it stood, with what of its content stands yet where it was put. */
export function groupRestored(catalogue: Catalogue, group: Group, content: Content): Catalogue {
  const isThere = catalogue.groups.some(({ id }) => id === group.parentId);
  const parentId = isThere ? group.parentId : undefined;
  const left = <Row extends { id: string; name: string }>(
    rows: readonly Row[],
    wanted: Content['groups'],
  ): Row[] =>
    wanted.flatMap(({ id, name }) => rows.filter((row) => row.id === id).map((row) => ({ ...row, name })));
  const groups = left(groupsIn(catalogue, parentId), content.groups);
  const connections = left(connectionsIn(catalogue, parentId), content.connections);
  let next = groupsMoved(catalogue, [group], parentId, group.sortOrder);
  next = groupsMoved(next, groups, group.id, 0);
  return connectionsMoved(next, connections, group.id, 0);
}

/**
 * What a file that someone edited may hold: groups that are not there, or that stand within themselves. Both come to
 * the top level, for nothing would show them.
 */
export function tidied({ connections, groups }: Catalogue): Catalogue {
  const byId = new Map(groups.map((group) => [group.id, group]));
  for (const { id, parentId, ...rest } of groups)
    if (parentId !== undefined && !leadsUp(byId, id)) byId.set(id, { id, ...rest });
  return {
    groups: [...byId.values()],
    connections: connections.map(({ groupId, ...rest }) =>
      groupId !== undefined && byId.has(groupId) ? { ...rest, groupId } : rest,
    ),
  };
}

/** Whether the way from a group through its parents ends at the top level. */
function leadsUp(byId: Map<string, Group>, id: string): boolean {
  const seen = new Set<string>();
  for (let at = byId.get(id); at && !seen.has(at.id); at = byId.get(at.parentId)) {
    if (at.parentId === undefined) return true;
    seen.add(at.id);
  }
  return false;
}
