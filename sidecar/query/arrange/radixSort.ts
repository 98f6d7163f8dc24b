import type { Turns } from '../../lib/turns.ts';

/** Unsigned whole numbers, one a row: each is `wordsPerKey` words of 32 bits, the lowest first. */
export interface RadixKeys {
  readonly words: Uint32Array;
  readonly wordsPerKey: 1 | 2;
}

const digitBits = 16;
const digitCount = 1 << digitBits;
const itemsBetweenLooks = 1 << 15;

/**
 * Sorts row numbers by their keys, stable, in time that grows with the rows alone. Gives back one of two arrays, the
 * given one or a new one. A digit that is the same in all keys costs no pass over the rows.
 */
export async function radixSort(
  items: Uint32Array,
  { words, wordsPerKey }: RadixKeys,
  turns: Turns,
): Promise<Uint32Array> {
  let source = items;
  let target: Uint32Array | undefined;
  for (let word = 0; word < wordsPerKey; word += 1) {
    for (let shift = 0; shift < 32; shift += digitBits) {
      const digitAt = (item: number): number =>
        ((words[item * wordsPerKey + word] ?? 0) >>> shift) & (digitCount - 1);
      const places = await placesOf(source, digitAt, turns);
      if (!places) continue;
      target ??= new Uint32Array(items.length);
      for (let from = 0; from < source.length; from += itemsBetweenLooks) {
        const to = Math.min(from + itemsBetweenLooks, source.length);
        for (let at = from; at < to; at += 1) {
          const item = source[at] ?? 0;
          const digit = digitAt(item);
          const place = places[digit] ?? 0;
          places[digit] = place + 1;
          target[place] = item;
        }
        await turns.next();
      }
      [source, target] = [target, source];
    }
  }
  return source;
}

/** Where the first item of each digit goes; undefined where all have the same. */
async function placesOf(
  items: Uint32Array,
  digitAt: (item: number) => number,
  turns: Turns,
): Promise<Uint32Array | undefined> {
  const counts = new Uint32Array(digitCount);
  for (let from = 0; from < items.length; from += itemsBetweenLooks) {
    const to = Math.min(from + itemsBetweenLooks, items.length);
    for (let at = from; at < to; at += 1) {
      const digit = digitAt(items[at] ?? 0);
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    await turns.next();
  }
  let place = 0;
  for (let digit = 0; digit < digitCount; digit += 1) {
    const count = counts[digit] ?? 0;
    if (count === items.length) return undefined;
    counts[digit] = place;
    place += count;
  }
  return counts;
}
