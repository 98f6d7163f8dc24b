import { splitStatements } from '../statements.ts';
import { isDeniedAttribute, isDeniedFunction } from './deniedFunctions.ts';
import { parseStatement, type ParsedStatement } from './parsedStatement.ts';
import { plainExplain } from './statementRules.ts';
import { firstWords, innerName, statementName } from './statementNames.ts';

/** A statement of a text that may write, as far as its words tell. */
export interface WritingStatement {
  index: number;
  /** Where it stands in the text: UTF-16 code units, `to` exclusive. */
  from: number;
  to: number;
  /** What a person calls it, for example DELETE or DROP TABLE. */
  kind: string;
  /** An UPDATE or DELETE that takes every row. */
  missingWhere: boolean;
}

/** After this many statements the looking stands back, so that other calls stay quick. */
const statementsPerTurn = 200;

/**
 * Which statements of a text write. What cannot be parsed counts as writing; what a function does that a query calls is not
 * seen, except for those of PostgreSQL's own that have effects.
 */
export async function writingStatements(text: string): Promise<WritingStatement[]> {
  const found: WritingStatement[] = [];
  for (const [index, { from, to }] of (await splitStatements(text)).entries()) {
    if (index % statementsPerTurn === statementsPerTurn - 1)
      await new Promise((resolve) => setImmediate(resolve));
    const own = text.slice(from, to);
    const parsed = await parseStatement(own);
    const place = { index, from, to };
    if ('why' in parsed) found.push({ ...place, kind: firstWords(own), missingWhere: false });
    else {
      const kind = writingKind(parsed);
      if (kind !== undefined) found.push({ ...place, kind, missingWhere: parsed.facts.missingWhere });
    }
  }
  return found;
}

/** Statements that change nothing but the session. */
const harmless = new Set(
  `VariableShowStmt VariableSetStmt FetchStmt ClosePortalStmt ListenStmt UnlistenStmt DeallocateStmt DiscardStmt`.split(
    ' ',
  ),
);
const transactionSteps = new Set(
  `BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE ROLLBACK_TO`.split(' ').map((kind) => `TRANS_STMT_${kind}`),
);
/** Statements that hold a query, and write where it does. */
const holders = new Set(['SelectStmt', 'ExplainStmt', 'DeclareCursorStmt', 'PrepareStmt']);

/** What a statement writes by; undefined where it only reads. */
function writingKind(parsed: ParsedStatement): string | undefined {
  const { tag, node, facts } = parsed;
  if (harmless.has(tag)) return undefined;
  if (tag === 'TransactionStmt')
    return transactionSteps.has(String(node.kind)) ? undefined : statementName(parsed);
  if (tag === 'CopyStmt' && node.is_from !== true && !('filename' in node)) return undefined;
  if (!holders.has(tag)) return statementName(parsed);
  if (plainExplain(parsed)) return undefined;
  const inner = facts.statements.find((each) => !holders.has(each));
  if (inner !== undefined) return innerName(inner);
  if (facts.makesTable) return 'SELECT INTO';
  const called =
    facts.functions.find(({ name }) => isDeniedFunction(name))?.name ??
    facts.attributes.find(isDeniedAttribute);
  return called === undefined ? undefined : `SELECT ${called}()`;
}
