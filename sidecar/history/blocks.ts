import type { HistoryEntry } from '#shared/history/history.ts';
import type { RunOutcome } from '#shared/query/result.ts';
import { idOf, roughEntryOf, searchedText } from './entryLine.ts';
import { SignatureBuilder } from './signature.ts';

/** A block is full with so many lines, or with so many bytes. */
const maxLines = 256;
const maxBytes = 128 * 1024;

/** Lines that follow each other in the journal, and what could be in them. */
export interface Block {
  readonly offset: number;
  readonly length: number;
  readonly firstId: number;
  readonly lastId: number;
  readonly minAt: number;
  readonly maxAt: number;
  /** A bit for each outcome. */
  readonly outcomes: number;
  /** False: none of them is a favourite. */
  hasFavourites: boolean;
  readonly signature: Uint8Array;
}

const outcomeBits: Readonly<Record<RunOutcome, number>> = { done: 1, failed: 2, cancelled: 4, lost: 8 };
export const bitsOf = (outcomes: readonly RunOutcome[]): number =>
  outcomes.reduce((bits, outcome) => bits | outcomeBits[outcome], 0);

export interface PlacedLine {
  readonly offset: number;
  readonly bytes: number;
  text: string;
}

/** The block at the end of the journal, to which lines are added until it is full. */
export class OpenBlock {
  readonly offset: number;
  readonly lines: PlacedLine[] = [];
  #length = 0;
  #oldestAt = Infinity;

  constructor(offset: number) {
    this.offset = offset;
  }

  /** Where the next line begins in the journal. */
  get end(): number {
    return this.offset + this.#length;
  }
  get isFull(): boolean {
    return this.lines.length >= maxLines || this.#length >= maxBytes;
  }
  get oldestAt(): number {
    return this.#oldestAt;
  }

  /** @param bytes with its line feed, as it stands in the journal: damage is not as long as its text. */
  add(text: string, bytes: number): void {
    this.lines.push({ offset: this.end, bytes, text });
    this.#length += bytes;
    const at = /"at":(\d+)/.exec(text)?.[1];
    if (at !== undefined) this.#oldestAt = Math.min(this.#oldestAt, Number(at));
  }

  /** With what is needed to find it again. `lastId`: of the line before it, for a block of nothing but damage. */
  seal(lastId: number): Block {
    const signature = new SignatureBuilder();
    const entries = this.lines.flatMap(({ text }) => roughEntryOf(text) ?? []);
    for (const entry of entries) sign(signature, entry);
    const ids = this.lines.flatMap(({ text }) => idOf(text) ?? []);
    const times = entries.map(({ at }) => at);
    return {
      offset: this.offset,
      length: this.#length,
      firstId: ids[0] ?? lastId,
      lastId: ids.at(-1) ?? lastId,
      minAt: Math.min(...times, Number.MAX_SAFE_INTEGER),
      maxAt: Math.max(...times, 0),
      outcomes: bitsOf(entries.map(({ outcome }) => outcome)),
      hasFavourites: entries.some(({ favourite }) => favourite),
      signature: signature.finish(),
    };
  }
}

function sign(signature: SignatureBuilder, entry: HistoryEntry): void {
  signature.addText(searchedText(entry));
  signature.addWord(entry.connectionId);
}
