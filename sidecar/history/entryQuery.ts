import type { HistoryEntry, HistoryFilter } from '#shared/history/history.ts';
import { bitsOf, type Block } from './blocks.ts';
import { readLine, searchedText } from './entryLine.ts';
import { SignatureQuery } from './signature.ts';

/** What a search lets through: first by the block, then by the raw line, then by what the line holds. */
export class EntryQuery {
  readonly #filter: HistoryFilter;
  readonly #terms: readonly string[];
  /** As the terms stand in JSON. */
  readonly #needles: readonly string[];
  /** One of them stands in each line. */
  readonly #outcomeNeedles: readonly string[];
  readonly #outcomes: number;
  readonly #signature: SignatureQuery;
  /** What is older has expired, but for favourites. */
  readonly #expiredAt: number;
  /** Lines that could not be read. */
  damaged = 0;

  constructor(filter: HistoryFilter, expiredAt: number) {
    this.#filter = filter;
    this.#expiredAt = expiredAt;
    this.#terms = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const needles = filter.connectionId === undefined ? this.#terms : [...this.#terms, filter.connectionId];
    // The longest is the least likely.
    this.#needles = needles
      .map((text) => JSON.stringify(text).slice(1, -1).toLowerCase())
      .sort((one, other) => other.length - one.length);
    this.#outcomes = filter.outcomes
      ? bitsOf(filter.outcomes)
      : bitsOf(['done', 'failed', 'cancelled', 'lost']);
    this.#outcomeNeedles = (filter.outcomes ?? []).map((outcome) => `"outcome":"${outcome}"`);
    this.#signature = new SignatureQuery(this.#terms, filter.connectionId ? [filter.connectionId] : []);
  }

  mayBeIn(block: Block): boolean {
    const { favourite, from = 0, to = Infinity } = this.#filter;
    if ((favourite || block.maxAt < this.#expiredAt) && !block.hasFavourites) return false;
    if (block.maxAt < from || block.minAt > to || (block.outcomes & this.#outcomes) === 0) return false;
    return this.#signature.fits(block.signature);
  }

  /** Those of the lines in a text that it lets through, in their order. */
  found(text: string): HistoryEntry[] {
    const isIn = (lower: string): boolean =>
      this.#needles.every((needle) => lower.includes(needle)) &&
      (this.#outcomeNeedles.length === 0 || this.#outcomeNeedles.some((needle) => lower.includes(needle)));
    const lower = text.toLowerCase();
    if (!isIn(lower)) return [];
    const lowerLines = lower.split('\n');
    return text.split('\n').flatMap((line, at) => {
      if (line === '' || !isIn(lowerLines[at] ?? '')) return [];
      const read = readLine(line, (entry) => this.lets(entry));
      if (read === undefined) this.damaged += 1;
      return typeof read === 'object' ? [read] : [];
    });
  }

  /** Whether the entry itself is one of those that are looked for. */
  lets(entry: HistoryEntry): boolean {
    const { connectionId, favourite, from = 0, to = Infinity } = this.#filter;
    if (connectionId !== undefined && entry.connectionId !== connectionId) return false;
    if (!entry.favourite && (favourite || entry.at < this.#expiredAt)) return false;
    if (entry.at < from || entry.at > to || (bitsOf([entry.outcome]) & this.#outcomes) === 0) return false;
    const text = this.#terms.length === 0 ? '' : searchedText(entry);
    return this.#terms.every((term) => text.includes(term));
  }
}
