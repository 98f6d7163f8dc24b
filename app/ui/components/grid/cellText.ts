import { hasHidden, textParts, type TextPart } from '../../lib/visibleText.ts';

export type CellText =
  | { readonly kind: 'null' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'plain'; readonly text: string; readonly more: boolean }
  | { readonly kind: 'parts'; readonly parts: readonly TextPart[]; readonly more: boolean };

/** More than a column is usually wide; the rest of a long text is in the viewer. */
export const maxShownLength = 400;

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
  if (!hasHidden(text)) return { kind: 'plain', text, more };
  return { kind: 'parts', parts: textParts(text, !more), more };
}
