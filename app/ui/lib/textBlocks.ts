/** A piece of a long text, which the browser lays out only when it comes into view. */
export interface TextBlock {
  readonly text: string;
  /** Where in the whole it begins. */
  readonly from: number;
}

const blockCharacters = 8_000;
/** A line that goes on for longer is cut: a block of megabytes would be laid out as one. */
const maxBlock = 16_000;

/** Splits a text at line breaks into pieces of about the same length; the break itself belongs to neither. */
export function textBlocks(text: string): TextBlock[] {
  const blocks: TextBlock[] = [];
  for (let from = 0; from < text.length;) {
    const lineEnd = text.indexOf('\n', Math.min(text.length, from + blockCharacters));
    const end = lineEnd < 0 ? text.length : lineEnd;
    const isCut = end - from > maxBlock;
    const to = isCut ? wholeCharacter(text, from + blockCharacters) : end;
    blocks.push({ text: text.slice(from, to), from });
    from = isCut ? to : end + 1;
  }
  return blocks;
}

function wholeCharacter(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

export const maxMatches = 10_000;

/** Where a text stands in another, in order; at most 10,000 places. */
export function placesOf(text: string, wanted: string, matchCase: boolean): number[] {
  const places: number[] = [];
  if (wanted === '') return places;
  const folded = matchCase ? text : text.toLowerCase();
  // A letter whose lower case is longer would move all places behind it: then letters are taken as they are.
  const [where, what] =
    folded.length === text.length ? [folded, matchCase ? wanted : wanted.toLowerCase()] : [text, wanted];
  for (
    let at = where.indexOf(what);
    at >= 0 && places.length < maxMatches;
    at = where.indexOf(what, at + what.length)
  )
    places.push(at);
  return places;
}

/** `3 of 17`, as a search says it. */
export function matchWords(count: number, current: number | undefined, more = false): string {
  if (count === 0) return 'none';
  const total = `${count.toLocaleString()}${more ? '+' : ''}`;
  return current === undefined ? total : `${(current + 1).toLocaleString()} of ${total}`;
}
