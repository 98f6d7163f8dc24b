import type { MethodParams } from '#shared/contract/derive.ts';
import { Lexer } from '#shared/sql/lexer.ts';

/** More words than any statement needs to tell what it is: `alter table only a.b detach partition c.d concurrently`. */
const wordsLooked = 12;

const transactionWords = /^(begin|start|commit|end|rollback|abort|prepare transaction)\b/;

/** What cannot run in a transaction. Where the words are not enough to tell, the server's own refusal tells. */
const needsNone = [
  /^vacuum\b/,
  /^cluster( verbose)?$/,
  /^(create|drop) (database|tablespace)\b/,
  /^(create|drop|alter) subscription\b/,
  /^alter system\b/,
  /^alter database \S+ set tablespace\b/,
  /^(create( unique)?|drop) index concurrently\b/,
  /^reindex (database|system|schema)\b/,
  /^reindex (table|index) concurrently\b/,
  /^alter table .* detach partition .* concurrently\b/,
  /^discard all\b/,
];

/** As an option it stands in parentheses, and may be switched off there. */
const reindexConcurrently = /^reindex .*\bconcurrently\b(?! (false|off|\?))/;

/** What ends its transaction by itself, asks for one that the user opened, or is refused in one on a partitioned table. */
const needsItsOwn = /^(call|do|lock|declare|reindex|cluster|set (local|transaction|constraints))\b/;

/** Does this statement, which comes first in manual commit, open a transaction by itself? */
export function opensTransaction(text: string): boolean {
  const words = leadingWords(text);
  if (transactionWords.test(words) || needsNone.some((pattern) => pattern.test(words))) return false;
  return !words.startsWith('reindex') || !reindexConcurrently.test(leadingWords(text, 1));
}

/** Can SET LOCAL go before it in one message, so that both are one transaction, and it still means the same? */
export function takesLocal(text: string): boolean {
  const words = leadingWords(text);
  if (needsItsOwn.test(words)) return false;
  return /^(begin|start)\b/.test(words) || opensTransaction(text);
}

/** Does it end a transaction by a commit of one phase? Then its number is worth knowing. */
export const isCommit = (text: string): boolean => /^(commit|end)\b(?! prepared)/.test(leadingWords(text));

/** Is it refused while anybody is connected to a database, which may be another one? */
export const needsWholeDatabase = (text: string): boolean =>
  /^(drop|create|alter) database\b/.test(leadingWords(text));

/** The first words of a statement, in lower case; a quoted name counts as one, what stands deeper in parentheses does not. */
function leadingWords(text: string, maxDepth = 0): string {
  const lexer = new Lexer(text);
  const words: string[] = [];
  let depth = 0;
  while (words.length < wordsLooked && lexer.next()) {
    if (lexer.kind === 'open') depth += 1;
    else if (lexer.kind === 'close') depth -= 1;
    else if (depth > maxDepth) continue;
    else if (lexer.kind === 'word') words.push(lexer.written.toLowerCase());
    else if (lexer.kind === 'value') words.push('?');
  }
  return words.join(' ');
}

/** The statement that begins a transaction of the wanted kind. */
export function beginText({
  isolation,
  readOnly,
}: Pick<MethodParams<'transaction.begin'>, 'isolation' | 'readOnly'>): string {
  const level = isolation?.replace(/([A-Z])/g, ' $1').toLowerCase();
  return [
    'begin',
    ...(level === undefined ? [] : [`isolation level ${level}`]),
    ...(readOnly === undefined ? [] : [readOnly ? 'read only' : 'read write']),
  ].join(' ');
}
