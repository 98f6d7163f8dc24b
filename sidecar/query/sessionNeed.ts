import type { Notice } from '#shared/query/result.ts';
import { parseStatement } from './guard/parsedStatement.ts';
import { isNode, textOf, type QualifiedName, type TreeNode } from './guard/treeFacts.ts';
import { firstWord } from '#shared/sql/lexer.ts';

/** A longer statement is none that a person typed: looking at it would take longer than the warning is worth. */
const maxLength = 10_000;
const words = new Set(['set', 'reset', 'prepare', 'listen', 'load', 'discard', 'declare', 'create']);
/** In any other statement: SELECT INTO TEMP, and functions. */
const mentions = /\btemp|advisory_lock|set_config/i;

/** The parser's bit of DECLARE ... WITH HOLD. */
const cursorWithHold = 0x20;

/**
 * A statement for whose effect a session of one's own is needed, typed where a pooler gives none: it is the user's word
 * and is sent, with this warning. Undefined where it needs none, or nobody can tell.
 */
export async function sessionNeed(text: string): Promise<Notice | undefined> {
  if (text.length > maxLength || !(words.has(firstWord(text)) || mentions.test(text))) return undefined;
  const parsed = await parseStatement(text);
  if ('why' in parsed) return undefined;
  const what = ofStatement(parsed.tag, parsed.node) ?? ofFunctions(parsed.facts.functions);
  if (what === undefined) return undefined;
  return {
    severity: 'WARNING',
    message: `A pooler stands before this server: ${what} may be gone with the next statement, and may reach other people's sessions.`,
    hint: 'Use SET LOCAL and the like inside a transaction, or connect to the server directly.',
  };
}

function ofStatement(tag: string, node: TreeNode): string | undefined {
  switch (tag) {
    case 'VariableSetStmt':
      return node.is_local === true || isOfTransaction(node) ? undefined : 'what SET and RESET change';
    case 'PrepareStmt':
      return 'a prepared statement';
    case 'ListenStmt':
      return 'LISTEN';
    case 'LoadStmt':
      return 'a loaded library';
    case 'DiscardStmt':
      return 'what DISCARD does';
    case 'DeclareCursorStmt':
      return Number(node.options ?? 0) & cursorWithHold ? 'a cursor WITH HOLD' : undefined;
    case 'CreateStmt':
      return isTemporary(node.relation) ? 'a temporary table' : undefined;
    case 'CreateSeqStmt':
      return isTemporary(node.sequence) ? 'a temporary sequence' : undefined;
    case 'ViewStmt':
      return isTemporary(node.view) ? 'a temporary view' : undefined;
    case 'CreateTableAsStmt':
      return isTemporary(relationOf(node.into)) ? 'a temporary table' : undefined;
    case 'SelectStmt':
      return isTemporary(relationOf(node.intoClause)) ? 'a temporary table' : undefined;
    default:
      return undefined;
  }
}

/** SET TRANSACTION, which is the parser's SET of a name that no setting has. */
const isOfTransaction = ({ kind, name }: TreeNode): boolean =>
  kind === 'VAR_SET_MULTI' && textOf(name) !== 'SESSION CHARACTERISTICS';

const relationOf = (into: unknown): unknown => (isNode(into) ? into.rel : undefined);

const isTemporary = (relation: unknown): boolean => isNode(relation) && relation.relpersistence === 't';

function ofFunctions(functions: QualifiedName[]): string | undefined {
  const names = functions.map(({ name }) => name);
  if (names.some((name) => /^pg_(try_)?advisory_lock(_shared)?$/.test(name))) return 'an advisory lock';
  return names.includes('set_config') ? 'what set_config changes' : undefined;
}
