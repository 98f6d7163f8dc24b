/** Work goes on for as long as this before others get their turn. */
const turnMs = 8;

/** Lets a long piece of work stand back regularly, so that other calls stay quick, and ends it when it is given up. */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #since = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** To be asked often; most of the time there is nothing to wait for. Throws the signal's reason. */
  next(): Promise<void> | undefined {
    return performance.now() - this.#since < turnMs ? undefined : this.#standBack();
  }

  async #standBack(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#signal?.throwIfAborted();
    this.#since = performance.now();
  }
}
