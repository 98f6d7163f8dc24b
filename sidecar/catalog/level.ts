import { AppError } from '#shared/error/appError.ts';
import { asError } from '../lib/asError.ts';

/** After the first failure, doubled with each further one. */
const firstBackoffMs = 1_000;
const maxBackoffMs = 30_000;

export interface Loaded {
  value: unknown;
  fetchedAt: number;
  /** As they came from the server. */
  bytes: number;
}

interface Loading {
  /** The count of changes when it began. */
  began: number;
  done: Promise<'read' | 'failed' | 'givenUp'>;
  abort: AbortController;
  /** Nobody waits any longer, but somebody has been told that a newer answer is on its way. */
  isPromised: boolean;
  waiting: number;
}

/** What is known of one list or object of a catalog, how old that is, and the one reading of it that may be under way. */
export class Level {
  copy: Loaded | undefined;
  error: AppError | undefined;
  usedAt = 0;
  /** Each change that makes what is known old counts one up; what was read is as new as the count when its reading began. */
  #wanted = 1;
  #known = 0;
  #failures = 0;
  #retryAt = 0;
  #loading: Loading | undefined;

  get stale(): boolean {
    return this.#known < this.#wanted;
  }
  get loading(): boolean {
    return this.#loading !== undefined;
  }

  /** Was somebody given the copy of before, and told to expect a newer one? */
  get isPromised(): boolean {
    return this.#loading?.isPromised ?? false;
  }

  markStale(): void {
    this.#wanted += 1;
  }

  /** The user asks again: not the wait after a failure, nor what is known, stands in the way. */
  renew(): void {
    this.markStale();
    this.#retryAt = 0;
  }

  /** Milliseconds until it is tried again after a failure. */
  backoffAt(now: number): number {
    return Math.max(0, this.#retryAt - now);
  }

  abort(why: AppError): void {
    this.#loading?.abort.abort(why);
  }

  /**
   * Reads until what is known is as new as this call, or reading failed. One reading at a time: whoever asks meanwhile waits
   * for it too. Resolves also where it failed; rejects at the abort. With `patienceMs` nobody waits for longer than that.
   */
  async fill(
    load: (signal: AbortSignal) => Promise<Loaded>,
    { now, signal, patienceMs }: { now: () => number; signal?: AbortSignal; patienceMs?: number },
  ): Promise<void> {
    const wanted = this.#wanted;
    const until = performance.now() + (patienceMs ?? Infinity);
    while (this.#known < wanted) {
      const loading = (this.#loading ??= this.#start(load, now));
      const end = await waitFor(loading, until - performance.now(), signal);
      // Another's reading, begun before this call, may have failed or been given up for reasons of before.
      if (end === 'later' || (end === 'failed' && loading.began >= wanted)) return;
    }
  }

  #start(load: (signal: AbortSignal) => Promise<Loaded>, now: () => number): Loading {
    const abort = new AbortController();
    const began = this.#wanted;
    const settle = (): void => {
      this.#loading = undefined;
    };
    const done = load(abort.signal).then(
      (copy) => {
        settle();
        this.copy = copy;
        this.error = undefined;
        this.#known = began;
        this.#failures = 0;
        this.#retryAt = 0;
        return 'read' as const;
      },
      (thrown: unknown) => {
        settle();
        // One that was given up says nothing about the server.
        if (abort.signal.aborted) return 'givenUp' as const;
        this.#failed(thrown, now());
        return 'failed' as const;
      },
    );
    return { began, done, abort, isPromised: false, waiting: 0 };
  }

  #failed(thrown: unknown, now: number): void {
    const error = asError(thrown);
    this.error =
      error instanceof AppError
        ? error
        : new AppError('INTERNAL', 'The catalog could not be read.', { detail: error.message, cause: error });
    this.#retryAt = now + Math.min(maxBackoffMs, firstBackoffMs * 2 ** this.#failures);
    this.#failures += 1;
  }
}

/** `later`: patience was over first. A reading that nobody waits for any more is given up. */
async function waitFor(loading: Loading, patienceMs: number, signal?: AbortSignal) {
  signal?.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let leave = (): void => {};
  loading.waiting += 1;
  try {
    return await new Promise<Awaited<Loading['done']> | 'later'>((resolve, reject) => {
      leave = () => reject(asError(signal?.reason));
      signal?.addEventListener('abort', leave, { once: true });
      void loading.done.then(resolve);
      if (patienceMs === Infinity) return;
      timer = setTimeout(
        () => {
          loading.isPromised = true;
          resolve('later');
        },
        Math.max(0, patienceMs),
      );
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', leave);
    loading.waiting -= 1;
    if (loading.waiting === 0 && !loading.isPromised)
      loading.abort.abort(new AppError('CANCELLED', 'Nobody waits for this any longer.'));
  }
}
