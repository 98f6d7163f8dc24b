import { Lexer } from '#shared/sql/lexer.ts';
import { plainText } from '../../lib/visibleText.ts';

/** More tokens than that are not looked through for a name. */
const maxTokens = 2_000;
const maxLength = 24;

/** Words behind which the name of what a statement is about stands. */
const before: ReadonlySet<string> = new Set('from into update table view index call join'.split(' '));
/** Words that may stand between the two. */
const between: ReadonlySet<string> = new Set('only if not exists concurrently'.split(' '));

/** What a result is called by: the first table of its statement, else its first words. */
export function statementLabel(statement: string): string {
  const lexer = new Lexer(statement);
  let depth = 0;
  let awaited = false;
  let start: number | undefined;
  for (let count = 0; count < maxTokens && lexer.next(); count += 1) {
    const { kind, written } = lexer;
    if (kind === 'comment') continue;
    start ??= lexer.from;
    if (kind === 'open') depth += 1;
    if (kind === 'close') depth -= 1;
    const word = kind === 'word' ? written.toLowerCase() : '';
    const isName = kind === 'word' ? !before.has(word) : written.startsWith('"');
    if (awaited && isName && !between.has(word)) return shortened(nameAt(statement, lexer));
    awaited = depth === 0 && (before.has(word) || (awaited && between.has(word)));
  }
  return shortened(statement.slice(start ?? 0, (start ?? 0) + 200));
}

/** The last part of a name with its schema, without quotes. */
function nameAt(statement: string, lexer: Lexer): string {
  let name = lexer.written;
  while (statement[lexer.to] === '.' && lexer.next() && lexer.next()) name = lexer.written;
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

function shortened(text: string): string {
  const line = plainText(text.trim().replace(/\s+/g, ' '));
  const characters = [...line];
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : line;
}
