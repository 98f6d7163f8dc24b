import type { MethodInput } from '#shared/contract/derive.ts';
import { parentIdOf, type TreeNode } from './treeModel.ts';

/** What `group.gather` is asked for. */
export type Gathering = MethodInput<'group.gather'>;

/** Further than any list is long: the sidecar takes it as the end. */
const end = 100_000;

/** Puts rows into a group, or to the top level, behind what is there already. */
export const gatheredInto = (rows: readonly TreeNode[], parentId: string | undefined): Gathering =>
  gathering(rows, parentId, { connections: end, groups: end });

/** `index` counts the rows of a kind that stay; without one the kind comes last. */
export function gathering(
  rows: readonly TreeNode[],
  parentId: string | undefined,
  index: { connections?: number; groups?: number },
): Gathering {
  const ids = (kind: TreeNode['kind']) => rows.filter((row) => row.kind === kind).map(({ id }) => id);
  const [connections, groups] = [ids('connection'), ids('group')];
  return {
    parentId: parentId ?? null,
    ...(connections.length > 0 && { connections: { ids: connections, index: index.connections ?? end } }),
    ...(groups.length > 0 && { groups: { ids: groups, index: index.groups ?? end } }),
  };
}

/** What Alt with an arrow does to rows: where they go, in words too, or why they stay. */
export type KeyMove = { gathering: Gathering; into?: TreeNode; words: string } | { stays: string };

/**
 * Up and down within the level, left out of the group, right into the group that stands before. Rows of several levels
 * or kinds have no order among themselves: they go left and right only.
 */
export function keyMove(
  nodes: readonly TreeNode[],
  rows: readonly TreeNode[],
  key: string,
): KeyMove | undefined {
  const [first] = rows;
  if (!first) return undefined;
  if (key === 'ArrowUp' || key === 'ArrowDown') return alongLevel(nodes, rows, key === 'ArrowUp' ? -1 : 1);
  if (key === 'ArrowLeft') return outOfGroup(nodes, rows, first);
  return key === 'ArrowRight' ? intoGroup(nodes, rows, first) : undefined;
}

function alongLevel(nodes: readonly TreeNode[], rows: readonly TreeNode[], step: -1 | 1): KeyMove {
  const [first] = rows;
  const isSame = (node: TreeNode) => node.kind === first?.kind && node.parentKey === first.parentKey;
  if (!first || !rows.every(isSame)) return { stays: 'These rows stand in different places.' };
  const siblings = nodes.filter(isSame);
  const moved = new Set(rows.map(({ key }) => key));
  const edge = step < 0 ? first : rows.at(-1);
  const before = siblings.slice(
    0,
    siblings.findIndex(({ key }) => key === edge?.key),
  );
  const index = before.filter(({ key }) => !moved.has(key)).length + step;
  const others = siblings.length - rows.length;
  if (index < 0 || index > others)
    return { stays: step < 0 ? 'It is the first one.' : 'It is the last one.' };
  const isGroup = first.kind === 'group';
  return {
    gathering: gathering(rows, parentIdOf(first), isGroup ? { groups: index } : { connections: index }),
    words: `moved to ${index + 1} of ${siblings.length}`,
  };
}

function outOfGroup(nodes: readonly TreeNode[], rows: readonly TreeNode[], first: TreeNode): KeyMove {
  const parent = nodes.find(({ key }) => key === first.parentKey);
  if (!parent || rows.some(({ parentKey }) => parentKey !== first.parentKey))
    return { stays: parent ? 'These rows stand in different places.' : 'It is in no group.' };
  const uncles = nodes.filter(({ kind, parentKey }) => kind === 'group' && parentKey === parent.parentKey);
  const outer = nodes.find(({ key }) => key === parent.parentKey);
  // Right after the group that they leave: groups behind it, connections before the others.
  const index = { groups: uncles.indexOf(parent) + 1, connections: 0 };
  return {
    gathering: gathering(rows, parentIdOf(parent), index),
    words: outer ? `moved to ${outer.name}` : 'moved to the top level',
  };
}

function intoGroup(nodes: readonly TreeNode[], rows: readonly TreeNode[], first: TreeNode): KeyMove {
  const moved = new Set(rows.map(({ key }) => key));
  const into = nodes
    .slice(0, nodes.indexOf(first))
    .findLast(
      ({ key, kind, parentKey }) => kind === 'group' && parentKey === first.parentKey && !moved.has(key),
    );
  if (!into) return { stays: 'No group stands before it here.' };
  return { gathering: gatheredInto(rows, into.id), into, words: `moved into ${into.name}` };
}
