import { hasHidden, textParts, type TextPart } from '../../lib/visibleText.ts';

interface Shown {
  /** The value goes on. */
  readonly more: boolean;
  /** Said beside it. */
  readonly note?: string;
}

export type CellText =
  | { readonly kind: 'null' }
  | { readonly kind: 'empty' }
  | ({ readonly kind: 'plain'; readonly text: string } & Shown)
  | ({ readonly kind: 'parts'; readonly parts: readonly TextPart[] } & Shown);

interface CellOptions {
  readonly json?: boolean;
  readonly bool?: boolean | undefined;
  readonly bytea?: boolean | undefined;
  /** Only the beginning of the value is here. */
  readonly cut?: boolean;
}

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
export function cellText(value: string | null, options: CellOptions = {}): CellText {
  const { json = false, bool = false, bytea = false, cut = false } = options;
  if (value === null) return { kind: 'null' };
  if (value === '') return { kind: 'empty' };
  const word = bool ? boolWords.get(value) : undefined;
  if (word !== undefined) return { kind: 'plain', text: word, more: false };
  if (bytea && value.startsWith('\\x')) return bytesText(value, cut);
  // A long text is cut before anything walks over it: values of megabytes cost no more than short ones.
  const head = value.length > maxShownLength * 4 ? cutAt(value, maxShownLength * 4) : value;
  const line = json ? oneLine(head) : head;
  const text = cutAt(line, maxShownLength);
  const more = cut || text.length < line.length || head.length < value.length;
  if (text.startsWith(' ') || text.startsWith('\u00A0'))
    return { kind: 'parts', parts: indented(text, !more), more };
  if (!hasHidden(text)) return { kind: 'plain', text, more };
  return { kind: 'parts', parts: textParts(text, !more), more };
}

/** Blanks at the beginning are as easily overlooked as those at the end. */
function indented(text: string, ends: boolean): TextPart[] {
  const body = text.replace(/^[ \u00A0]+/, '');
  const blanks = text.slice(0, text.length - body.length);
  const dots = [...blanks].map((blank) => (blank === ' ' ? '·' : '⍽')).join('');
  return [{ text: dots, mark: 'space' }, ...textParts(body, ends)];
}

/** So many bytes are shown in full; of more the beginning, and how many they are. */
const maxShownBytes = 16;
const sizes = new Intl.NumberFormat();

function bytesText(hex: string, cut: boolean): CellText {
  const count = (hex.length - 2) / 2;
  if (count <= maxShownBytes) return { kind: 'plain', text: hex, more: false };
  const note = cut ? `over ${sizes.format(Math.floor(count))} bytes` : `${sizes.format(count)} bytes`;
  return { kind: 'plain', text: hex.slice(0, 2 + maxShownBytes * 2), more: true, note };
}
