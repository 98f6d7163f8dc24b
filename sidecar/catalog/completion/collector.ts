import { matcherOf } from '#shared/catalog/match.ts';
import type { CompletionItem, CompletionKind } from '#shared/catalog/completion.ts';

export interface Candidate {
  kind: CompletionKind;
  label: string;
  apply: string;
  detail?: string | undefined;
  info?: string | undefined;
}

interface Found {
  key: string;
  rank: number;
  order: number;
  ranges: readonly (readonly [number, number])[];
  make: () => Candidate;
}

/** Keeps what fits to the typed text; the items are made only of the best. */
export class Collector {
  readonly #typed: string;
  readonly #match: ReturnType<typeof matcherOf>;
  readonly #found: Found[] = [];

  constructor(typed: string) {
    this.#typed = typed;
    this.#match = matcherOf(typed);
  }

  get typed(): string {
    return this.#typed;
  }

  /**
   * `weight` within -150 to 150 sets apart what fits about as well; more than that outweighs the fit. `key` is what is
   * typed for it and stands in its label.
   */
  add(key: string, weight: number, make: () => Candidate, leastScore = 0): void {
    const match = this.#match(key);
    if (match && (this.#typed === '' || match.score >= leastScore))
      this.#found.push({
        key,
        rank: match.score + weight,
        order: this.#found.length,
        ranges: match.ranges,
        make,
      });
  }

  get size(): number {
    return this.#found.length;
  }

  /** At least so many of the best: thousands fit to a single letter, and few of them are shown. */
  #foremost(count: number): Found[] {
    if (this.#found.length <= count) return this.#found;
    const ranks = Float64Array.from(this.#found, ({ rank }) => -rank).sort();
    const least = -(ranks[count] ?? 0);
    return this.#found.filter(({ rank }) => rank >= least);
  }

  /** The best ones in order, each label of a kind once. */
  best(limit: number): CompletionItem[] {
    const sorted = this.#foremost(2 * limit).sort((a, b) => b.rank - a.rank || a.order - b.order);
    const items: CompletionItem[] = [];
    const seen = new Set<string>();
    for (const { key: typedFor, make, ranges } of sorted) {
      if (items.length === limit) break;
      const { kind, label, apply, detail, info } = make();
      const key = `${kind} ${apply} ${label}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const shift = label.indexOf(typedFor);
      const match = shift < 0 ? [] : ranges.map(([from, to]): [number, number] => [from + shift, to + shift]);
      items.push({
        label,
        apply,
        kind,
        ...(detail === undefined ? {} : { detail }),
        ...(info === undefined ? {} : { info }),
        ...(match.length > 0 ? { match } : {}),
      });
    }
    return items;
  }
}
