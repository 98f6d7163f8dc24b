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
  #loading = $state(true);
  #error = $state.raw<AppError>();
  readonly #struck = new SvelteSet<number>();
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

  isStruck(index: number): boolean {
    return this.#struck.has(index);
  }

  /** Makes it as things are now; what was struck out before is asked again, for it may be another line. */
  async make(maskHosts: boolean): Promise<void> {
    this.#maskHosts = maskHosts;
    this.#loading = true;
    await this.#try(async () => {
      const { reportId, lines } = await this.#rpc.call('diagnostics.bundle', { maskHosts });
      this.#reportId = reportId;
      this.#struck.clear();
      this.#lines = lines.map((line, index) => ({ ...line, index }));
    });
    this.#loading = false;
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

  /** Where it was written; undefined where it was not, which `error` says why. */
  async save(path: string): Promise<string | undefined> {
    const struck = [...this.#struck].sort((a, b) => a - b);
    return await this.#try(async () => {
      const saved = await this.#rpc.call('diagnostics.saveBundle', {
        reportId: this.#reportId,
        path,
        struck,
      });
      return saved.path;
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
