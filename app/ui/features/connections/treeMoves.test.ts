import { describe, expect, it } from 'vitest';
import type { Group } from '#shared/connection/group.ts';
import { buildTree, type TreeNode } from './treeModel.ts';
import { keyMove } from './treeMoves.ts';
import { countWords, rangeOf, toggled, topmost } from './treeSelection.ts';

const group = (id: string, parentId?: string): Group => ({
  id,
  name: id,
  parentId,
  sortOrder: 0,
  expanded: true,
});
const nodes = buildTree(
  [group('a'), group('b'), group('c'), group('x', 'b'), group('y', 'b'), group('deep', 'x')],
  [],
);
const rows = (...ids: string[]): TreeNode[] => nodes.filter(({ id }) => ids.includes(id));
const moved = (key: string, ...ids: string[]) => keyMove(nodes, rows(...ids), key);

describe('moving rows by keyboard', () => {
  it('goes up and down within the level, and says where it has come to', () => {
    expect(moved('ArrowUp', 'b')).toEqual({
      gathering: { parentId: null, groups: { ids: ['b'], index: 0 } },
      words: 'moved to 1 of 3',
    });
    expect(moved('ArrowDown', 'x')).toEqual({
      gathering: { parentId: 'b', groups: { ids: ['x'], index: 1 } },
      words: 'moved to 2 of 2',
    });
    expect(moved('ArrowUp', 'a')).toEqual({ stays: 'It is the first one.' });
    expect(moved('ArrowDown', 'c')).toEqual({ stays: 'It is the last one.' });
  });

  it('takes several rows along as a block', () => {
    expect(moved('ArrowUp', 'b', 'c')).toMatchObject({
      gathering: { parentId: null, groups: { ids: ['b', 'c'], index: 0 } },
    });
    expect(moved('ArrowDown', 'a', 'b')).toMatchObject({
      gathering: { groups: { ids: ['a', 'b'], index: 1 } },
    });
    expect(moved('ArrowDown', 'b', 'c')).toEqual({ stays: 'It is the last one.' });
    expect(moved('ArrowUp', 'b', 'deep')).toHaveProperty('stays');
  });

  it('leaves its group to the left, and goes into the one before it to the right', () => {
    expect(moved('ArrowLeft', 'x')).toEqual({
      gathering: { parentId: null, groups: { ids: ['x'], index: 2 } },
      words: 'moved to the top level',
    });
    expect(moved('ArrowLeft', 'deep')).toMatchObject({ words: 'moved to b' });
    expect(moved('ArrowLeft', 'a')).toEqual({ stays: 'It is in no group.' });
    expect(moved('ArrowRight', 'c')).toMatchObject({
      gathering: { parentId: 'b', groups: { ids: ['c'] } },
      into: { id: 'b' },
      words: 'moved into b',
    });
    expect(moved('ArrowRight', 'b', 'c')).toMatchObject({ into: { id: 'a' } });
    expect(moved('ArrowRight', 'a')).toHaveProperty('stays');
  });
});

describe('choosing several rows', () => {
  it('takes all from one to another in either direction', () => {
    const between = ['group:a', 'group:b', 'group:x'];
    expect(rangeOf(nodes, 'group:a', 'group:x')).toEqual(between);
    expect(rangeOf(nodes, 'group:x', 'group:a')).toEqual(between);
    expect(rangeOf(nodes, 'group:gone', 'group:a')).toEqual(['group:a']);
    expect(rangeOf(nodes, undefined, 'group:c')).toEqual(['group:c']);
  });

  it('adds and takes away single ones, but never leaves none', () => {
    expect([...toggled(new Set(['one']), 'two')]).toEqual(['one', 'two']);
    expect([...toggled(new Set(['one', 'two']), 'one')]).toEqual(['two']);
    expect([...toggled(new Set(['one']), 'one')]).toEqual(['one']);
  });

  it('leaves what goes along with its group to the group', () => {
    const chosen = new Set(['group:b', 'group:deep', 'group:c']);
    expect(topmost(nodes, chosen).map(({ id }) => id)).toEqual(['b', 'c']);
  });

  it('counts in words', () => {
    const many = [{ kind: 'connection' }, { kind: 'connection' }, { kind: 'group' }] as const;
    expect(countWords(many)).toBe('2 connections and 1 group');
    expect(countWords(many.slice(0, 1))).toBe('1 connection');
  });
});
