import type { Workspace } from '../../stores/workspace.svelte.ts';
import { connectionKey, groupKey, type SidebarRow, type TreeNode } from './treeModel.ts';
import { rangeOf, toggled } from './treeSelection.ts';

/**
 * The rows that are chosen: the one that the window has selected, and with Shift and Ctrl others beside it. What hangs
 * under a connection is chosen alone.
 */
export class Choice {
  readonly #workspace: Workspace;
  readonly #nodes: () => readonly TreeNode[];
  #picked = $state.raw<ReadonlySet<string>>(new Set());
  /** Where a range begins. */
  #anchor: string | undefined;
  /** A button is down: what the click means is said by it, not by the focus that comes before. */
  #pressing = false;

  constructor(workspace: Workspace, nodes: () => readonly TreeNode[]) {
    this.#workspace = workspace;
    this.#nodes = nodes;
  }

  /** The row that keys act on. */
  get lead(): string | undefined {
    const item = this.#workspace.selected;
    if (item?.kind === 'branch') return item.id;
    return item && (item.kind === 'group' ? groupKey(item.id) : connectionKey(item.id));
  }

  /** Whatever is selected from elsewhere is chosen alone. */
  readonly keys: ReadonlySet<string> = $derived.by(() => {
    const { lead } = this;
    if (lead === undefined) return new Set();
    return this.#picked.has(lead) ? this.#picked : new Set([lead]);
  });

  /** From top to bottom; what a closed group hides is not among them. */
  readonly rows: readonly TreeNode[] = $derived.by(() =>
    this.#nodes().filter(({ key }) => this.keys.has(key)),
  );

  press(): void {
    this.#pressing = true;
    const release = () => (this.#pressing = false);
    for (const end of ['pointerup', 'pointercancel']) addEventListener(end, release, { once: true });
  }

  /** A row that got the focus, for example from a screen reader, is the one that is meant. */
  focused(node: SidebarRow): void {
    if (!this.#pressing) this.include(node);
  }

  /** Chosen alone, unless it is among the chosen ones. */
  include(node: SidebarRow): void {
    if (!this.keys.has(node.key)) this.only(node);
  }

  only(node: SidebarRow): void {
    this.#anchor = node.kind === 'branch' ? undefined : node.key;
    this.#pick(node, new Set([node.key]));
  }

  toggle(node: SidebarRow): void {
    if (node.kind === 'branch') return this.only(node);
    const chosen = toggled(this.keys, node.key);
    this.#anchor = node.key;
    const last = this.#nodes().findLast(({ key }) => chosen.has(key));
    this.#pick(chosen.has(node.key) ? node : (last ?? node), chosen);
  }

  /** From where the last single choice was made to this row. */
  extend(node: SidebarRow): void {
    if (node.kind === 'branch') return this.only(node);
    this.#anchor ??= this.lead;
    this.#pick(node, new Set(rangeOf(this.#nodes(), this.#anchor, node.key)));
  }

  all(): void {
    const nodes = this.#nodes();
    const lead = nodes.find(({ key }) => key === this.lead) ?? nodes[0];
    if (lead) this.#pick(lead, new Set(nodes.map(({ key }) => key)));
  }

  #pick(lead: SidebarRow, chosen: ReadonlySet<string>): void {
    this.#picked = chosen;
    this.#workspace.selected =
      lead.kind === 'branch'
        ? { kind: 'branch', id: lead.key, connectionId: lead.connectionId }
        : { kind: lead.kind, id: lead.id };
  }
}
