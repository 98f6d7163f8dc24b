import { gatheredInto, gathering, type Gathering } from './treeMoves.ts';
import { parentIdOf, type TreeNode } from './treeModel.ts';

/** Where dragged rows would go: into a group, or before or after a row. */
export interface DropPlace {
  key: string;
  where: 'into' | 'before' | 'after';
}

/**
 * `share` is how far down the row the pointer is, 0 to 1. `sorted`: places in a list say nothing there, only groups do.
 * Undefined: not possible there.
 */
export function dropPlace(
  nodes: readonly TreeNode[],
  dragged: readonly TreeNode[],
  over: TreeNode,
  { share, sorted }: { share: number; sorted: boolean },
): DropPlace | undefined {
  const keys = new Set(dragged.map(({ key }) => key));
  if (isAmong(nodes, over.key, keys)) return undefined;
  const hasGroups = dragged.some(({ kind }) => kind === 'group');
  if (over.kind === 'group') {
    const edge = share < 0.3 ? 'before' : share > 0.7 ? 'after' : undefined;
    if (hasGroups && edge && !sorted) return { key: over.key, where: edge };
    return { key: over.key, where: 'into' };
  }
  if (sorted || dragged.every(({ kind }) => kind === 'group')) return undefined;
  return { key: over.key, where: share < 0.5 ? 'before' : 'after' };
}

/** What is to be asked for: the parent that the rows get, and their place there once they have been taken out. */
export function dropTarget(
  nodes: readonly TreeNode[],
  dragged: readonly TreeNode[],
  place: DropPlace,
): Gathering | undefined {
  const over = nodes.find((node) => node.key === place.key);
  if (!over) return undefined;
  if (place.where === 'into') return gatheredInto(dragged, over.id);
  const keys = new Set(dragged.map(({ key }) => key));
  const siblings = nodes.filter(
    (node) => node.kind === over.kind && node.parentKey === over.parentKey && !keys.has(node.key),
  );
  const index = siblings.indexOf(over) + (place.where === 'after' ? 1 : 0);
  return gathering(
    dragged,
    parentIdOf(over),
    over.kind === 'group' ? { groups: index } : { connections: index },
  );
}

/** Whether a row is one of these or stands within one. */
function isAmong(nodes: readonly TreeNode[], key: string, keys: ReadonlySet<string>): boolean {
  const parents = new Map(nodes.map((node) => [node.key, node.parentKey]));
  for (let at: string | undefined = key; at !== undefined; at = parents.get(at))
    if (keys.has(at)) return true;
  return false;
}
