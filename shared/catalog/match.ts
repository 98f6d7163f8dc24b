/** How well a typed text fits a name; `ranges` are the parts of the name that it stands for, as [from, to). */
export interface Match {
  readonly score: number;
  readonly ranges: readonly (readonly [number, number])[];
}

const exact = 1000;
const prefix = 800;
const initials = 620;
const wordStart = 600;
const inside = 400;
const scattered = 200;
/** Longer texts than this are no typing of a name: they are found by their letters in a row only. */
const maxScattered = 40;

/** Only the letters in their order: good where there is nothing better. */
export const isScattered = ({ score }: Match): boolean => score > 0 && score <= scattered;

/**
 * Fits `typed` to `name` without regard to case: the whole, its beginning, the beginning of a word in it (`id` in
 * `customer_id`), beginnings of several words (`cid`, `custid`), any part, and at last its letters in order from the
 * beginning of a word. Undefined where it does not fit. Shorter names come first among equals.
 */
export function matchName(typed: string, name: string): Match | undefined {
  return matcherOf(typed)(name);
}

/** For many names: what was typed is looked at once. */
export function matcherOf(typed: string): (name: string) => Match | undefined {
  const wanted = typed.toLowerCase();
  return (name) => (wanted === '' ? nothingTyped : fit(typed, wanted, name));
}

const nothingTyped: Match = { score: 0, ranges: [] };

function fit(typed: string, wanted: string, name: string): Match | undefined {
  if (wanted.length > name.length) return undefined;
  const lower = name.toLowerCase();
  const at = lower.indexOf(wanted);
  const shortness = -Math.min(name.length, 99);
  if (at === 0) {
    const same = typed === name ? 1 : 0;
    const score = (wanted.length === lower.length ? exact : prefix) + same + shortness;
    return { score, ranges: [[0, wanted.length]] };
  }
  const inARow = (from: number, score: number): Match => ({
    score: score + shortness,
    ranges: [[from, from + wanted.length]],
  });
  const start = at < 0 ? -1 : wordStartOf(wanted, name, lower, at);
  const isLong = wanted.length > maxScattered;
  const words = start > 0 || isLong ? undefined : byWords(wanted, name, lower);
  if (start > 0) return inARow(start, wordStart);
  if (words) return { score: initials + shortness, ranges: words };
  if (at > 0) return inARow(at, inside);
  const letters = wanted.length > 1 && !isLong ? inOrder(wanted, name, lower) : undefined;
  return letters && { score: scattered + shortness, ranges: letters };
}

/** Behind anything that is no letter or digit, and where a capital follows a small letter. */
function startsWord(name: string, at: number): boolean {
  if (at === 0) return true;
  const before = name.charAt(at - 1);
  if (!isLetter(before)) return isLetter(name.charAt(at));
  return before === before.toLowerCase() && name.charAt(at) !== name.charAt(at).toLowerCase();
}

const isLetter = (character: string): boolean => /[\p{L}\p{N}]/u.test(character);

function wordStartOf(wanted: string, name: string, lower: string, first: number): number {
  for (let at = first; at >= 0; at = lower.indexOf(wanted, at + 1)) if (startsWord(name, at)) return at;
  return -1;
}

/**
 * Every part of what was typed begins a word of the name, the first part the first word: `oit`, `orit` and `ord_it` for
 * order_items.
 */
function byWords(wanted: string, name: string, lower: string): [number, number][] | undefined {
  if (wanted[0] !== lower[0]) return undefined;
  const ranges: [number, number][] = [];
  let at = 0;
  let taken = 0;
  while (taken < wanted.length) {
    const from = at;
    while (taken < wanted.length && at < lower.length && lower[at] === wanted[taken]) {
      at += 1;
      taken += 1;
    }
    ranges.push([from, at]);
    // What parts words stands between them in the name, too.
    if (taken < wanted.length - 1 && !isLetter(wanted.charAt(taken))) taken += 1;
    if (taken === wanted.length) break;
    at = nextWord(name, lower, at, wanted[taken]);
    if (at < 0) return undefined;
  }
  return ranges;
}

function nextWord(name: string, lower: string, from: number, letter: string | undefined): number {
  for (let at = from; at < lower.length; at += 1) if (lower[at] === letter && startsWord(name, at)) return at;
  return -1;
}

function inOrder(wanted: string, name: string, lower: string): [number, number][] | undefined {
  let at = nextWord(name, lower, 0, wanted[0]);
  if (at < 0) return undefined;
  const ranges: [number, number][] = [];
  for (const letter of wanted) {
    at = lower.indexOf(letter, at);
    if (at < 0) return undefined;
    const last = ranges.at(-1);
    if (last?.[1] === at) last[1] = at + 1;
    else ranges.push([at, at + 1]);
    at += 1;
  }
  return ranges;
}
