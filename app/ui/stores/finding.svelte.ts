import { AppError } from '#shared/error/appError.ts';
import type { MethodResult } from '#shared/contract/derive.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import type { Result } from './runsResult.svelte.ts';

export interface FoundCell {
  readonly row: number;
  readonly column: number;
}

/** More are not kept; who looks for that many looks for something else. */
export const maxFound = 100_000;
const typingMs = 120;

/**
 * A search through all rows of a result: the sidecar looks for a share of a second at a time, from the row in view on and
 * around, and what it found so far can be gone through at once.
 */
export class Finding {
  text = $state('');
  matchCase = $state(false);
  /** In the order of the rows that are shown. */
  #found = $state.raw<readonly FoundCell[]>([]);
  #current = $state<FoundCell>();
  /** How many rows were looked at. */
  #done = $state(0);
  #busy = $state(false);
  #failure = $state<string>();
  #abort: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #rpc: Rpc;
  readonly #result: Result;
  readonly #columns: () => readonly number[];
  /** Goes to a match: the nearest one as soon as there is one, then whichever is asked for. */
  readonly #go: (cell: FoundCell) => void;

  constructor(
    rpc: Rpc,
    result: Result,
    { columns, go }: { columns: () => readonly number[]; go: (cell: FoundCell) => void },
  ) {
    this.#rpc = rpc;
    this.#result = result;
    this.#columns = columns;
    this.#go = go;
  }

  get count(): number {
    return this.#found.length;
  }
  get busy(): boolean {
    return this.#busy;
  }
  get failure(): string | undefined {
    return this.#failure;
  }
  get limited(): boolean {
    return this.#found.length >= maxFound;
  }
  /** 0 to 1. */
  get share(): number {
    return Math.min(1, this.#done / Math.max(1, this.#result.rowCount));
  }
  /** Which of the matches is the one that was gone to last. */
  get index(): number | undefined {
    const current = this.#current;
    if (!current) return undefined;
    const index = this.#search(current);
    const found = this.#found[index];
    return found?.row === current.row && found.column === current.column ? index : undefined;
  }

  /** Looks for another text, from a cell on. */
  look(text: string, matchCase: boolean, from: FoundCell): void {
    this.text = text;
    this.matchCase = matchCase;
    this.stop();
    this.#found = [];
    this.#current = undefined;
    this.#failure = undefined;
    this.#done = 0;
    if (text === '') return;
    this.#busy = true;
    this.#timer = setTimeout(() => void this.#run(from), typingMs);
  }

  /** The next one behind a cell, or the one before it; round at the ends. */
  step(by: 1 | -1, from: FoundCell): void {
    const count = this.#found.length;
    if (count === 0) return;
    const at = this.#search(from);
    const here = this.#found[at];
    const isHere = here?.row === from.row && here.column === from.column;
    const next = by > 0 ? (isHere && this.#current ? at + 1 : at) : at - 1;
    this.#goTo(this.#found[(next + count) % count]);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#busy = false;
  }

  async #run(from: FoundCell): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const start = this.#result.arranging.rows ? 0 : from.row;
      await this.#walk({ from: start }, from, abort.signal);
      if (start > 0) await this.#walk({ from: 0, to: start }, from, abort.signal);
      if (!this.#current) this.#goTo(this.#found[0]);
    } catch (error) {
      if (!abort.signal.aborted)
        this.#failure = error instanceof AppError ? error.message : 'The search ended with a fault.';
    } finally {
      if (this.#abort === abort) this.#busy = false;
    }
  }

  async #walk(part: { from: number; to?: number }, near: FoundCell, signal: AbortSignal): Promise<void> {
    for (let { from } = part; !this.limited;) {
      const { text, matchCase } = this;
      const arrangementId = this.#result.arranging.rows?.id;
      const answer = await this.#rpc.call(
        'query.find',
        {
          resultId: this.#result.id,
          ...(arrangementId === undefined ? {} : { arrangementId }),
          text,
          matchCase,
          ...part,
          from,
        },
        signal,
      );
      this.#take(answer, near);
      this.#done += (answer.next ?? part.to ?? answer.totalRows) - from;
      if (answer.next === null) return;
      from = answer.next;
    }
  }

  #take({ matches }: MethodResult<'query.find'>, near: FoundCell): void {
    const shown = new Set(this.#columns());
    const added = matches.filter(({ column }) => shown.has(column));
    if (added.length === 0) return;
    this.#found = [...this.#found, ...added].sort(compareCells).slice(0, maxFound);
    if (this.#current || this.#result.arranging.rows) return;
    this.#goTo(this.#found[this.#search(near)]);
  }

  #goTo(cell: FoundCell | undefined): void {
    if (!cell) return;
    this.#current = cell;
    this.#go(cell);
  }

  /** The first one that is not before a cell. */
  #search(cell: FoundCell): number {
    let low = 0;
    let high = this.#found.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = this.#found[middle];
      if (found && compareCells(found, cell) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const compareCells = (a: FoundCell, b: FoundCell): number => a.row - b.row || a.column - b.column;
