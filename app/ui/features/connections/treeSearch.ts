import type { ConnectionConfig } from '#shared/connection/config.ts';

/** A stretch of a text that a search found. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What was typed, as words that may stand in different places: `billing prod` finds billing in the group Production. */
export class Search {
  readonly #words: readonly RegExp[];

  constructor(typed: string) {
    const words = typed.trim().split(/\s+/u).filter(Boolean);
    this.#words = words.map((word) => new RegExp(escaped(word), 'giu'));
  }

  get isEmpty(): boolean {
    return this.#words.length === 0;
  }

  /** Whether each word stands in one of the texts. */
  fits(texts: readonly string[]): boolean {
    return !this.isEmpty && this.#words.every((word) => texts.some((text) => text.search(word) >= 0));
  }

  /** Where any of the words stands in a text, in order and without overlaps; empty where none does. */
  stretches(text: string): Stretch[] {
    const found = this.#words
      .flatMap((word) => [...text.matchAll(word)])
      .map(({ 0: { length }, index }) => ({ from: index, to: index + length }))
      .sort((one, other) => one.from - other.from);
    return found.reduce<Stretch[]>((joined, next) => {
      const last = joined.at(-1);
      if (!last || next.from > last.to) return [...joined, next];
      return [...joined.slice(0, -1), { from: last.from, to: Math.max(last.to, next.to) }];
    }, []);
  }

  /** The text beside the name by which a connection was found, where its name does not show all of it. */
  besideName(config: ConnectionConfig): string | undefined {
    const missing = this.#words.filter((word) => config.name.search(word) < 0);
    return searchedTexts(config)
      .slice(1)
      .find((text) => missing.some((word) => text.search(word) >= 0));
  }
}

/** What a connection is found by; its name comes first. */
export const searchedTexts = ({ name, mode, host, database, username }: ConnectionConfig): string[] =>
  mode === 'embedded' ? [name, database] : [name, host, database, username];

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
