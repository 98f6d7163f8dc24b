import { JsonText, jsonPath, type JsonChildren, type JsonNode } from './jsonText.ts';

/** So many children are shown at once; the next ones come on demand. */
export const childrenPerPart = 1_000;

/** A line of the tree. */
export interface TreeLine {
  readonly node: JsonNode;
  /** Undefined for the whole text. */
  readonly parent: TreeLine | undefined;
  readonly level: number;
  /** Undefined: it has nothing to open. */
  readonly expanded: boolean | undefined;
  /** It stands for the children of its node that are not shown yet. */
  readonly more?: boolean;
}

interface Opened {
  readonly nodes: readonly JsonNode[];
  readonly next: JsonChildren['next'];
}

/** Which parts of a JSON text are open, and the lines that this makes. */
export class JsonTree {
  readonly text: JsonText;
  #opened = $state.raw<ReadonlyMap<number, Opened>>(new Map());
  readonly #root: JsonNode | undefined;

  readonly lines = $derived<readonly TreeLine[]>(this.#lines());

  /** @param levels that are open at first. */
  constructor(text: string, levels = 1) {
    this.text = new JsonText(text);
    this.#root = this.text.root();
    if (this.#root) this.#openDeep(this.#root, levels);
  }

  open(node: JsonNode): void {
    if (!isContainer(node) || this.#opened.has(node.from)) return;
    this.#put(node, this.text.children(node, childrenPerPart));
  }

  close(node: JsonNode): void {
    const opened = new Map(this.#opened);
    opened.delete(node.from);
    this.#opened = opened;
  }

  toggle(node: JsonNode): void {
    if (this.#opened.has(node.from)) this.close(node);
    else this.open(node);
  }

  /** Shows further children of a node. */
  more(node: JsonNode): void {
    const before = this.#opened.get(node.from);
    if (!before?.next) return;
    const { nodes, next } = this.text.children(node, childrenPerPart, before.next);
    this.#put(node, { nodes: [...before.nodes, ...nodes], next });
  }

  /** Opens what is around a place of the text; the innermost node there. */
  reveal(position: number): JsonNode | undefined {
    let node = this.#root;
    while (node && isContainer(node)) {
      this.open(node);
      const inner = this.#childAt(node, position);
      if (!inner) return node;
      node = inner;
    }
    return node;
  }

  pathOf(line: TreeLine): string {
    const keys: (string | number)[] = [];
    for (let at: TreeLine | undefined = line; at; at = at.parent)
      if (at.node.key !== undefined) keys.unshift(at.node.key);
    return jsonPath(keys);
  }

  /** The one in which the place is; its name belongs to it. */
  #childAt(parent: JsonNode, position: number): JsonNode | undefined {
    for (;;) {
      const opened = this.#opened.get(parent.from);
      const found = opened?.nodes.find(({ to }) => position < to);
      if (found || !opened?.next) return found;
      this.more(parent);
    }
  }

  #openDeep(node: JsonNode, levels: number): void {
    if (levels === 0) return;
    this.open(node);
    for (const child of this.#opened.get(node.from)?.nodes ?? []) this.#openDeep(child, levels - 1);
  }

  #put(node: JsonNode, opened: Opened): void {
    this.#opened = new Map(this.#opened).set(node.from, opened);
  }

  #lines(): TreeLine[] {
    const lines: TreeLine[] = [];
    const add = (node: JsonNode, parent: TreeLine | undefined, level: number): void => {
      const opened = this.#opened.get(node.from);
      const line = { node, parent, level, expanded: isContainer(node) ? opened !== undefined : undefined };
      lines.push(line);
      if (!opened) return;
      for (const child of opened.nodes) add(child, line, level + 1);
      if (opened.next) lines.push({ node, parent: line, level: level + 1, expanded: undefined, more: true });
    };
    if (this.#root) add(this.#root, undefined, 0);
    return lines;
  }
}

export const isContainer = ({ kind }: JsonNode): boolean => kind === 'object' || kind === 'array';
