import { isReserved } from '#shared/sql/identifiers.ts';
import type { RelationKind } from '../names/names.ts';
import { ddlWants } from './ddl.ts';
import {
  caseFollowers,
  followers,
  groupKeywords,
  operandKeywords,
  phrases,
  statementKeywords,
  windowFollowers,
} from './keywords.ts';
import { parseQueries } from './parse.ts';
import { coreAt, type Clause, type Core, type Query } from './queryTree.ts';
import { TokenReader } from './tokenReader.ts';
import type { CaretText } from './tokens.ts';

/** What may stand at the caret. */
export interface Expectation {
  readonly query: Query | undefined;
  readonly core: Core | undefined;
  /** `a.b` in front of the dot before the caret. */
  readonly path: readonly string[];
  readonly relations?: readonly RelationKind[] | 'sources';
  readonly expression?: true;
  /** Columns by their bare names, of the table that is written to. */
  readonly target?: true;
  /** Columns of a table that is named elsewhere in the statement. */
  readonly columnsOf?: readonly string[];
  /** Joins along foreign keys. */
  readonly joins?: true;
  readonly conditions?: true;
  readonly usingColumns?: true;
  /** Names that the SELECT list gives. */
  readonly outputs?: true;
  readonly aliasFor?: string;
  readonly routines?: 'any' | 'procedure' | 'trigger';
  readonly types?: true;
  readonly schemas?: true;
  readonly keywords?: readonly string[];
}

type Wants = Omit<Expectation, 'query' | 'core' | 'path'>;

/** Reserved words that are values, or end one. */
const operandEnds =
  /^(null|true|false|end|current_\w+|localtime|localtimestamp|session_user|user|default|asc|desc)$/;
/** Words that are not reserved and still have an operand behind them. */
const operandBegins =
  /^(by|set|values|if|elsif|while|return|call|escape|zone|perform|between|coalesce|exists)$/;

export function expectationAt(caret: CaretText): Expectation {
  const reader = new TokenReader(caret.tokens);
  const at = caret.caret;
  const queries = parseQueries(caret.tokens);
  const query =
    queries.findLast(({ from, to }) => from <= at && at < to) ??
    queries.findLast(({ from, to }) => from <= at && at <= to);
  const core = query && coreAt(query, at);
  const path = pathBefore(reader, at);
  const place: Place = { reader, at: path.length > 0 ? at - 2 * path.length : at, query, core, caret };
  return { query, core, path, ...wantsAt(place) };
}

interface Place {
  readonly reader: TokenReader;
  /** Where the name with all in front of it begins. */
  readonly at: number;
  readonly query: Query | undefined;
  readonly core: Core | undefined;
  readonly caret: CaretText;
}

function pathBefore(reader: TokenReader, caret: number): string[] {
  const path: string[] = [];
  for (let at = caret; reader.is('.', at - 1) && reader.isName(at - 2); at -= 2)
    path.unshift(reader.token(at - 2).text);
  return path;
}

function wantsAt(place: Place): Wants {
  const { reader, at, core, caret } = place;
  if (reader.is(':', at - 1) && reader.is(':', at - 2)) return { types: true };
  const open = openBefore(reader, at, core?.from ?? 0);
  if (reader.word(at - 1) === 'as' && open !== undefined && /^(cast|treat)$/.test(reader.word(open - 1)))
    return { types: true };
  if (caret.within === 'string') return {};
  if (core && place.query && at > place.query.from) return queryWants(place, core, open);
  const ddl = at > 0 ? ddlWants(caret.tokens, at) : undefined;
  if (ddl) return ddl.newName ? {} : ddl;
  const phrase = phraseAt(reader, at);
  if (phrase) return phrase;
  if (at === 0 || isStatementStart(reader, at)) return { keywords: statementKeywords };
  return expression();
}

/** In the body of a routine statements follow words too. */
const isStatementStart = (reader: TokenReader, at: number): boolean =>
  /^(begin|then|else|loop|explain|analyze|verbose|as|atomic)$/.test(reader.word(at - 1));

/** The innermost parenthesis that is open at a place. */
function openBefore(reader: TokenReader, at: number, from: number): number | undefined {
  let depth = 0;
  for (let index = at - 1; index >= from; index -= 1) {
    if (reader.is(')', index)) depth += 1;
    if (reader.is('(', index)) depth -= 1;
    if (depth < 0) return index;
  }
  return undefined;
}

function phraseAt(reader: TokenReader, at: number): Wants | undefined {
  const before = reader.word(at - 1);
  if (before === 'not' && reader.word(at - 2) === 'is')
    return { keywords: ['null', 'distinct from', 'true', 'false'] };
  const phrase = Object.hasOwn(phrases, before) ? phrases[before] : undefined;
  return phrase && { keywords: phrase };
}

const expression = (more: Wants = {}): Wants => ({
  expression: true,
  ...more,
  keywords: [...(more.keywords ?? []), ...operandKeywords],
});

function queryWants(place: Place, core: Core, open: number | undefined): Wants {
  const { reader, at } = place;
  const mark = core.marks.findLast((each) => each.at < at);
  const isAtClause = mark?.at === at - 1;
  // Names such as "left" stand in brackets or behind a dot; a phrase that begins a clause is that clause.
  const phrase = isAtClause ? undefined : phraseAt(reader, at);
  if (phrase) return phrase;
  if (!mark) return leadWants(reader, at);
  const inGroup = open !== undefined && open > mark.at;
  if (inGroup) {
    const grouped = groupWants(place, core, mark.clause, open);
    if (grouped) return grouped;
  }
  const isOperand = expectsOperand(reader, at);
  if (
    mark.clause === 'from' ||
    mark.clause === 'update' ||
    (mark.clause === 'into' && core.kind !== 'select')
  )
    return inGroup && mark.clause === 'from' && !isJoinGroup(core, open)
      ? isOperand
        ? expression()
        : { keywords: followers(core, 'where').slice(0, 18) }
      : sourceWants(place, core, mark.clause, isAtClause);
  if (isOperand) return operandWants(core, mark.clause, isAtClause, reader, at);
  return { keywords: hasOpenCase(reader, mark.at, at) ? caseFollowers : followers(core, mark.clause) };
}

/** Before any clause: `with`, `merge`, `delete`. */
function leadWants(reader: TokenReader, at: number): Wants {
  const before = reader.word(at - 1);
  if (before === 'with' || reader.is(',', at - 1))
    return { keywords: before === 'with' ? ['recursive'] : [] };
  if (reader.is(')', at - 1))
    return { keywords: ['select', 'insert into', 'update', 'delete from', 'merge into', 'as'] };
  if (before === 'table') return { relations: 'sources' };
  if (reader.is('(', at - 1)) return expression({ keywords: ['select', 'with', 'values'] });
  return { keywords: ['as', 'as materialized', 'as not materialized', 'select', 'insert into'] };
}

/** What stands in parentheses that are no query; undefined where it is an expression as anywhere. */
function groupWants({ reader, at }: Place, core: Core, clause: Clause, open: number): Wants | undefined {
  const isFirst = reader.is('(', at - 1);
  const isItem = isFirst || reader.is(',', at - 1);
  const owner = reader.word(open - 1);
  if (clause === 'using' && open === markAt(core, 'using') + 1) return isItem ? { usingColumns: true } : {};
  const isList =
    (clause === 'into' && core.kind === 'insert') || (clause === 'conflict' && owner === 'conflict');
  if (isList) return isItem ? { target: true } : {};
  if (clause === 'from' && owner === 'from' && isFirst)
    return { relations: 'sources', keywords: ['select', 'with', 'values', 'lateral'] };
  const inside = Object.hasOwn(groupKeywords, owner) ? groupKeywords[owner] : undefined;
  if (isFirst) return inside ? { keywords: inside } : expression({ keywords: ['select'] });
  if (owner === 'over' && !expectsOperand(reader, at)) return { keywords: windowFollowers };
  return undefined;
}

const markAt = (core: Core, clause: Clause): number =>
  core.marks.findLast((mark) => mark.clause === clause)?.at ?? -1;

/** `from (a join b`: parentheses around sources, and not around arguments. */
const isJoinGroup = (core: Core, open: number): boolean => core.sources.some(({ at }) => at === open + 1);

function sourceWants({ reader, at, caret }: Place, core: Core, clause: Clause, isAtClause: boolean): Wants {
  const before = reader.word(at - 1);
  if (
    isAtClause ||
    reader.is(',', at - 1) ||
    /^(lateral|only|join)$/.test(before) ||
    reader.is('(', at - 1)
  ) {
    // These have no condition.
    const isFree = [at - 2, at - 3].some((each) => /^(cross|natural)$/.test(reader.word(each)));
    const isJoin = before === 'join' && !isFree;
    const followed = /^(on|using)$/.test(reader.word(caret.caret + 1));
    const keywords =
      clause === 'from' ? ['lateral', 'select'].slice(0, before === 'lateral' ? 0 : 1) : ['only'];
    return { relations: 'sources', keywords, ...(isJoin && !followed ? { joins: true } : {}) };
  }
  const last = core.sources.findLast((source) => source.at < at);
  const isBare = last !== undefined && last.alias === undefined && before !== 'as' && !reader.is(')', at - 1);
  const aliasFor = (isBare || before === 'as') && last?.name !== undefined ? { aliasFor: last.name } : {};
  if (before === 'as') return { ...aliasFor };
  const isJoined = reader.word((last?.at ?? 0) - 1) === 'join' || reader.word((last?.at ?? 0) - 2) === 'join';
  const keywords = followers(core, clause);
  const ordered = isJoined
    ? ['on', 'using', ...keywords]
    : keywords.filter(
        (word) =>
          clause !== 'from' || core.kind === 'merge' || !/^(on|using)$/.test(word) || core.kind === 'delete',
      );
  return { ...aliasFor, keywords: [...new Set(ordered)] };
}

function operandWants(
  core: Core,
  clause: Clause,
  isAtClause: boolean,
  reader: TokenReader,
  at: number,
): Wants {
  const isItem = isAtClause || reader.is(',', at - 1);
  if (clause === 'set' && isItem) return { target: true };
  if (clause === 'on' && isAtClause) return expression({ conditions: true });
  if (clause === 'on') return expression({ conditions: true });
  if (clause === 'orderBy' || clause === 'groupBy') return expression({ outputs: true });
  if (clause === 'limit') return { keywords: ['all'] };
  if (clause === 'conflict') return { keywords: followers(core, 'conflict') };
  if (clause === 'values') return expression({ keywords: ['default'] });
  if (clause === 'select' && isAtClause)
    return expression({ keywords: ['distinct', 'distinct on (', 'all'] });
  if (clause === 'set') return expression({ keywords: ['default'] });
  return expression();
}

/** Is something to be named here, or has it been, so that an operator or a clause follows? */
function expectsOperand(reader: TokenReader, at: number): boolean {
  const { kind, text } = reader.token(at - 1);
  if (kind === 'name' || kind === 'value' || kind === 'close') return false;
  if (kind === 'symbol' && text === '*') {
    const before = reader.token(at - 2);
    return !(
      before.kind === 'open' ||
      before.text === ',' ||
      before.text === '.' ||
      /^(select|distinct|all|returning)$/.test(before.text)
    );
  }
  if (kind !== 'word') return true;
  const word = reader.word(at - 1);
  if (word === '') return false;
  return (isReserved(word) && !operandEnds.test(word)) || operandBegins.test(word);
}

function hasOpenCase(reader: TokenReader, from: number, to: number): boolean {
  let depth = 0;
  for (let at = from; at < to; at += 1) {
    if (reader.word(at) === 'case') depth += 1;
    if (reader.word(at) === 'end') depth -= 1;
  }
  return depth > 0;
}
