import type { AppError } from '#shared/error/appError.ts';
import { isDeniedAttribute, isDeniedFunction } from './deniedFunctions.ts';
import { settableNames, settingChange, type SettingChange } from './keptSettings.ts';
import type { ParsedStatement, Unparsable } from './parsedStatement.ts';
import { firstWords, innerName, statementName } from './statementNames.ts';
import { isNode, textOf, type TreeNode } from './treeFacts.ts';
import { allowWriting, violation } from './violations.ts';

/** What a read-only tab does with a statement that it may run. */
export type Permission =
  | { kind: 'read'; statement: ParsedStatement }
  | { kind: 'set'; statement: ParsedStatement; change: SettingChange }
  | { kind: 'begin' }
  | { kind: 'end'; commits: boolean };

/** Statements that only plain EXPLAIN may hold: it plans them and runs nothing. */
const explainable = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);
/** Of DECLARE's options: the cursor, and its rows, outlive the transaction. */
const cursorWithHold = 0x20;

/** May a statement run in a read-only tab? Throws READ_ONLY_VIOLATION with why not. */
export function permit(text: string, parsed: ParsedStatement | Unparsable): Permission {
  if ('why' in parsed) throw unparsable(text, parsed);
  const { tag, node } = parsed;
  switch (tag) {
    case 'SelectStmt':
      return read(parsed, 'SelectStmt');
    case 'VariableShowStmt':
    case 'FetchStmt':
    case 'ClosePortalStmt':
      return { kind: 'read', statement: parsed };
    case 'ExplainStmt':
      return explain(parsed);
    case 'DeclareCursorStmt':
      if (Number(node.options ?? 0) & cursorWithHold) throw refusedKind('DECLARE ... WITH HOLD');
      return read(parsed, 'DeclareCursorStmt', 'SelectStmt');
    case 'VariableSetStmt': {
      const change = settingChange(node);
      if (!change) throw refusedSetting(node);
      return { kind: 'set', statement: parsed, change };
    }
    case 'TransactionStmt':
      return transaction(parsed);
    case 'CopyStmt':
      // Out through the client alone: files and programs are the server's.
      if (node.is_from === true || 'filename' in node || node.is_program === true)
        throw refusedKind(statementName(parsed));
      return read(parsed, 'CopyStmt', 'SelectStmt');
    default:
      throw refusedKind(statementName(parsed));
  }
}

/** A query of which all parts are of the kinds named. */
function read(statement: ParsedStatement, ...kinds: string[]): Permission {
  const { facts } = statement;
  const other = facts.statements.find((tag) => !kinds.includes(tag));
  if (other !== undefined) throw refusedKind(innerName(other));
  if (facts.makesTable) throw refusedKind('SELECT INTO');
  if (facts.locksRows) throw refusedKind('SELECT ... FOR UPDATE or SHARE', 'which locks rows');
  checkFunctions(statement);
  return { kind: 'read', statement };
}

function explain(statement: ParsedStatement): Permission {
  const { facts } = statement;
  if (!plainExplain(statement)) return read(statement, 'ExplainStmt', 'SelectStmt');
  const other = facts.statements.find((tag) => tag !== 'ExplainStmt' && !explainable.has(tag));
  if (other !== undefined) throw refusedKind(`EXPLAIN ${innerName(other)}`);
  checkFunctions(statement);
  return { kind: 'read', statement };
}

/**
 * An EXPLAIN that only plans. Whatever value ANALYZE is given, it counts as given: EXPLAIN (ANALYZE false) is said without
 * it, too.
 */
export const plainExplain = ({ tag, node }: ParsedStatement): boolean =>
  tag === 'ExplainStmt' && !options(node).some(({ defname }) => textOf(defname).toLowerCase() === 'analyze');

function transaction({ node }: ParsedStatement): Permission {
  switch (node.kind) {
    case 'TRANS_STMT_BEGIN':
    case 'TRANS_STMT_START':
      if (options(node).some(isReadWrite)) throw refusedKind('BEGIN READ WRITE');
      return { kind: 'begin' };
    case 'TRANS_STMT_COMMIT':
    case 'TRANS_STMT_ROLLBACK':
      if (node.chain === true) throw refusedKind('COMMIT or ROLLBACK AND CHAIN');
      return { kind: 'end', commits: node.kind === 'TRANS_STMT_COMMIT' };
    default:
      throw refusedKind('This kind of transaction statement');
  }
}

/** The options of EXPLAIN or BEGIN. */
const options = (node: TreeNode): TreeNode[] =>
  Array.isArray(node.options)
    ? (node.options as unknown[]).flatMap((each) =>
        isNode(each) && isNode(each.DefElem) ? [each.DefElem] : [],
      )
    : [];

/** The parser gives READ ONLY as 1, and leaves out the 0 of READ WRITE. */
const isReadWrite = ({ defname, arg }: TreeNode): boolean =>
  defname === 'transaction_read_only' &&
  !(isNode(arg) && isNode(arg.A_Const) && isNode(arg.A_Const.ival) && arg.A_Const.ival.ival === 1);

function checkFunctions({ facts }: ParsedStatement): void {
  const name =
    facts.functions.find((called) => isDeniedFunction(called.name))?.name ??
    facts.attributes.find(isDeniedAttribute);
  if (name === undefined) return;
  throw violation('function', `${name}() has effects that no read-only transaction holds back.`, {
    hint: `This connection is read-only, so the statement was not sent. ${allowWriting}`,
  });
}

const refusedKind = (what: string, why = 'which may write'): AppError =>
  violation('statementKind', `${what} is refused: this connection is read-only.`, {
    hint: `Only queries, SHOW and EXPLAIN run here, not a statement ${why}. It was not sent. ${allowWriting}`,
  });

const refusedSetting = (node: TreeNode): AppError =>
  violation(
    'statementKind',
    `SET ${textOf(node.name)} is refused: this connection is read-only.`.replace('  ', ' '),
    {
      hint: `Here only ${settableNames} can be set, to names, texts or numbers. The statement was not sent. ${allowWriting}`,
    },
  );

const unparsable = (text: string, { why, position }: Unparsable): AppError =>
  violation('unparsable', `${firstWords(text)} could not be checked: ${why}.`, {
    position,
    hint: `This connection is read-only, and what cannot be read as SQL is not sent. Correct the text, or allow writing to send it as it is.`,
  });
