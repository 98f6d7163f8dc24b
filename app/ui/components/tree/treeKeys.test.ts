import { describe, expect, it } from 'vitest';
import { treeMove, TypeAhead, type TreeRowFacts } from './treeKeys.ts';

const row = (name: string, more: Partial<TreeRowFacts> = {}): TreeRowFacts => ({
  key: name,
  name,
  level: 1,
  ...more,
});
const rows = [
  row('ape', { expanded: true }),
  row('bee', { level: 2, parentKey: 'ape', expanded: true }),
  row('auk', { expanded: false }),
  row('asp', { expanded: true }),
];

describe('arrow keys in the tree', () => {
  it('walk up and down over levels, and stop at the ends', () => {
    expect(treeMove(rows, 'bee', 'ArrowDown')).toEqual({ kind: 'focus', key: 'auk' });
    expect(treeMove(rows, 'ape', 'ArrowUp')).toBeUndefined();
    expect(treeMove(rows, 'ape', 'End')).toEqual({ kind: 'focus', key: 'asp' });
  });

  it('open a closed row first, then go into an open one; where nothing can be, nothing opens', () => {
    expect(treeMove(rows, 'auk', 'ArrowRight')).toEqual({ kind: 'expand', key: 'auk' });
    expect(treeMove(rows, 'ape', 'ArrowRight')).toEqual({ kind: 'focus', key: 'bee' });
    expect(treeMove(rows, 'asp', 'ArrowRight')).toBeUndefined();
    expect(treeMove([row('leaf')], 'leaf', 'ArrowRight')).toBeUndefined();
  });

  it('close an open row first, then go to its parent', () => {
    expect(treeMove(rows, 'ape', 'ArrowLeft')).toEqual({ kind: 'collapse', key: 'ape' });
    const closed = [row('ape', { expanded: true }), row('bee', { parentKey: 'ape', expanded: false })];
    expect(treeMove(closed, 'bee', 'ArrowLeft')).toEqual({ kind: 'focus', key: 'ape' });
  });
});

describe('typing in the tree', () => {
  it('goes on to the next row with the same letter', () => {
    const typing = new TypeAhead();
    expect(typing.next(rows, 'ape', 'a', 1_000)).toBe('auk');
    expect(typing.next(rows, 'auk', 'a', 1_100)).toBe('asp');
    expect(typing.next(rows, 'asp', 'a', 1_200)).toBe('ape');
  });

  it('joins letters that follow each other quickly, and begins anew after a pause', () => {
    const typing = new TypeAhead();
    typing.next(rows, 'bee', 'a', 1_000);
    expect(typing.next(rows, 'auk', 's', 1_200)).toBe('asp');
    expect(typing.next(rows, 'asp', 'b', 3_000)).toBe('bee');
    typing.stop();
    expect(typing.next(rows, 'bee', 'a', 3_100)).toBe('auk');
  });
});
