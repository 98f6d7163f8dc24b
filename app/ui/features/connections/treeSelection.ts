import type { TreeNode } from './treeModel.ts';

/** All rows from one to another, as Shift takes them. */
export function rangeOf(nodes: readonly TreeNode[], from: string | undefined, to: string): string[] {
  const [one, other] = [from ?? to, to].map((key) => nodes.findIndex((node) => node.key === key));
  if (one === undefined || other === undefined || one < 0 || other < 0) return [to];
  return nodes.slice(Math.min(one, other), Math.max(one, other) + 1).map(({ key }) => key);
}

/** One more row, or one less where it is chosen already; never none at all. */
export function toggled(chosen: ReadonlySet<string>, key: string): Set<string> {
  const next = new Set(chosen);
  if (!next.delete(key) || next.size === 0) next.add(key);
  return next;
}

/** The chosen rows without those that stand in a group that is chosen as well: they go where it goes. */
export function topmost(nodes: readonly TreeNode[], chosen: ReadonlySet<string>): TreeNode[] {
  const parents = new Map(nodes.map((node) => [node.key, node.parentKey]));
  const goesAlong = (key: string | undefined): boolean =>
    key !== undefined && (chosen.has(key) || goesAlong(parents.get(key)));
  return nodes.filter((node) => chosen.has(node.key) && !goesAlong(node.parentKey));
}

/** What a search has found, as it is spoken. */
export function foundWords(connections: number, objects: number): string {
  const some = (count: number, word: string) => `${count.toLocaleString()} ${word}${count === 1 ? '' : 's'}`;
  return `${some(connections, 'connection')}${objects === 0 ? '' : ` and ${some(objects, 'object')}`} found`;
}

/** `3 connections and 1 group`. */
export function countWords(rows: readonly Pick<TreeNode, 'kind'>[]): string {
  const groups = rows.filter(({ kind }) => kind === 'group').length;
  const connections = rows.length - groups;
  const some = (count: number, word: string) =>
    count === 0 ? [] : [`${count.toLocaleString()} ${word}${count === 1 ? '' : 's'}`];
  return [...some(connections, 'connection'), ...some(groups, 'group')].join(' and ');
}
