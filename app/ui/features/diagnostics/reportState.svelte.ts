import { SvelteSet } from 'svelte/reactivity';
import type { ReportLine } from '#shared/diagnostics/methods.ts';
import { reportText } from '#shared/diagnostics/reportText.ts';
import { type AppError, fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';

export interface ShownLine extends ReportLine {
  readonly index: number;
}

/** A report before it is given away: all its lines, which of them are struck out, and what is looked for in them. */
export class ReportState {
  #lines = $state.raw<readonly ShownLine[]>([]);
  #reportId = '';
  #maskHosts = $state(false);
  /** What is shown is masked. */
  #isMasked = false;
  #loading = $state(true);
  #error = $state.raw<AppError>();
  readonly #struck = new SvelteSet<number>();
  #lost = $state(0);
  #asked = 0;
  text = $state('');
  readonly #rpc: Rpc;

  readonly found: readonly ShownLine[] = $derived.by(() => {
    const wanted = this.text.toLowerCase();
    return wanted === ''
      ? this.#lines
      : this.#lines.filter((line) => line.text.toLowerCase().includes(wanted));
  });

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
  }

  get lines(): readonly ShownLine[] {
    return this.#lines;
  }
  get loading(): boolean {
    return this.#loading;
  }
  get error(): AppError | undefined {
    return this.#error;
  }
  get maskHosts(): boolean {
    return this.#maskHosts;
  }
  get struckCount(): number {
    return this.#struck.size;
  }

  /** How many lines that had been struck out are worded otherwise since it was made anew, and are in it again. */
  get lostCount(): number {
    return this.#lost;
  }

  isStruck(index: number): boolean {
    return this.#struck.has(index);
  }

  /** Makes it as things are now, without the lines that were struck out before, where they read the same. */
  async make(maskHosts = this.#maskHosts): Promise<void> {
    const asked = (this.#asked += 1);
    this.#maskHosts = maskHosts;
    this.#loading = true;
    const made = await this.#try(() => this.#rpc.call('diagnostics.bundle', { maskHosts }));
    if (asked !== this.#asked) return;
    this.#loading = false;
    // What is shown is as it was, whatever was asked for.
    if (!made) return void (this.#maskHosts = this.#isMasked);
    this.#isMasked = maskHosts;
    const struck = new Set(this.#lines.filter(({ index }) => this.isStruck(index)).map(nameOf));
    this.#reportId = made.reportId;
    this.#lines = made.lines.map((line, index) => ({ ...line, index }));
    this.#struck.clear();
    for (const line of this.#lines) if (struck.has(nameOf(line))) this.#struck.add(line.index);
    const again = new Set(this.#lines.map(nameOf));
    this.#lost = [...struck].filter((name) => !again.has(name)).length;
  }

  /** Takes a line out, or back in. */
  toggle(index: number): void {
    if (!this.#struck.delete(index)) this.#struck.add(index);
  }

  /** All that are found, out or back in. */
  strikeFound(out: boolean): void {
    for (const { index } of this.found)
      if (out) this.#struck.add(index);
      else this.#struck.delete(index);
  }

  /** As it would be written. */
  kept(): string {
    return reportText(this.#lines.filter(({ index }) => !this.#struck.has(index)));
  }

  /** Asks where to, and writes it; undefined where it was not written, for which `error` has the reason if there is one. */
  async save(choose: () => Promise<string | undefined>): Promise<string | undefined> {
    return await this.#try(async () => {
      const path = await choose();
      if (path === undefined) return undefined;
      const struck = [...this.#struck].sort((a, b) => a - b);
      const reportId = this.#reportId;
      return (await this.#rpc.call('diagnostics.saveBundle', { reportId, path, struck })).path;
    });
  }

  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const done = await work();
      this.#error = undefined;
      return done;
    } catch (error) {
      this.#error = fromEnvelope(toEnvelope(error));
      return undefined;
    }
  }
}

const nameOf = ({ section, text }: ReportLine): string => `${section}\n${text}`;
