import { maxKeptText } from '#shared/history/history.ts';
import { cleanStatement } from '../diagnostics/cleanStatement.ts';
import type { NewEntry, RanEntry } from './entryLine.ts';

/** So many characters of statements are cleaned, or written, before others have their turn. */
const charsAtOnce = 256 * 1024;

/** How many of them may be dealt with at once: at least one. */
export function portionOf(entries: readonly { text: string }[]): number {
  let chars = 0;
  const tooMany = entries.findIndex(({ text }) => (chars += text.length + 100) > charsAtOnce);
  return tooMany < 0 ? entries.length : Math.max(1, tooMany);
}

/** An entry as it may be kept: no longer than it needs to be, and without its secrets. */
export function cleaned(entry: RanEntry, clean: (text: string) => string): NewEntry {
  const { error } = entry;
  const { text, isCut, said } = cleanStatement(entry.text, maxKeptText, clean);
  return {
    ...entry,
    text,
    length: isCut ? Math.max(text.length + 1, entry.text.length) : text.length,
    ...(error ? { error: { ...error, message: said(error.message) } } : {}),
  };
}
