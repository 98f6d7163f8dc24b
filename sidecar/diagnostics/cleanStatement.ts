import { redacted } from '#shared/sql/passwords.ts';

/** Beyond what is kept of a text: a secret that stands across its end is seen whole. */
const secretChars = 4_096;

export interface CleanStatement {
  /** As it may be kept. */
  readonly text: string;
  /** There was more of it. */
  readonly isCut: boolean;
  /** What a server said of it, as that may be kept: it repeats the word at which it stumbled, which may be a password. */
  readonly said: (words: string) => string;
}

/** A statement no longer than it needs to be, and without its secrets, which `clean` takes out. */
export function cleanStatement(
  whole: string,
  maxLength: number,
  clean: (text: string) => string,
): CleanStatement {
  const looked = whole.slice(0, maxLength + secretChars);
  const text = clean(looked);
  const taken = text === looked ? [] : wordsTaken(looked, text);
  const any = new RegExp(`(?<!${part})(?:${taken.join('|')})(?!${part})`, 'giu');
  return {
    text: text.slice(0, maxLength),
    isCut: text.length > maxLength || looked.length < whole.length,
    said: (words) => (taken.length === 0 ? clean(words) : clean(words).replace(any, redacted)),
  };
}

const part = '[\\p{L}\\p{N}_]';

/** Those that stand nowhere any more. */
function wordsTaken(before: string, after: string): string[] {
  const wordsOf = (text: string) => text.toLowerCase().match(new RegExp(`${part}+`, 'gu')) ?? [];
  const left = new Set(wordsOf(after));
  return [...new Set(wordsOf(before))].filter((word) => !left.has(word));
}
