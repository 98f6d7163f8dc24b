import type { SvelteMap } from 'svelte/reactivity';
import { toEnvelope } from '#shared/error/appError.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';

/** What each answer about the catalog says of itself. */
export interface Aged {
  readonly fetchedAt: number | null;
  readonly stale: boolean;
  readonly error?: ErrorEnvelope | undefined;
}

/** What is known of a level so far. */
export interface LevelState {
  readonly answer?: Aged | undefined;
  /** The call itself failed: nothing was heard of the catalog at all. */
  readonly failure?: ErrorEnvelope | undefined;
  readonly isOutdated: boolean;
  readonly isReading: boolean;
}

const unknown: LevelState = { isOutdated: true, isReading: false };

/**
 * One answer about the catalog, asked for when somebody wants to see it. What is there stays while it is asked for again;
 * whoever shows it calls `want` in an effect, which comes again once it is out of date. Its state stands in a map that is
 * older than whoever asks: what is made while rows are worked out would not be followed by them.
 */
export class CatalogLevel<Answer extends Aged = Aged> {
  readonly #states: SvelteMap<string, LevelState>;
  readonly #key: string;
  readonly #load: (refresh: boolean) => Promise<Answer>;
  #reading: Promise<void> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    states: SvelteMap<string, LevelState>,
    key: string,
    load: (refresh: boolean) => Promise<Answer>,
  ) {
    this.#states = states;
    this.#key = key;
    this.#load = load;
  }

  get #state(): LevelState {
    return this.#states.get(this.#key) ?? unknown;
  }

  get answer(): Answer | undefined {
    // A key stands for one kind of answer only.
    return this.#state.answer as Answer | undefined;
  }
  get error(): ErrorEnvelope | undefined {
    return this.#state.failure ?? this.#state.answer?.error;
  }
  get reading(): boolean {
    return this.#state.isReading;
  }

  want(): void {
    const { isOutdated, isReading } = this.#state;
    if (isOutdated && !isReading) void this.#read(false);
  }

  /** The answer, asked for where there is none that still holds. */
  async get(): Promise<Answer | undefined> {
    this.want();
    await this.#reading;
    return this.answer;
  }

  /** At the user's word: whatever failed a moment ago is tried again. */
  async refresh(): Promise<void> {
    await this.#reading;
    await this.#read(true);
  }

  outdate(): void {
    this.#put({ isOutdated: true });
  }

  #put(change: Partial<LevelState>): void {
    this.#states.set(this.#key, { ...this.#state, ...change });
  }

  #read(refresh: boolean): Promise<void> {
    clearTimeout(this.#retry);
    this.#put({ isOutdated: false, isReading: true });
    this.#reading = this.#settle(refresh);
    return this.#reading;
  }

  async #settle(refresh: boolean): Promise<void> {
    try {
      const answer = await this.#load(refresh);
      this.#put({ answer, failure: undefined, isReading: false });
      const wait = answer.error?.retryAfterMs;
      if (wait !== undefined) this.#retry = setTimeout(() => this.outdate(), wait);
    } catch (error) {
      this.#put({ failure: toEnvelope(error), isReading: false });
    }
  }
}
