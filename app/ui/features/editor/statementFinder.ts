import type { Rpc } from '../../lib/rpc/rpc.ts';
import type { CodeEditor } from './codeEditor.ts';
import type { StatementRange } from './statementAt.ts';

/** Typing pauses about that long between words. */
const pauseMs = 150;
/** Longer texts are split only when something is to be run: each split sends the whole text. */
const maxLiveLength = 1_000_000;
/** A script of several megabytes takes the parser seconds; beyond it the link hangs. */
const splitMs = 10_000;

/** Keeps an editor's statements up to date, as the sidecar splits them. */
export class StatementFinder {
  readonly #rpc: Rpc;
  readonly #editor: () => CodeEditor | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | undefined;

  constructor(rpc: Rpc, editor: () => CodeEditor | undefined) {
    this.#rpc = rpc;
    this.#editor = editor;
  }

  /** The text has changed: found again after a pause. */
  stale(): void {
    this.#running?.abort();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const text = this.#editor()?.text;
      if (text === undefined || text.length > maxLiveLength) return;
      this.#running = new AbortController();
      // Only comfort is lost where this fails; what is run is found anew.
      this.find(text, this.#running.signal).catch(() => undefined);
    }, pauseMs);
  }

  /** The statements of a text that is about to be run; what is typed meanwhile does not end it. Rejects with an AppError. */
  async find(text: string, signal: AbortSignal): Promise<readonly StatementRange[]> {
    clearTimeout(this.#timer);
    const limited = AbortSignal.any([signal, AbortSignal.timeout(splitMs)]);
    const { statements } = await this.#rpc.call('query.split', { text }, limited);
    this.#editor()?.takeStatements(text, statements);
    return statements;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
  }
}
