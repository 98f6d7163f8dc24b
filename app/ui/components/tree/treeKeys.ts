/** What keys need to know of a row in a tree. */
export interface TreeRowFacts {
  readonly key: string;
  readonly name: string;
  /** From 1, as ARIA counts. */
  readonly level: number;
  readonly parentKey?: string | undefined;
  /** Absent where nothing can stand under it. */
  readonly expanded?: boolean | undefined;
}

/** What an arrow key does in a tree, as the ARIA pattern has it. */
export interface TreeMove {
  readonly kind: 'focus' | 'expand' | 'collapse';
  readonly key: string;
}

export function treeMove(
  rows: readonly TreeRowFacts[],
  focused: string | undefined,
  key: string,
): TreeMove | undefined {
  const at = Math.max(
    0,
    rows.findIndex((row) => row.key === focused),
  );
  const row = rows[at];
  const focus = (target: TreeRowFacts | undefined): TreeMove | undefined =>
    target && { kind: 'focus', key: target.key };
  if (!row) return undefined;
  switch (key) {
    case 'ArrowDown':
      return focus(rows[at + 1]);
    case 'ArrowUp':
      return focus(rows[at - 1]);
    case 'Home':
      return focus(rows[0]);
    case 'End':
      return focus(rows.at(-1));
    case 'ArrowRight':
      if (row.expanded === undefined) return undefined;
      if (!row.expanded) return { kind: 'expand', key: row.key };
      return rows[at + 1]?.parentKey === row.key ? focus(rows[at + 1]) : undefined;
    case 'ArrowLeft':
      if (row.expanded) return { kind: 'collapse', key: row.key };
      return focus(rows.find((each) => each.key === row.parentKey));
    default:
      return undefined;
  }
}

/** Letters typed within half a second of each other are one word. */
const pauseMs = 500;

/** Finds the next row that begins with what is typed; the same letter again goes on to the next such row. */
export class TypeAhead {
  #typed = '';
  #lastAt = -Infinity;

  /** Another key has come between: the next letter begins a word. */
  stop(): void {
    this.#lastAt = -Infinity;
  }

  next(
    rows: readonly TreeRowFacts[],
    focused: string | undefined,
    letter: string,
    at: number,
  ): string | undefined {
    this.#typed = at - this.#lastAt > pauseMs ? letter : this.#typed + letter;
    this.#lastAt = at;
    const repeated = [...this.#typed].every((each) => each === letter);
    const wanted = (repeated ? letter : this.#typed).toLowerCase();
    const here = rows.findIndex((row) => row.key === focused);
    const start = here + (repeated ? 1 : 0);
    for (let step = 0; step < rows.length; step += 1) {
      const row = rows[(Math.max(0, start) + step) % rows.length];
      if (row?.name.toLowerCase().startsWith(wanted)) return row.key;
    }
    return undefined;
  }
}
