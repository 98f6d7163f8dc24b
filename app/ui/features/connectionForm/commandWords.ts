/**
 * A password command is a program and its arguments; no shell reads it. In the form it is one line, with quotes as
 * people know them. A backslash only stands for itself unless a blank, a quote or another one follows, so that paths
 * of Windows can be typed as they are.
 */
export function commandWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const sign = line.charAt(at);
    const next = line.charAt(at + 1);
    if (sign === '\\' && isEscaped(next, quote)) {
      word = (word ?? '') + next;
      at += 1;
    } else if (quote === '' && (sign === '"' || sign === "'")) {
      quote = sign;
      word ??= '';
    } else if (quote !== '' && sign === quote) quote = '';
    else if (quote === '' && /\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + sign;
  }
  if (quote !== '') return undefined;
  return word === undefined ? words : [...words, word];
}

function isEscaped(next: string, quote: string): boolean {
  if (quote === "'") return false;
  return quote === '"' ? next === '"' || next === '\\' : /["'\\\s]/.test(next);
}

/** The line that is read as these words. */
export const commandLine = (words: readonly string[]): string => words.map(quoted).join(' ');

function quoted(word: string): string {
  if (/^[^\s"'\\]+$/.test(word)) return word;
  return word.includes("'") ? `"${word.replaceAll(/["\\]/g, String.raw`\$&`)}"` : `'${word}'`;
}
