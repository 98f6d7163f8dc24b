/** How well a text answers to what was typed, and where; a higher score is better. */
export interface FuzzyMatch {
  readonly score: number;
  /** The stretches that were found, in order. */
  readonly matches: readonly { from: number; to: number }[];
}

/**
 * Each word of what was typed must be found: in one piece, at the beginning of a word best; or its letters in their
 * order, where each stretch begins a word of the text (`fc` finds "Fit column"). Undefined where one is missing.
 */
export function fuzzy(text: string, typed: string): FuzzyMatch | undefined {
  const lower = text.toLowerCase();
  const found: { from: number; to: number }[] = [];
  let score = 0;
  for (const word of typed.toLowerCase().split(/\s+/).filter(Boolean)) {
    const best = inOnePiece(lower, word) ?? byInitials(lower, word);
    if (!best) return undefined;
    score += best.score;
    found.push(...best.matches);
  }
  // Of two that answer alike the shorter one is meant.
  return { score: score - text.length / 1_000, matches: merged(found) };
}

const beginsWord = (text: string, at: number): boolean =>
  at === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(at - 1));

function inOnePiece(text: string, word: string): FuzzyMatch | undefined {
  let at = text.indexOf(word);
  if (at < 0) return undefined;
  for (let next = at; next >= 0; next = text.indexOf(word, next + 1))
    if (beginsWord(text, next)) {
      at = next;
      break;
    }
  const score = at === 0 ? 4 : beginsWord(text, at) ? 3 : 2;
  return { score, matches: [{ from: at, to: at + word.length }] };
}

function byInitials(text: string, word: string): FuzzyMatch | undefined {
  const matches: { from: number; to: number }[] = [];
  let at = 0;
  for (const letter of word) {
    const last = matches.at(-1);
    if (last && text.startsWith(letter, last.to)) {
      last.to += letter.length;
      at = last.to;
      continue;
    }
    while (at < text.length && !(text.startsWith(letter, at) && beginsWord(text, at))) at += 1;
    if (at >= text.length) return undefined;
    matches.push({ from: at, to: at + letter.length });
    at += letter.length;
  }
  return { score: 1, matches };
}

function merged(found: readonly { from: number; to: number }[]): { from: number; to: number }[] {
  const result: { from: number; to: number }[] = [];
  for (const each of [...found].sort((one, other) => one.from - other.from)) {
    const last = result.at(-1);
    if (last && each.from <= last.to) last.to = Math.max(last.to, each.to);
    else result.push({ ...each });
  }
  return result;
}
