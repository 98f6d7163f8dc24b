import type { Rpc } from '../../lib/rpc/rpc.ts';
import type { CodeEditor } from './codeEditor.ts';

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
      // Only comfort is lost where this fails; what is run is found anew.
      if (text !== undefined && text.length <= maxLiveLength) this.find().catch(() => undefined);
    }, pauseMs);
  }

  /** Finds them now; false where the text was changed meanwhile. Rejects with an AppError. */
  async find(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    const text = this.#editor()?.text;
    if (text === undefined) return false;
    const signal = AbortSignal.any([running.signal, AbortSignal.timeout(splitMs)]);
    const { statements } = await this.#rpc.call('query.split', { text }, signal);
    return this.#editor()?.takeStatements(text, statements) ?? false;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
  }
}
