import type { Group } from '#shared/connection/group.ts';
import type { ConnectionRow } from '#shared/connection/status.ts';
import type { BranchRow, Branches } from '../../components/tree/branches.ts';
import { shownStatus, type ShownStatus } from '../../lib/statusWords.ts';
import { ordered, type SidebarOrder } from './treeOrder.ts';
import { Search, searchedTexts, type Stretch } from './treeSearch.ts';

interface Place {
  /** Unique over both kinds. */
  key: string;
  id: string;
  name: string;
  /** From 1, as ARIA counts. */
  level: number;
  position: number;
  setSize: number;
  parentKey?: string;
  /** Which characters of the name the search found. */
  matches: readonly Stretch[];
}

export interface GroupNode extends Place {
  kind: 'group';
  group: Group;
  expanded: boolean;
  /** Connections in it and in its groups. */
  count: number;
  /** What a closed group hides and should not: the worst status within, or that something is connected. */
  worst?: ShownStatus;
}

export interface ConnectionNode extends Place {
  kind: 'connection';
  row: ConnectionRow;
  /** What is in its databases stands beneath it. */
  expanded?: boolean;
  /** The search found it by this, where its name does not show it. */
  found?: { text: string; matches: readonly Stretch[] };
}

export type TreeNode = GroupNode | ConnectionNode;

/** A row of the sidebar: of its own, or of what hangs under a connection. */
export type SidebarRow = TreeNode | BranchRow;

export interface TreeView {
  search?: string;
  order?: SidebarOrder;
}

export const groupKey = (id: string): string => `group:${id}`;
export const connectionKey = (id: string): string => `connection:${id}`;
/** The id of the group that a row stands in. */
export const parentIdOf = (node: TreeNode): string | undefined => node.parentKey?.slice('group:'.length);

/** The rows of the sidebar from top to bottom. While searching, every group that holds something found is open. */
export function buildTree(
  groups: readonly Group[],
  rows: readonly ConnectionRow[],
  { search = '', order = 'manual' }: TreeView = {},
): TreeNode[] {
  const wanted = new Search(search);
  const known = new Set(groups.map((group) => group.id));
  const parentOf = (id: string | undefined) => (id !== undefined && known.has(id) ? id : undefined);
  const groupsIn = groupBy(groups, (group) => parentOf(group.parentId));
  const rowsIn = groupBy(rows, (row) => parentOf(row.config.groupId));

  const branch = (parent: string | undefined, above: readonly Group[]): TreeNode[] => {
    const level = above.length + 1;
    const names = above.map(({ name }) => name);
    const subgroups = (groupsIn.get(parent) ?? []).flatMap((group) => {
      // A group within itself cannot come from here, but from a file edited by hand it can.
      if (above.includes(group)) return [];
      const inner = branch(group.id, [...above, group]);
      const isFound = wanted.isEmpty || wanted.fits([group.name, ...names]) || inner.length > 0;
      return isFound ? [[groupNode(group, level, inner, wanted), ...inner]] : [];
    });
    const connections = (rowsIn.get(parent) ?? [])
      .filter((row) => wanted.isEmpty || wanted.fits([...searchedTexts(row.config), ...names]))
      .map((row) => [connectionNode(row, level, wanted)]);
    return numbered([...ordered(subgroups, order), ...ordered(connections, order)], parent);
  };
  return visible(branch(undefined, []));
}

function groupBy<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const found = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const same = found.get(key);
    if (same) same.push(row);
    else found.set(key, [row]);
  }
  return found;
}

/** The first row that was found itself; a group may stand there only for what is in it. */
export const firstMatch = (nodes: readonly TreeNode[]): TreeNode | undefined => nodes.find(isMatch);

/** How many connections the search has found. */
export const countMatches = (nodes: readonly TreeNode[]): number =>
  nodes.filter(({ kind }) => kind === 'connection').length;

const isMatch = (node: TreeNode): boolean =>
  node.matches.length > 0 || (node.kind === 'connection' && node.found !== undefined);

function groupNode(group: Group, level: number, inner: readonly TreeNode[], wanted: Search): GroupNode {
  const rows = inner.flatMap((node) => (node.kind === 'connection' ? [node.row] : []));
  const expanded = !wanted.isEmpty || group.expanded;
  return {
    kind: 'group',
    key: groupKey(group.id),
    id: group.id,
    name: group.name,
    level,
    position: 1,
    setSize: 1,
    matches: wanted.stretches(group.name),
    group,
    expanded,
    count: rows.length,
    worst: expanded ? undefined : worst(rows),
  };
}

function connectionNode(row: ConnectionRow, level: number, wanted: Search): ConnectionNode {
  const found = wanted.besideName(row.config);
  return {
    kind: 'connection',
    key: connectionKey(row.config.id),
    id: row.config.id,
    name: row.config.name,
    level,
    position: 1,
    setSize: 1,
    matches: wanted.stretches(row.config.name),
    row,
    found: found === undefined ? undefined : { text: found, matches: wanted.stretches(found) },
  };
}

/** Each branch's head learns its place among its siblings. */
function numbered(branches: readonly (readonly TreeNode[])[], parent: string | undefined): TreeNode[] {
  for (const [index, [head]] of branches.entries()) {
    if (!head) continue;
    head.position = index + 1;
    head.setSize = branches.length;
    if (parent !== undefined) head.parentKey = groupKey(parent);
  }
  return branches.flat();
}

/** Leaves out what stands under a closed group. */
function visible(nodes: TreeNode[]): TreeNode[] {
  let closedAt = Infinity;
  return nodes.filter((node) => {
    if (node.level > closedAt) return false;
    closedAt = node.kind === 'group' && !node.expanded ? node.level : Infinity;
    return true;
  });
}

/** Hangs what is in them under the connections that are open. */
export const withBranches = (nodes: readonly TreeNode[], branches: Branches): SidebarRow[] =>
  nodes.flatMap((node): SidebarRow[] => {
    if (node.kind === 'group') return [node];
    const expanded = branches.isOpen(node.id);
    const own = { ...node, expanded };
    return expanded ? [own, ...branches.rows(node.id, node.key, node.level + 1)] : [own];
  });

/** A row of the top level that begins something new, and must not seem to belong to what stands before it. */
export const startsBlock = (row: SidebarRow, before: SidebarRow | undefined): boolean =>
  row.level === 1 &&
  before !== undefined &&
  (row.kind !== 'connection' || before.kind === 'group' || before.level > 1);

const worstFirst: readonly ShownStatus['mark'][] = [
  'error',
  'reconnecting',
  'degraded',
  'asks',
  'connecting',
  'connected',
];

function worst(rows: readonly ConnectionRow[]): ShownStatus | undefined {
  const all = rows.map((row) => shownStatus(row, false));
  return worstFirst.map((mark) => all.find((shown) => shown.mark === mark)).find(Boolean);
}

/** The groups as a list for choosing one, indented by `level` from 0; without those of `except` and what is in them. */
export function groupChoices(
  groups: readonly Group[],
  except: ReadonlySet<string> = new Set(),
): { group: Group; level: number }[] {
  const open = groups.map((group) => ({ ...group, expanded: !except.has(group.id) }));
  return buildTree(open, []).flatMap((node) =>
    node.kind === 'group' && !except.has(node.id) ? [{ group: node.group, level: node.level - 1 }] : [],
  );
}
