import type { Document } from '#shared/documents/document.ts';
import type { KeptTab } from '#shared/session/kept.ts';
import type { KeepDeps, LiveRun } from './liveRun.ts';

/** A longer text is kept by its beginning. */
const maxTextLength = 2 * 1024 ** 2;
/** Of a tab in which more is run the last ones are kept. */
const maxRuns = 200;

/** A tab of a session as it goes on. */
export class LiveTab {
  /** Newest last. */
  runs: LiveRun[] = [];
  #document: Document;
  #changedAt: number;
  #closedAt: number | undefined;
  readonly #deps: KeepDeps;
  #encoded: string | undefined;

  constructor(document: Document, at: number, deps: KeepDeps) {
    this.#document = document;
    this.#changedAt = at;
    this.#deps = deps;
  }

  get title(): string {
    return this.#document.title;
  }
  get changedAt(): number {
    return this.#changedAt;
  }
  get isClosed(): boolean {
    return this.#closedAt !== undefined;
  }

  changed(document: Document, at: number): void {
    this.#document = document;
    this.#closedAt = undefined;
    this.#touched(at);
  }

  closed(at: number): void {
    this.#closedAt = at;
    this.#touched(at);
  }

  ran(run: LiveRun, at: number): void {
    this.runs.push(run);
    if (this.runs.length > maxRuns) this.runs.shift();
    this.#touched(at);
  }

  #touched(at: number): void {
    this.#changedAt = at;
    this.#encoded = undefined;
  }

  /** As JSON, up to the runs, which are put behind it. */
  encodeHead(): string {
    this.#encoded ??= JSON.stringify(this.#kept()).slice(0, -1);
    return this.#encoded;
  }

  #kept(): Omit<KeptTab, 'runs'> {
    const { savedAt: _, text, connectionId, ...rest } = this.#document;
    return {
      ...rest,
      text: text.slice(0, maxTextLength),
      ...(text.length > maxTextLength ? { cut: true } : {}),
      ...(connectionId === undefined
        ? {}
        : { connectionId, connectionName: this.#deps.nameOf(connectionId) }),
      changedAt: this.#changedAt,
      ...(this.#closedAt === undefined ? {} : { closedAt: this.#closedAt }),
    };
  }
}
