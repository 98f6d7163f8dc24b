import type { Turns } from '../../lib/turns.ts';

/** So many are sorted at once by the engine itself: about a millisecond. */
const runLength = 2_048;
const itemsBetweenLooks = 1_024;

/** Sorts in place, stable, standing back as it goes: for comparisons that cost something, as those of words do. */
export async function mergeSort(
  items: Uint32Array,
  compare: (a: number, b: number) => number,
  turns: Turns,
): Promise<void> {
  for (let from = 0; from < items.length; from += runLength) {
    items.subarray(from, from + runLength).sort(compare);
    await turns.next();
  }
  let source: Uint32Array = items;
  let target: Uint32Array = new Uint32Array(items.length > runLength ? items.length : 0);
  for (let width = runLength; width < items.length; width *= 2) {
    for (let from = 0; from < items.length; from += 2 * width)
      await merge({ source, target, from, middle: from + width, to: from + 2 * width }, compare, turns);
    [source, target] = [target, source];
  }
  if (source !== items) items.set(source);
}

interface Merge {
  source: Uint32Array;
  target: Uint32Array;
  from: number;
  middle: number;
  to: number;
}

async function merge(
  { source, target, from, middle, to }: Merge,
  compare: (a: number, b: number) => number,
  turns: Turns,
): Promise<void> {
  const end = Math.min(to, source.length);
  const leftEnd = Math.min(middle, end);
  let left = from;
  let right = leftEnd;
  for (let place = from; place < end; place += 1) {
    if ((place - from) % itemsBetweenLooks === 0) await turns.next();
    const takeLeft = left < leftEnd && (right >= end || compare(source[left] ?? 0, source[right] ?? 0) <= 0);
    target[place] = source[takeLeft ? left++ : right++] ?? 0;
  }
}
