import { mergeSort } from './mergeSort.ts';
import { radixSort, type RadixKeys } from './radixSort.ts';
import type { Turns } from '../../lib/turns.ts';
import { isNumberOrder, type NumberOrder, type TextOrder, type ValueOrder } from './valueOrders.ts';

/** What sort keys may take, in bytes, all columns together. */
export const maxSortBytes = 128 * 1024 * 1024;

export class SortMemory {
  readonly limitBytes: number;
  #used = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** False: there is no more. */
  take(bytes: number): boolean {
    this.#used += bytes;
    return this.#used <= this.limitBytes;
  }
}

/** The keys of one column, collected row by row; slots count the rows that are kept. */
export interface SortColumn {
  readonly order: ValueOrder;
  /** Takes the value of the next slot. Not `taken`: there is no room, or it is not of the order's form. */
  add(text: string | null): 'taken' | 'tooLarge' | 'otherForm';
  /** Once all are there: whole numbers in the order of the values, turned round where the order descends. */
  finish(descending: boolean, turns: Turns): Promise<RadixKeys>;
}

export const sortColumn = (order: ValueOrder, rows: number, memory: SortMemory): SortColumn =>
  isNumberOrder(order) ? new NumberColumn(order, rows, memory) : new TextColumn(order, rows, memory);

const firstRoom = 64 * 1024;
/** What an entry of a map and the head of a string take, about. */
const entryBytes = 80;
/** Above all keys: NULL is the last in ascending order. */
const nullKey = 0xffff_ffff;
const lastTwoWords = [nullKey, nullKey] as const;
const itemsBetweenLooks = 1 << 15;

class NumberColumn implements SortColumn {
  readonly order: NumberOrder;
  readonly #memory: SortMemory;
  readonly #maxRows: number;
  #keys: Float64Array;
  /** Slots whose double is only near their value, with the text. */
  readonly #inexact = new Map<number, string>();
  /** Slots that are NULL; their key is 0. */
  readonly #nulls: number[] = [];
  #count = 0;

  constructor(order: NumberOrder, maxRows: number, memory: SortMemory) {
    this.order = order;
    this.#maxRows = maxRows;
    this.#memory = memory;
    this.#keys = new Float64Array(Math.min(maxRows, firstRoom));
  }

  add(text: string | null): 'taken' | 'tooLarge' | 'otherForm' {
    const slot = this.#count;
    let bytes = Float64Array.BYTES_PER_ELEMENT;
    const key = text === null ? 0 : this.order.key(text);
    if (key === undefined) return 'otherForm';
    if (slot === this.#keys.length) this.#keys = grown(this.#keys, Float64Array, this.#maxRows);
    // -0 equals 0, but its bits are others.
    this.#keys[slot] = key === 0 ? 0 : key;
    if (text === null) {
      this.#nulls.push(slot);
      bytes += Float64Array.BYTES_PER_ELEMENT;
    } else if (!this.order.isExact(text, key)) {
      this.#inexact.set(slot, text);
      bytes += entryBytes + text.length;
    }
    this.#count += 1;
    return this.#memory.take(bytes) ? 'taken' : 'tooLarge';
  }

  async finish(descending: boolean, turns: Turns): Promise<RadixKeys> {
    const keys = this.#keys.subarray(0, this.#count);
    const words = new Uint32Array(keys.buffer, keys.byteOffset, this.#count * 2);
    await makeSortable(words, this.#nulls, turns);
    if (this.#inexact.size === 0) return turned({ words, wordsPerKey: 2 }, descending, turns);
    const ranks = await this.#exactRanks({ words, wordsPerKey: 2 }, turns);
    return turned({ words: ranks, wordsPerKey: 1 }, descending, turns);
  }

  /** Rows with the same double are put in order by their texts; then every row is numbered by its place. */
  async #exactRanks(near: RadixKeys, turns: Turns): Promise<Uint32Array> {
    const slots = await radixSort(allSlots(this.#count), near, turns);
    const isNear = (a: number, b: number): boolean =>
      near.words[2 * a] === near.words[2 * b] && near.words[2 * a + 1] === near.words[2 * b + 1];
    const text = (slot: number): string => this.#inexact.get(slot) ?? String(this.#doubles.get(slot) ?? 0);
    const compare = (a: number, b: number): number => this.order.compare(text(a), text(b));
    const ranks = new Uint32Array(this.#count);
    let rank = 0;
    for (let from = 0; from < slots.length;) {
      const first = slots[from] ?? 0;
      let to = from + 1;
      while (to < slots.length && isNear(first, slots[to] ?? 0)) to += 1;
      const group = slots.subarray(from, to);
      if (to - from > 1 && group.some((slot) => this.#inexact.has(slot))) {
        this.#doubles = new Map(
          [...group].flatMap((slot) => (this.#inexact.has(slot) ? [] : [[slot, doubleOf(near.words, slot)]])),
        );
        await mergeSort(group, compare, turns);
        group.forEach((slot, place) => {
          if (place > 0 && compare(group[place - 1] ?? 0, slot) !== 0) rank += 1;
          ranks[slot] = rank;
        });
      } else {
        for (const slot of group) ranks[slot] = rank;
      }
      rank += 1;
      from = to;
      await turns.next();
    }
    for (const slot of this.#nulls) ranks[slot] = nullKey;
    return ranks;
  }
  #doubles = new Map<number, number>();
}

class TextColumn implements SortColumn {
  readonly order: TextOrder;
  readonly #memory: SortMemory;
  readonly #maxRows: number;
  /** Each text once; a row holds its number. */
  readonly #numbers = new Map<string, number>();
  #keys: Uint32Array;
  #count = 0;

  constructor(order: TextOrder, maxRows: number, memory: SortMemory) {
    this.order = order;
    this.#maxRows = maxRows;
    this.#memory = memory;
    this.#keys = new Uint32Array(Math.min(maxRows, firstRoom));
  }

  add(text: string | null): 'taken' | 'tooLarge' {
    let bytes = Uint32Array.BYTES_PER_ELEMENT;
    let number = text === null ? nullKey : this.#numbers.get(text);
    if (text !== null && number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(text, number);
      bytes += entryBytes + text.length;
    }
    if (this.#count === this.#keys.length) this.#keys = grown(this.#keys, Uint32Array, this.#maxRows);
    this.#keys[this.#count] = number ?? nullKey;
    this.#count += 1;
    return this.#memory.take(bytes) ? 'taken' : 'tooLarge';
  }

  async finish(descending: boolean, turns: Turns): Promise<RadixKeys> {
    const texts = [...this.#numbers.keys()];
    const sorted = allSlots(texts.length);
    await mergeSort(sorted, (a, b) => this.order.compare(texts[a] ?? '', texts[b] ?? ''), turns);
    const ranks = new Uint32Array(texts.length);
    sorted.forEach((number, rank) => (ranks[number] = rank));
    const words = this.#keys.subarray(0, this.#count);
    await inTurns(words.length, turns, (at) => {
      const number = words[at] ?? nullKey;
      if (number !== nullKey) words[at] = ranks[number] ?? 0;
    });
    return turned({ words, wordsPerKey: 1 }, descending, turns);
  }
}

export const allSlots = (count: number): Uint32Array => {
  const slots = new Uint32Array(count);
  for (let slot = 0; slot < count; slot += 1) slots[slot] = slot;
  return slots;
};

/** The bits of a double, changed so that they count as it does: all of a negative one, else only the sign. */
async function makeSortable(words: Uint32Array, nulls: readonly number[], turns: Turns): Promise<void> {
  await inTurns(words.length / 2, turns, (at) => {
    const high = words[2 * at + 1] ?? 0;
    if (high >>> 31 === 0) {
      words[2 * at + 1] = high | 0x8000_0000;
    } else {
      words[2 * at] = ~(words[2 * at] ?? 0);
      words[2 * at + 1] = ~high;
    }
  });
  for (const slot of nulls) words.set(lastTwoWords, 2 * slot);
}

/** The way back, for keys that are not NULL. */
function doubleOf(words: Uint32Array, slot: number): number {
  const high = words[2 * slot + 1] ?? 0;
  const low = words[2 * slot] ?? 0;
  const bits = new DataView(new ArrayBuffer(8));
  const negative = high >>> 31 === 0;
  bits.setUint32(0, negative ? ~high : high & 0x7fff_ffff);
  bits.setUint32(4, negative ? ~low : low);
  return bits.getFloat64(0);
}

async function turned(keys: RadixKeys, descending: boolean, turns: Turns): Promise<RadixKeys> {
  if (!descending) return keys;
  const { words } = keys;
  await inTurns(words.length, turns, (at) => (words[at] = ~(words[at] ?? 0)));
  return keys;
}

async function inTurns(count: number, turns: Turns, run: (at: number) => void): Promise<void> {
  for (let from = 0; from < count; from += itemsBetweenLooks) {
    const to = Math.min(from + itemsBetweenLooks, count);
    for (let at = from; at < to; at += 1) run(at);
    await turns.next();
  }
}

function grown<T extends Float64Array | Uint32Array>(
  keys: T,
  make: new (length: number) => T,
  maxRows: number,
): T {
  const larger = new make(Math.min(maxRows, Math.max(firstRoom, keys.length * 2)));
  larger.set(keys);
  return larger;
}
