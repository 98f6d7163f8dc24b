import { maxKeptText } from '#shared/history/history.ts';
import type { NewEntry, RanEntry } from './entryLine.ts';

/** Beyond what is kept of a text: a secret that stands across its end is seen whole. */
const secretChars = 4_096;

/** An entry as it may be kept: no longer than it needs to be, and without its secrets. */
export function cleaned(entry: RanEntry, clean: (text: string) => string): NewEntry {
  const { error } = entry;
  const text = clean(entry.text.slice(0, maxKeptText + secretChars));
  const isCut = text.length > maxKeptText || entry.text.length > maxKeptText + secretChars;
  return {
    ...entry,
    text: text.slice(0, maxKeptText),
    length: isCut ? Math.max(text.length, entry.text.length) : text.length,
    ...(error ? { error: { ...error, message: clean(error.message) } } : {}),
  };
}
