import type { GroupCommands } from '../../stores/commands/groupCommands.ts';
import { dropPlace, dropTarget, type DropPlace } from './dragging.ts';
import type { TreeNode } from './treeModel.ts';
import { gatheredInto } from './treeMoves.ts';

/** A closed group opens when something is held over it for that long. */
const openAfterMs = 600;

/** Rows on their way with the mouse. */
export class TreeDrag {
  readonly #tree: () => { nodes: readonly TreeNode[]; sorted: boolean };
  readonly #commands: Pick<GroupCommands, 'gather' | 'setExpanded'>;
  #rows = $state.raw<readonly TreeNode[]>([]);
  #drop = $state.raw<DropPlace | { key: undefined; where: 'into' }>();
  #opening: { key: string; timer: ReturnType<typeof setTimeout> } | undefined;

  constructor(
    tree: () => { nodes: readonly TreeNode[]; sorted: boolean },
    commands: Pick<GroupCommands, 'gather' | 'setExpanded'>,
  ) {
    this.#tree = tree;
    this.#commands = commands;
  }

  /** Where the rows would go; without a key to the end of the top level. */
  get drop(): DropPlace | { key: undefined; where: 'into' } | undefined {
    return this.#drop;
  }

  has(key: string): boolean {
    return this.#rows.some((row) => row.key === key);
  }

  start(rows: readonly TreeNode[], { dataTransfer }: DragEvent): void {
    this.#rows = rows;
    if (!dataTransfer) return;
    dataTransfer.effectAllowed = 'move';
    // Some browsers drag nothing that has no text.
    dataTransfer.setData('text/plain', rows.map(({ name }) => name).join('\n'));
  }

  /** @param node undefined below the last row. */
  over(event: DragEvent, node: TreeNode | undefined, share: number): void {
    if (this.#rows.length === 0) return;
    const { nodes, sorted } = this.#tree();
    this.#drop = node
      ? dropPlace(nodes, this.#rows, node, { share, sorted })
      : { key: undefined, where: 'into' };
    this.#openLater(this.#drop?.where === 'into' ? node : undefined);
    if (this.#drop) event.preventDefault();
  }

  end(event: DragEvent): void {
    const drop = this.#drop;
    const rows = this.#rows;
    this.stop();
    if (!drop) return;
    event.preventDefault();
    const gathering =
      drop.key === undefined ? gatheredInto(rows, undefined) : dropTarget(this.#tree().nodes, rows, drop);
    if (gathering) void this.#commands.gather(gathering);
  }

  stop(): void {
    this.#openLater(undefined);
    this.#rows = [];
    this.#drop = undefined;
  }

  #openLater(node: TreeNode | undefined): void {
    if (this.#opening && this.#opening.key === node?.key) return;
    clearTimeout(this.#opening?.timer);
    this.#opening = undefined;
    if (node?.kind !== 'group' || node.expanded) return;
    const open = () => void this.#commands.setExpanded(node.group, true);
    this.#opening = { key: node.key, timer: setTimeout(open, openAfterMs) };
  }
}
