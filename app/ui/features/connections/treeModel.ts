import type { Group } from '#shared/connection/group.ts';
import type { ConnectionRow, ConnectionStatus } from '#shared/connection/status.ts';
import { shownStatus } from '../../lib/statusWords.ts';

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
  match?: { from: number; to: number };
}

export interface GroupNode extends Place {
  kind: 'group';
  group: Group;
  expanded: boolean;
  /** Connections in it and in its groups. */
  count: number;
  /** What a closed group hides and should not: the worst status within, where something is wrong. */
  trouble?: ConnectionStatus;
}

export interface ConnectionNode extends Place {
  kind: 'connection';
  row: ConnectionRow;
  /** The search found it by this, where its name does not show it. */
  found?: string;
}

export type TreeNode = GroupNode | ConnectionNode;

export const groupKey = (id: string): string => `group:${id}`;
export const connectionKey = (id: string): string => `connection:${id}`;

/** The rows of the sidebar from top to bottom. While searching, every group that holds something found is open. */
export function buildTree(groups: readonly Group[], rows: readonly ConnectionRow[], search = ''): TreeNode[] {
  const wanted = search.trim().toLowerCase();
  const known = new Set(groups.map((group) => group.id));
  const parentOf = (id: string | undefined) => (id !== undefined && known.has(id) ? id : undefined);
  const groupsIn = (parent: string | undefined) =>
    groups.filter((group) => parentOf(group.parentId) === parent);
  const rowsIn = (parent: string | undefined) =>
    rows.filter((row) => parentOf(row.config.groupId) === parent);

  const branch = (
    parent: string | undefined,
    level: number,
    all: boolean,
    above: ReadonlySet<string>,
  ): TreeNode[][] => {
    const subgroups = groupsIn(parent).flatMap((group) => {
      // A group within itself cannot come from here, but from a file edited by hand it can.
      if (above.has(group.id)) return [];
      const named = wanted !== '' && group.name.toLowerCase().includes(wanted);
      const inner = branch(group.id, level + 1, all || named, new Set([...above, group.id]));
      if (wanted !== '' && !all && !named && inner.length === 0) return [];
      return [[groupNode(group, level, inner.flat(), wanted), ...inner.flat()]];
    });
    const connections = rowsIn(parent)
      .filter((row) => wanted === '' || all || foundBy(row, wanted) !== undefined)
      .map((row) => [connectionNode(row, level, wanted)]);
    return numbered([...subgroups, ...connections], parent);
  };
  return visible(branch(undefined, 1, false, new Set()).flat());
}

/** The first row that was found itself; a group may stand there only for what is in it. */
export const firstMatch = (nodes: readonly TreeNode[]): TreeNode | undefined =>
  nodes.find((node) => node.match !== undefined || (node.kind === 'connection' && node.found !== undefined));

function groupNode(group: Group, level: number, inner: TreeNode[], wanted: string): GroupNode {
  const rows = inner.flatMap((node) => (node.kind === 'connection' ? [node.row] : []));
  const expanded = wanted !== '' || group.expanded;
  return {
    kind: 'group',
    key: groupKey(group.id),
    id: group.id,
    name: group.name,
    level,
    position: 1,
    setSize: 1,
    match: matchIn(group.name, wanted),
    group,
    expanded,
    count: rows.length,
    trouble: expanded ? undefined : worst(rows),
  };
}

const connectionNode = (row: ConnectionRow, level: number, wanted: string): ConnectionNode => {
  const match = matchIn(row.config.name, wanted);
  return {
    kind: 'connection',
    key: connectionKey(row.config.id),
    id: row.config.id,
    name: row.config.name,
    level,
    position: 1,
    setSize: 1,
    match,
    row,
    found: match || wanted === '' ? undefined : foundBy(row, wanted),
  };
};

/** Each branch's head learns its place among its siblings. */
function numbered(branches: TreeNode[][], parent: string | undefined): TreeNode[][] {
  for (const [index, [head]] of branches.entries()) {
    if (!head) continue;
    head.position = index + 1;
    head.setSize = branches.length;
    if (parent !== undefined) head.parentKey = groupKey(parent);
  }
  return branches;
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

const foundBy = ({ config }: ConnectionRow, wanted: string): string | undefined =>
  [config.name, config.mode === 'embedded' ? '' : config.host, config.database].find((text) =>
    text.toLowerCase().includes(wanted),
  );

function matchIn(name: string, wanted: string): Place['match'] {
  const from = wanted === '' ? -1 : name.toLowerCase().indexOf(wanted);
  return from < 0 ? undefined : { from, to: from + wanted.length };
}

const troubles: readonly ConnectionStatus[] = ['error', 'reconnecting', 'degraded'];
const worst = (rows: readonly ConnectionRow[]): ConnectionStatus | undefined =>
  troubles.find((status) => rows.some((row) => shownStatus(row, false).mark === status));

/** The groups as a list for choosing one, indented by `level` from 0; without `except` and what is in it. */
export function groupChoices(groups: readonly Group[], except?: string): { group: Group; level: number }[] {
  return buildTree(
    groups.filter((group) => group.id !== except).map((group) => ({ ...group, expanded: true })),
    [],
  ).flatMap((node) => (node.kind === 'group' ? [{ group: node.group, level: node.level - 1 }] : []));
}
