import { loadParser } from '../parser.ts';
import { isNode, treeFacts, type TreeFacts, type TreeNode } from './treeFacts.ts';

/** A longer statement is not parsed: its tree would take seconds and hundreds of megabytes. */
const maxCheckedLength = 1024 * 1024;

/** One statement as PostgreSQL's parser sees it. */
export interface ParsedStatement {
  text: string;
  /** The parser's name of its kind, for example `SelectStmt`. */
  tag: string;
  node: TreeNode;
  facts: TreeFacts;
}

/** Why a text cannot be judged; `position` in UTF-16 code units from 0, where the parser names one. */
export interface Unparsable {
  why: string;
  position?: number;
}

/**
 * Parses a text that should be one statement. The text is never changed: what was parsed is what is sent, byte for byte.
 * So everything that parser and server might read in two ways (a NUL, half of a surrogate pair) counts as unparsable.
 */
export async function parseStatement(text: string): Promise<ParsedStatement | Unparsable> {
  if (text.length > maxCheckedLength)
    return { why: 'it is longer than 1 MB, too long to be checked before it is sent' };
  if (/\0|\p{Surrogate}/u.test(text)) return { why: 'it contains a character that has no place in SQL' };
  const { parseSync, hasSqlDetails } = await loadParser();
  try {
    const { stmts = [] } = parseSync(text);
    const [only] = stmts;
    if (stmts.length !== 1 || !only) return { why: 'it is not exactly one statement' };
    const [tagged] = Object.entries(only.stmt ?? {});
    if (!tagged || !isNode(tagged[1])) return { why: 'it is not a statement' };
    const [tag, node] = tagged;
    return { text, tag, node, facts: treeFacts(tag, node) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // A text nested too deeply throws a RangeError of JavaScript, which names no place.
    const place = hasSqlDetails(error) ? error.sqlDetails?.cursorPosition : undefined;
    return { why, ...(place === undefined ? {} : { position: unitsBefore(text, place) }) };
  }
}

/** The parser counts characters. */
const unitsBefore = (text: string, characters: number): number =>
  Array.from(text).slice(0, characters).join('').length;
