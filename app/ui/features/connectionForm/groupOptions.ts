import type { Group } from '#shared/connection/group.ts';

/** The groups for a select, each with the path to it: `Production / EU`. */
export function groupOptions(groups: readonly Group[]): { value: string; label: string }[] {
  const byId = new Map(groups.map((group) => [group.id, group]));
  const path = (group: Group, seen: readonly string[] = []): string => {
    const parent = group.parentId === undefined ? undefined : byId.get(group.parentId);
    if (!parent || seen.includes(parent.id)) return group.name;
    return `${path(parent, [...seen, group.id])} / ${group.name}`;
  };
  const options = groups.map((group) => ({ value: group.id, label: path(group) }));
  return [{ value: '', label: 'None' }, ...options.sort((a, b) => a.label.localeCompare(b.label))];
}
