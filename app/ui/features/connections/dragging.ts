import type { TreeNode } from './treeModel.ts';

/** Where a dragged row would go: into a group, or before or after a row of its own kind. */
export interface DropPlace {
  key: string;
  where: 'into' | 'before' | 'after';
}

/** `share` is how far down the row the pointer is, 0 to 1. Undefined: not possible there. */
export function dropPlace(dragged: TreeNode, over: TreeNode, share: number): DropPlace | undefined {
  if (dragged.key === over.key) return undefined;
  const edge = share < 0.3 ? 'before' : share > 0.7 ? 'after' : undefined;
  if (over.kind === 'group') {
    if (dragged.kind === 'group' && edge) return { key: over.key, where: edge };
    return { key: over.key, where: 'into' };
  }
  if (dragged.kind === 'group') return undefined;
  return { key: over.key, where: share < 0.5 ? 'before' : 'after' };
}

/** The parent that the dragged row gets, and its place there once it has been taken out of the list. */
export function dropTarget(
  nodes: readonly TreeNode[],
  dragged: TreeNode,
  place: DropPlace,
): { parentId: string | undefined; index: number } | undefined {
  const over = nodes.find((node) => node.key === place.key);
  if (!over) return undefined;
  if (place.where === 'into') return { parentId: over.id, index: 100_000 };
  const siblings = nodes.filter(
    (node) => node.kind === dragged.kind && node.parentKey === over.parentKey && node.key !== dragged.key,
  );
  const at = siblings.findIndex((node) => node.key === over.key);
  return {
    parentId: over.parentKey?.slice('group:'.length),
    index: at + (place.where === 'after' ? 1 : 0),
  };
}
