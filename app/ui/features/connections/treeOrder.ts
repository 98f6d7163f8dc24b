import type { Settings } from '#shared/settings/settings.ts';
import type { TreeNode } from './treeModel.ts';

export type SidebarOrder = Settings['sidebarOrder'];

/** A row of a level, and all that stands under it. */
export type Branch = readonly TreeNode[];

export const orderWords: Record<SidebarOrder, string> = {
  manual: 'Own order',
  name: 'By name',
  lastUsed: 'Last used first',
};

/** Branches of one kind in their order; they come in the user's own. */
export function ordered(branches: readonly Branch[], order: SidebarOrder): readonly Branch[] {
  if (order === 'manual') return branches;
  const byName = (one: Branch, other: Branch) => names.compare(one[0]?.name ?? '', other[0]?.name ?? '');
  if (order === 'name') return branches.toSorted(byName);
  return branches.toSorted((one, other) => usedAt(other) - usedAt(one) || byName(one, other));
}

/** As people count: `db2` before `db10`. */
const names = new Intl.Collator(undefined, { numeric: true });

/** When anything of a branch was connected last. */
const usedAt = (branch: Branch): number =>
  branch.reduce(
    (last, node) => Math.max(last, node.kind === 'connection' ? (node.row.config.lastConnectedAt ?? 0) : 0),
    0,
  );
