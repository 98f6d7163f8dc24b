/**
 * A run of characters of a text. What could not be seen otherwise stands as a mark: `space` for blanks, tabs and line
 * breaks, `code` for characters that deceive, which are drawn so that nobody takes the number for text.
 */
export interface TextPart {
  readonly text: string;
  readonly mark: 'none' | 'space' | 'code';
}

/** Accents above one letter that languages have use for; what is heaped on it beyond them covers other lines. */
const maxAccents = 4;
const accent = String.raw`[\p{Mn}\p{Me}]`;
/**
 * Characters that deceive the eye: controls (Cc), format characters such as bidirectional ones (Cf), whatever else is
 * drawn as nothing, line and paragraph separators, halves of surrogate pairs, and the blank of Braille.
 */
const deceptive = String.raw`[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\p{Cs}\u2800]|(?<=${accent}{${maxAccents}})${accent}+`;
const deceptiveOnes = new RegExp(deceptive, 'gu');
const special = new RegExp(`${deceptive}|[ \\u00A0]$`, 'u');
const trailing = /[ \u00A0]+$/u;
/** The joiner inside an emoji is what makes it one picture, and so is the choice of its coloured form. */
const emojiBefore = /(?:\p{Extended_Pictographic}\uFE0F?|\p{Emoji_Modifier})$/u;
const emojiAfter = /^\p{Extended_Pictographic}/u;
const formOf = /(?:\p{Extended_Pictographic}[\uFE0E\uFE0F]|[\d#*]\uFE0F\u20E3)$/u;

const names = new Map([
  ['\n', '↵'],
  ['\r', 'CR'],
  ['\t', '⇥'],
  ['\u001b', 'ESC'],
  ['\u0000', 'NUL'],
]);

/** How what deceives is written: a picture for the common ones, how many accents too many there are, else its number. */
function markOf(found: string): string {
  const code = found.codePointAt(0) ?? 0;
  if (isAccent.test(found)) return `+${[...found].length}`;
  return names.get(found) ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
const isAccent = new RegExp(`^(?!\\p{Default_Ignorable_Code_Point})${accent}`, 'u');

/** Whether any of it would not be seen as it is. */
export const hasHidden = (text: string): boolean => special.test(text);

/** A text split at its deceptive characters; spaces at its end become dots where `ends` says that it ends here. */
export function textParts(text: string, ends = true): TextPart[] {
  const tail = ends ? (trailing.exec(text)?.[0] ?? '') : '';
  const body = text.slice(0, text.length - tail.length);
  const parts: TextPart[] = [];
  let from = 0;
  for (const { 0: found, index } of body.matchAll(deceptiveOnes)) {
    if (isInEmoji(body, found, index)) continue;
    if (index > from) parts.push({ text: body.slice(from, index), mark: 'none' });
    parts.push({ text: markOf(found), mark: '\n\t'.includes(found) ? 'space' : 'code' });
    from = index + found.length;
  }
  if (from < body.length) parts.push({ text: body.slice(from), mark: 'none' });
  if (tail)
    parts.push({ text: [...tail].map((space) => (space === ' ' ? '·' : '⍽')).join(''), mark: 'space' });
  return parts;
}

/** A text of several lines: breaks break, and all else that could not be seen is marked. */
export function readableParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  const add = (part: TextPart): void => {
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

function isInEmoji(text: string, found: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - 4), index);
  if (found === '\uFE0F' || found === '\uFE0E')
    return formOf.test(`${before}${found}`) || formOf.test(`${before}${text.slice(index, index + 2)}`);
  return found === '\u200D' && emojiBefore.test(before) && emojiAfter.test(text.slice(index + 1, index + 3));
}

/** The same as one line of plain text, for titles, labels and what is read aloud. */
export function plainText(text: string): string {
  return textParts(text, false)
    .map((part) => part.text)
    .join('');
}
