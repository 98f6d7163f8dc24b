import { describe, expect, it } from 'vitest';
import type { Group } from '#shared/connection/group.ts';
import { dropPlace, dropTarget } from './dragging.ts';
import { buildTree, type TreeNode } from './treeModel.ts';

const group = (id: string, parentId?: string): Group => ({
  id,
  name: id,
  parentId,
  sortOrder: 0,
  expanded: true,
});
const nodes = buildTree([group('a'), group('b'), group('c'), group('d', 'c')], []);
const node = (id: string): TreeNode => {
  const found = nodes.find((each) => each.id === id);
  if (!found) throw new Error(id);
  return found;
};

describe('dragging a group', () => {
  it('goes before, into or after another one, as the pointer stands in its row', () => {
    const places = [0.1, 0.5, 0.9].map((share) => dropPlace(node('a'), node('b'), share)?.where);
    expect(places).toEqual(['before', 'into', 'after']);
    expect(dropPlace(node('a'), node('a'), 0.5)).toBeUndefined();
  });

  it('counts its new place among the others, as if it had been taken out first', () => {
    const after = (id: string) => dropTarget(nodes, node('a'), { key: `group:${id}`, where: 'after' });
    expect(after('b')).toEqual({ parentId: undefined, index: 1 });
    expect(after('d')).toEqual({ parentId: 'c', index: 1 });
    const before = dropTarget(nodes, node('c'), { key: 'group:a', where: 'before' });
    expect(before).toEqual({ parentId: undefined, index: 0 });
  });
});
