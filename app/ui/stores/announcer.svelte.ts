import { untrack } from 'svelte';

/** One thing that is said. The same words twice are two of them. */
export interface Utterance {
  readonly id: number;
  readonly text: string;
}

/** Long enough for a screen reader to take it up; later it would only be found by whoever walks through the page. */
const lifeMs = 15_000;

/** What the live regions say. Each thing stays for a while, so that what is said at the same moment is all heard. */
export class Announcer {
  #polite = $state.raw<readonly Utterance[]>([]);
  #assertive = $state.raw<readonly Utterance[]>([]);
  #count = 0;

  get polite(): readonly Utterance[] {
    return this.#polite;
  }

  get assertive(): readonly Utterance[] {
    return this.#assertive;
  }

  /** For status and results of runs. */
  say(text: string): void {
    const said = this.#next(text);
    // Whoever speaks from an effect must not be called again because he spoke.
    this.#polite = [...untrack(() => this.#polite), said];
    setTimeout(() => (this.#polite = this.#polite.filter((each) => each !== said)), lifeMs);
  }

  /** Only for a loss. */
  interrupt(text: string): void {
    const said = this.#next(text);
    this.#assertive = [...untrack(() => this.#assertive), said];
    setTimeout(() => (this.#assertive = this.#assertive.filter((each) => each !== said)), lifeMs);
  }

  #next(text: string): Utterance {
    this.#count += 1;
    return { id: this.#count, text };
  }
}
