import { untrack } from 'svelte';

/** What the live regions say. The same words twice are said twice, hence the count. */
export class Announcer {
  #polite = $state.raw({ text: '', count: 0 });
  #assertive = $state.raw({ text: '', count: 0 });

  get polite(): { text: string; count: number } {
    return this.#polite;
  }

  get assertive(): { text: string; count: number } {
    return this.#assertive;
  }

  /** For status and results of runs. */
  say(text: string): void {
    // Whoever speaks from an effect must not be called again because he spoke.
    this.#polite = { text, count: untrack(() => this.#polite.count) + 1 };
  }

  /** Only for a loss. */
  interrupt(text: string): void {
    this.#assertive = { text, count: untrack(() => this.#assertive.count) + 1 };
  }
}
