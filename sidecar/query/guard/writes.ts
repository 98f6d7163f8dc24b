import { splitStatements, sqlOf } from '../statements.ts';
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

/** Which of these names are functions of the users that may have effects. */
export type FindVolatile = (names: readonly string[]) => Promise<readonly string[]>;

/**
 * Which statements of a text may write. What cannot be parsed counts as writing, and so does a query that calls a function
 * with effects: of PostgreSQL's own those that are known here, of the users' those that `findVolatile` finds. What a view
 * or a trigger calls is not seen.
 */
export async function writingStatements(
  text: string,
  findVolatile: FindVolatile,
): Promise<WritingStatement[]> {
  const found: WritingStatement[] = [];
  const calling: { place: Omit<WritingStatement, 'kind'>; names: string[] }[] = [];
  for (const [index, range] of (await splitStatements(text)).entries()) {
    if (index % statementsPerTurn === statementsPerTurn - 1)
      await new Promise((resolve) => setImmediate(resolve));
    const own = sqlOf(text, range);
    const parsed = await parseStatement(own);
    const place = { index, from: range.from, to: range.from + own.length };
    if ('why' in parsed) found.push({ ...place, kind: firstWords(own), missingWhere: false });
    else {
      const kind = writingKind(parsed);
      if (kind !== undefined) found.push({ ...place, kind, missingWhere: parsed.facts.missingWhere });
      else if (mayCall(parsed))
        calling.push({ place: { ...place, missingWhere: false }, names: calledBy(parsed) });
    }
  }
  const names = new Set(calling.flatMap((each) => each.names));
  const withEffects = new Set(names.size > 0 ? await findVolatile([...names]) : []);
  for (const { place, names: own } of calling) {
    const called = own.find((name) => withEffects.has(name));
    if (called !== undefined) found.push({ ...place, kind: `SELECT ${called}()` });
  }
  return found.sort((one, other) => one.index - other.index);
}

const mayCall = (parsed: ParsedStatement): boolean => holders.has(parsed.tag) && !plainExplain(parsed);

const calledBy = ({ facts }: ParsedStatement): string[] => [
  ...facts.functions.map(({ name }) => name),
  ...facts.attributes,
];

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
const holders = new Set(['SelectStmt', 'ExplainStmt', 'DeclareCursorStmt', 'PrepareStmt', 'CopyStmt']);

/** What a statement writes by; undefined where it only reads. */
function writingKind(parsed: ParsedStatement): string | undefined {
  const { tag, node, facts } = parsed;
  if (harmless.has(tag)) return undefined;
  if (tag === 'TransactionStmt')
    return transactionSteps.has(String(node.kind)) ? undefined : statementName(parsed);
  // Out through the client, it is the query in it that may write.
  if (tag === 'CopyStmt' && (node.is_from === true || 'filename' in node)) return statementName(parsed);
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
