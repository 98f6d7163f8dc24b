import { maxKeptText } from '#shared/history/history.ts';
import { cleanStatement } from '../diagnostics/cleanStatement.ts';
import type { NewEntry, RanEntry } from './entryLine.ts';

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
