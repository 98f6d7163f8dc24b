export interface Caller {
  signal: AbortSignal;
  /** What the task is busy with, in words. */
  onActivity: (words: string) => void;
}

/** One piece of work that several callers wait for. Each may leave by its own signal; when the last one has left, the work is aborted. */
export class SharedTask<T> {
  readonly #controller = new AbortController();
  readonly #callers = new Set<Caller>();
  readonly #result: Promise<T>;
  #words: string | undefined;
  #settled = false;

  constructor(run: (signal: AbortSignal, say: (words: string) => void) => Promise<T>) {
    this.#result = run(this.#controller.signal, (words) => {
      this.#words = words;
      for (const { onActivity } of this.#callers) onActivity(words);
    });
    const settled = () => void (this.#settled = true);
    // Its failure too is heard here, for when everybody has left nobody else would hear it.
    this.#result.then(settled, settled);
  }

  /** False once the work has ended or was given up; who comes then needs a new task. */
  get open(): boolean {
    return !this.#settled && !this.#controller.signal.aborted;
  }

  /** Waits for the result, or rejects with the reason of the caller's own signal. */
  join(caller: Caller): Promise<T> {
    const { signal, onActivity } = caller;
    signal.throwIfAborted();
    this.#callers.add(caller);
    if (this.#words !== undefined) onActivity(this.#words);
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        this.#callers.delete(caller);
        reject(signal.reason as Error);
        if (this.#callers.size === 0) this.abort(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      const leaveQuietly = () => {
        this.#callers.delete(caller);
        signal.removeEventListener('abort', leave);
      };
      this.#result.then(
        (value) => (leaveQuietly(), resolve(value)),
        (error: unknown) => (leaveQuietly(), reject(error as Error)),
      );
    });
  }

  /** Gives the work up; everybody who still waits gets what the work then rejects with. */
  abort(reason: Error): void {
    this.#controller.abort(reason);
  }
}
