/**
 * A run of characters of a cell. What could not be seen otherwise stands as a mark: `space` for blanks, tabs and line
 * breaks, `code` for characters that deceive, which are drawn so that nobody takes the number for text.
 */
export interface CellPart {
  readonly text: string;
  readonly mark: 'none' | 'space' | 'code';
}

export type CellText =
  | { readonly kind: 'null' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'plain'; readonly text: string; readonly more: boolean }
  | { readonly kind: 'parts'; readonly parts: readonly CellPart[]; readonly more: boolean };

/** More than a column is usually wide; the rest of a long text is in the viewer. */
export const maxShownLength = 400;

/**
 * Characters that deceive the eye: controls (Cc), format characters such as zero width and bidirectional ones (Cf), line
 * and paragraph separators, halves of surrogate pairs, and the blank Hangul fillers.
 */
const deceptive = String.raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115F\u1160\u3164\uFFA0]`;
const special = new RegExp(`${deceptive}|[ \\u00A0]$`, 'u');
const deceptiveOnes = new RegExp(deceptive, 'gu');
const trailing = /[ \u00A0]+$/u;
/** The joiner inside an emoji is what makes it one picture; it deceives nobody. */
const emojiBefore = /(?:\p{Extended_Pictographic}\uFE0F?|\p{Emoji_Modifier})$/u;
const emojiAfter = /^\p{Extended_Pictographic}/u;

const names = new Map([
  ['\n', '↵'],
  ['\r', 'CR'],
  ['\t', '⇥'],
  ['\u001b', 'ESC'],
  ['\u0000', 'NUL'],
]);

/** How one deceptive character is written: a picture for the common ones, else its number. */
export function markOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return names.get(character) ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Cuts at a whole character; half a surrogate pair is never left behind. */
export function cutAt(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/** JSON cannot hold a raw line break within a string, so breaks and the indentation around them say nothing. */
const oneLine = (json: string): string =>
  json.includes('\n') ? json.replace(/\s*\n\s*/g, ' ').trim() : json;

const boolWords = new Map([
  ['t', 'true'],
  ['f', 'false'],
]);

/** A value as a cell shows it: nothing invisible stays so, nothing looks like something else. */
export function cellText(value: string | null, { json = false, bool = false, cut = false } = {}): CellText {
  const word = bool && value !== null ? boolWords.get(value) : undefined;
  if (word !== undefined) return { kind: 'plain', text: word, more: false };
  if (value === null) return { kind: 'null' };
  if (value === '') return { kind: 'empty' };
  // A long text is cut before anything walks over it: values of megabytes cost no more than short ones.
  const head = value.length > maxShownLength * 4 ? cutAt(value, maxShownLength * 4) : value;
  const line = json ? oneLine(head) : head;
  const text = cutAt(line, maxShownLength);
  const more = cut || text.length < line.length || head.length < value.length;
  if (!special.test(text)) return { kind: 'plain', text, more };
  return { kind: 'parts', parts: textParts(text, !more), more };
}

/** A text split at its deceptive characters; spaces at its end become dots where `ends` says that it ends here. */
export function textParts(text: string, ends = true): CellPart[] {
  const tail = ends ? (trailing.exec(text)?.[0] ?? '') : '';
  const body = text.slice(0, text.length - tail.length);
  const parts: CellPart[] = [];
  let from = 0;
  for (const { 0: character, index } of body.matchAll(deceptiveOnes)) {
    if (character === '\u200D' && isInEmoji(body, index)) continue;
    if (index > from) parts.push({ text: body.slice(from, index), mark: 'none' });
    parts.push({ text: markOf(character), mark: '\n\t'.includes(character) ? 'space' : 'code' });
    from = index + character.length;
  }
  if (from < body.length) parts.push({ text: body.slice(from), mark: 'none' });
  if (tail)
    parts.push({ text: [...tail].map((space) => (space === ' ' ? '·' : '⍽')).join(''), mark: 'space' });
  return parts;
}

/** A text of several lines: breaks break, and all else that could not be seen is marked. */
export function readableParts(text: string): CellPart[] {
  const parts: CellPart[] = [];
  const add = (part: CellPart): void => {
    const last = parts.at(-1);
    if (last?.mark === 'none' && part.mark === 'none')
      parts[parts.length - 1] = { text: last.text + part.text, mark: 'none' };
    else parts.push(part);
  };
  text.split('\n').forEach((line, place) => {
    if (place > 0) add({ text: '\n', mark: 'none' });
    textParts(line).forEach(add);
  });
  return parts;
}

const isInEmoji = (text: string, index: number): boolean =>
  emojiBefore.test(text.slice(Math.max(0, index - 4), index)) &&
  emojiAfter.test(text.slice(index + 1, index + 3));

/** The same as one line of plain text, for titles and labels. */
export function plainText(text: string): string {
  return textParts(text, false)
    .map((part) => part.text)
    .join('');
}
