import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { GroupLook } from '#shared/connection/definitions.ts';
import type { Group } from '#shared/connection/group.ts';
import { connectionsIn, groupsIn, withRows, type Catalogue } from '../catalogue.ts';
import { freeName, sameName } from '../names.ts';
import { lastPlace } from '../order.ts';

/** A checked definition and the names of the groups, from the top level down, that it shall stand in. */
export interface Placed {
  config: ConnectionConfig;
  group: readonly string[];
}

/**
 * The catalogue with more connections, each at the end of its group. Groups are made where there is none of that name;
 * what is there stays as it is, and a name that is taken gets a number.
 */
export function merged(
  catalogue: Catalogue,
  placed: readonly Placed[],
  { looks, newId }: { looks: readonly GroupLook[]; newId: () => string },
): { catalogue: Catalogue; created: ConnectionConfig[] } {
  let next = catalogue;
  const lookAt = new Map(looks.map((look) => [pathKey(look.path), look]));

  const groupAt = (path: readonly string[]): string | undefined => {
    let parentId: string | undefined;
    path.forEach((name, depth) => {
      const siblings = groupsIn(next, parentId);
      const there = siblings.find((group) => sameName(group.name, name));
      const group = there ?? newGroup(name, siblings, lookAt.get(pathKey(path.slice(0, depth + 1))));
      if (!there)
        next = withRows(next, { groups: [parentId === undefined ? group : { ...group, parentId }] });
      parentId = group.id;
    });
    return parentId;
  };
  const newGroup = (name: string, siblings: readonly Group[], look: GroupLook | undefined): Group => ({
    id: newId(),
    name,
    sortOrder: lastPlace(siblings),
    expanded: look?.expanded ?? true,
    ...(look?.color !== undefined && { color: look.color }),
  });

  const created = placed.map(({ config, group }) => {
    const groupId = groupAt(group);
    const siblings = connectionsIn(next, groupId);
    const name = freeName(
      config.name,
      siblings.map((sibling) => sibling.name),
    );
    const made = {
      ...config,
      id: newId(),
      name,
      sortOrder: lastPlace(siblings),
      ...(groupId !== undefined && { groupId }),
    };
    next = withRows(next, { connections: [made] });
    return made;
  });
  return { catalogue: next, created };
}

const pathKey = (path: readonly string[]): string => JSON.stringify(path);
