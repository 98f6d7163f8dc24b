import { Lexer } from '#shared/sql/lexer.ts';
import { loadParser } from './parser.ts';
import { StatementCutter, type StatementRange } from '#shared/sql/statementCutter.ts';

export { sqlOf, type StatementKind, type StatementRange } from '#shared/sql/statementCutter.ts';

/** The parser's tree of a longer text takes it too long (100 ms a megabyte); the cutter alone is as right for a script. */
const maxParsedLength = 128 * 1024;
/** After this many code units the splitting stands back, so that other calls stay quick while a long text is split. */
const lengthPerTurn = 256 * 1024;

/**
 * The statements of a text, in order, empty ones left out. PostgreSQL's own parser decides where each ends; where it has
 * nothing to say (the text does not parse, or is long) the text is cut by its tokens, and an unclosed string or comment
 * takes all that follows with it. A range begins with the comments directly above its statement, and ends before the
 * semicolon and before white space and comments in front of that.
 */
export async function splitStatements(text: string): Promise<StatementRange[]> {
  const byTokens = new StatementCutter(text);
  await cut(text, byTokens);
  if (!byTokens.severalParts || text.length > maxParsedLength) return byTokens.finish();
  const ends = await parsedEnds(withoutData(text, byTokens.statements));
  if (!ends) return byTokens.finish();
  const byParser = new StatementCutter(text, ends);
  await cut(text, byParser);
  return byParser.finish();
}

async function cut(text: string, cutter: StatementCutter): Promise<void> {
  const lexer = new Lexer(text);
  let until = lengthPerTurn;
  while (lexer.next()) {
    cutter.add(lexer);
    if (lexer.from < until) continue;
    await new Promise((resolve) => setImmediate(resolve));
    until = lexer.from + lengthPerTurn;
  }
}

/** Data between statements is no SQL; blanks in its place keep every position. */
function withoutData(text: string, statements: readonly StatementRange[]): string {
  let blanked = text;
  for (const { data } of statements)
    if (data)
      blanked = blanked.slice(0, data.from) + ' '.repeat(data.end - data.from) + blanked.slice(data.end);
  return blanked;
}

/** The positions of the semicolons that end statements; undefined where the text does not parse. */
async function parsedEnds(text: string): Promise<Set<number> | undefined> {
  try {
    const { parseSync } = await loadParser();
    const { stmts = [] } = parseSync(asParserSees(text));
    const byteEnds = stmts.flatMap(({ stmt_location = 0, stmt_len }) =>
      stmt_len === undefined ? [] : [stmt_location + stmt_len],
    );
    return new Set(toCodeUnits(text, byteEnds));
  } catch {
    return undefined;
  }
}

/** A NUL would end the text for the parser, and half of a surrogate pair would take the next character with it. */
const asParserSees = (text: string): string =>
  text.replaceAll('\0', ' ').replace(/\p{Surrogate}/gu, '\ufffd');

/** The parser counts bytes of UTF-8; `byteOffsets` must ascend. */
function toCodeUnits(text: string, byteOffsets: number[]): number[] {
  const units: number[] = [];
  let at = 0;
  let bytes = 0;
  for (const offset of byteOffsets) {
    for (; bytes < offset && at < text.length; at += 1) bytes += utf8Length(text, at);
    units.push(at);
  }
  return units;
}

/** How many bytes of UTF-8 end with the code unit at `at`: the first half of a pair counts none, the second all four. */
function utf8Length(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  if (unit < 0xd800 || unit > 0xdfff) return 3;
  const point = text.codePointAt(at) ?? 0;
  if (point > 0xffff) return 0;
  const before = at > 0 ? (text.codePointAt(at - 1) ?? 0) : 0;
  return before > 0xffff ? 4 : 3;
}
