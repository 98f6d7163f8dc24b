import { describe, expect, it } from 'vitest';
import type { Group } from '#shared/connection/group.ts';
import { treeMove, TypeAhead } from './treeKeys.ts';
import { buildTree } from './treeModel.ts';

const group = (id: string, more: Partial<Group> = {}): Group => ({
  id,
  name: id,
  sortOrder: 0,
  expanded: true,
  ...more,
});
const nodes = buildTree(
  [group('ape'), group('bee', { parentId: 'ape' }), group('auk', { expanded: false }), group('asp')],
  [],
);

describe('arrow keys in the tree', () => {
  it('walk up and down over levels, and stop at the ends', () => {
    expect(treeMove(nodes, 'group:bee', 'ArrowDown')).toEqual({ kind: 'focus', key: 'group:auk' });
    expect(treeMove(nodes, 'group:ape', 'ArrowUp')).toBeUndefined();
    expect(treeMove(nodes, 'group:ape', 'End')).toEqual({ kind: 'focus', key: 'group:asp' });
  });

  it('open a closed group first, then go into an open one', () => {
    expect(treeMove(nodes, 'group:auk', 'ArrowRight')).toEqual({ kind: 'expand', id: 'auk' });
    expect(treeMove(nodes, 'group:ape', 'ArrowRight')).toEqual({ kind: 'focus', key: 'group:bee' });
    expect(treeMove(nodes, 'group:asp', 'ArrowRight')).toBeUndefined();
  });

  it('close an open group first, then go to its parent', () => {
    expect(treeMove(nodes, 'group:ape', 'ArrowLeft')).toEqual({ kind: 'collapse', id: 'ape' });
    const closed = buildTree([group('ape'), group('bee', { parentId: 'ape', expanded: false })], []);
    expect(treeMove(closed, 'group:bee', 'ArrowLeft')).toEqual({ kind: 'focus', key: 'group:ape' });
  });
});

describe('typing in the tree', () => {
  it('goes on to the next row with the same letter', () => {
    const typing = new TypeAhead();
    expect(typing.next(nodes, 'group:ape', 'a', 1_000)).toBe('group:auk');
    expect(typing.next(nodes, 'group:auk', 'a', 1_100)).toBe('group:asp');
    expect(typing.next(nodes, 'group:asp', 'a', 1_200)).toBe('group:ape');
  });

  it('joins letters that follow each other quickly, and begins anew after a pause', () => {
    const typing = new TypeAhead();
    typing.next(nodes, 'group:bee', 'a', 1_000);
    expect(typing.next(nodes, 'group:auk', 's', 1_200)).toBe('group:asp');
    expect(typing.next(nodes, 'group:asp', 'b', 3_000)).toBe('group:bee');
  });
});
