/** Where each row of a list begins, in pixels; one more entry at the end, which is the height of all. */
export function rowTops(
  count: number,
  rowHeight: number,
  gapBefore: (index: number) => number,
): Float64Array {
  const tops = new Float64Array(count + 1);
  let top = 0;
  for (let index = 0; index < count; index += 1) {
    top += gapBefore(index);
    tops[index] = top;
    top += rowHeight;
  }
  tops[count] = top;
  return tops;
}

/** The rows that are seen between two heights, as a half-open range. */
export function rowsBetween(tops: Float64Array, from: number, to: number): { first: number; end: number } {
  const count = tops.length - 1;
  const first = Math.max(0, firstAbove(tops, from) - 1);
  return { first, end: Math.max(first, Math.min(count, firstAbove(tops, to))) };
}

/** The first row that begins below a height. */
function firstAbove(tops: Float64Array, height: number): number {
  let low = 0;
  let high = tops.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tops[middle] ?? 0) > height) high = middle;
    else low = middle + 1;
  }
  return low;
}
