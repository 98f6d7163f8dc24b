import { describe, expect, it } from 'vitest';
import { connectionConfigSchema } from '#shared/connection/config.ts';
import type { Group } from '#shared/connection/group.ts';
import type { ConnectionRow } from '#shared/connection/status.ts';
import { dropPlace, dropTarget } from './dragging.ts';
import { buildTree, type TreeNode } from './treeModel.ts';

const group = (id: string, parentId?: string): Group => ({
  id,
  name: id,
  parentId,
  sortOrder: 0,
  expanded: true,
});
const row = (count: number, groupId?: string): ConnectionRow => ({
  config: connectionConfigSchema.parse({
    id: `00000000-0000-4000-8000-00000000000${count}`,
    name: `x${count}`,
    groupId,
    tls: { mode: 'prefer' },
    createdAt: 0,
    updatedAt: 0,
  }),
  status: 'disconnected',
});
const nodes = buildTree(
  [group('a'), group('b'), group('c'), group('d', 'c')],
  [row(1), row(2), row(3), row(4, 'd')],
);
const node = (name: string): TreeNode => {
  const found = nodes.find((each) => each.name === name);
  if (!found) throw new Error(name);
  return found;
};
const at = (dragged: string[], over: string, share: number, sorted = false) =>
  dropPlace(nodes, dragged.map(node), node(over), { share, sorted })?.where;
const ids = (...names: string[]) => names.map((name) => node(name).id);
const end = 100_000;

describe('dragging', () => {
  it('of a group goes before, into or after another one, as the pointer stands in its row', () => {
    expect([0.1, 0.5, 0.9].map((share) => at(['a'], 'b', share))).toEqual(['before', 'into', 'after']);
    expect(at(['a'], 'x1', 0.5)).toBeUndefined();
  });

  it('never goes onto or into what is dragged', () => {
    expect([at(['a'], 'a', 0.5), at(['c'], 'd', 0.5), at(['c', 'x1'], 'x4', 0.5)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(at(['x1'], 'a', 0.1)).toBe('into');
  });

  it('goes into groups only where the rows are sorted', () => {
    expect(at(['a'], 'b', 0.1, true)).toBe('into');
    expect(at(['x1'], 'x2', 0.1, true)).toBeUndefined();
  });

  it('counts the new place among the others, as if all had been taken out first', () => {
    const target = (dragged: string[], key: string, where: 'before' | 'after') =>
      dropTarget(nodes, dragged.map(node), { key: node(key).key, where });
    expect(target(['a'], 'b', 'after')).toEqual({ parentId: null, groups: { ids: ['a'], index: 1 } });
    expect(target(['a'], 'd', 'after')).toEqual({ parentId: 'c', groups: { ids: ['a'], index: 1 } });
    expect(target(['c'], 'a', 'before')).toEqual({ parentId: null, groups: { ids: ['c'], index: 0 } });
    expect(target(['x1', 'x2'], 'x3', 'after')).toEqual({
      parentId: null,
      connections: { ids: ids('x1', 'x2'), index: 1 },
    });
  });

  it('takes rows of both kinds at once', () => {
    expect(dropTarget(nodes, [node('a'), node('x1')], { key: 'group:b', where: 'into' })).toEqual({
      parentId: 'b',
      connections: { ids: ids('x1'), index: end },
      groups: { ids: ['a'], index: end },
    });
  });
});
