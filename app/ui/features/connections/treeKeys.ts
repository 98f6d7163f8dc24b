import type { TreeNode } from './treeModel.ts';

/** What an arrow key does in a tree, as the ARIA pattern has it. */
export type TreeMove = { kind: 'focus'; key: string } | { kind: 'expand' | 'collapse'; id: string };

export function treeMove(
  nodes: readonly TreeNode[],
  focused: string | undefined,
  key: string,
): TreeMove | undefined {
  const at = Math.max(
    0,
    nodes.findIndex((node) => node.key === focused),
  );
  const node = nodes[at];
  const focus = (target: TreeNode | undefined): TreeMove | undefined =>
    target && { kind: 'focus', key: target.key };
  if (!node) return undefined;
  switch (key) {
    case 'ArrowDown':
      return focus(nodes[at + 1]);
    case 'ArrowUp':
      return focus(nodes[at - 1]);
    case 'Home':
      return focus(nodes[0]);
    case 'End':
      return focus(nodes.at(-1));
    case 'ArrowRight':
      if (node.kind !== 'group') return undefined;
      if (!node.expanded) return { kind: 'expand', id: node.id };
      return nodes[at + 1]?.parentKey === node.key ? focus(nodes[at + 1]) : undefined;
    case 'ArrowLeft':
      if (node.kind === 'group' && node.expanded) return { kind: 'collapse', id: node.id };
      return focus(nodes.find((each) => each.key === node.parentKey));
    default:
      return undefined;
  }
}

/** Letters typed within half a second of each other are one word. */
const pauseMs = 500;

/** Finds the next row that begins with what is typed; the same letter again goes on to the next such row. */
export class TypeAhead {
  #typed = '';
  #lastAt = 0;

  next(
    nodes: readonly TreeNode[],
    focused: string | undefined,
    letter: string,
    at: number,
  ): string | undefined {
    this.#typed = at - this.#lastAt > pauseMs ? letter : this.#typed + letter;
    this.#lastAt = at;
    const repeated = [...this.#typed].every((each) => each === letter);
    const wanted = (repeated ? letter : this.#typed).toLowerCase();
    const here = nodes.findIndex((node) => node.key === focused);
    const start = here + (repeated ? 1 : 0);
    for (let step = 0; step < nodes.length; step += 1) {
      const node = nodes[(Math.max(0, start) + step) % nodes.length];
      if (node?.name.toLowerCase().startsWith(wanted)) return node.key;
    }
    return undefined;
  }
}
