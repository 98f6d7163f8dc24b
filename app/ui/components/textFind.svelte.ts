import { matchWords, maxMatches, placesOf } from '../lib/textBlocks.ts';

/** What is looked for in a text, where it stands, and at which of those places one is. */
export class TextFind {
  readonly #text: () => string | undefined;
  #wanted = $state('');
  #matchCase = $state(false);
  #current = $state<number>();

  readonly places: readonly number[] = $derived.by(() =>
    placesOf(this.#text() ?? '', this.#wanted, this.#matchCase),
  );
  /** Where the one that one is at begins. */
  readonly place = $derived(this.#current === undefined ? undefined : this.places[this.#current]);
  readonly words = $derived(
    this.#wanted === ''
      ? ''
      : matchWords(this.places.length, this.#current, this.places.length === maxMatches),
  );

  /** `text`: undefined while nothing is looked for. */
  constructor(text: () => string | undefined) {
    this.#text = text;
  }

  get wanted(): string {
    return this.#wanted;
  }
  get matchCase(): boolean {
    return this.#matchCase;
  }

  change(wanted: string, matchCase: boolean): void {
    this.#wanted = wanted;
    this.#matchCase = matchCase;
    this.#current = undefined;
    this.step(1);
  }

  /** To the next one or the one before; from the last to the first. */
  step(by: 1 | -1): void {
    const count = this.places.length;
    const from = this.#current ?? (by > 0 ? -1 : count);
    this.#current = count === 0 ? undefined : (from + by + count) % count;
  }
}
