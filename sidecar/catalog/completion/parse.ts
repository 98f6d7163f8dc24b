import { isReserved } from '#shared/sql/identifiers.ts';
import { outputOf } from './outputs.ts';
import type { Clause, Core, Query, Source } from './queryTree.ts';
import { TokenReader } from './tokenReader.ts';
import type { Token } from './tokens.ts';

/** A query begins with one of these; PERFORM is PL/pgSQL's SELECT without rows. */
const queryWords = /^(select|with|values|insert|update|delete|merge|perform|table)$/;
/** Within another statement or the body of a routine a query may begin behind these. */
const beforeQuery = /^(as|then|else|loop|begin|in|query|for|is|atomic|explain|analyze|verbose)$/;
/** Not reserved, but no aliases either where a clause may follow. */
const noAlias = /^(set|values|when|default|overriding)$/;
/** FROM or WHERE stand within the parentheses of these. */
const fromWithin = /^(extract|trim|substring|overlay|position|filter)$/;

/** All queries of a statement, outer ones before those within. Never fails: what it does not understand it steps over. */
export function parseQueries(tokens: readonly Token[]): Query[] {
  const reader = new TokenReader(tokens);
  const queries: Query[] = [];
  const parser = new QueryParser(reader, queries);
  // FOR SELECT says there what it is for.
  const isPolicy = reader.word(1) === 'policy';
  while (!reader.isOver) {
    if (reader.is('(')) parser.group(undefined);
    else if (
      !isPolicy &&
      queryWords.test(reader.word()) &&
      (reader.at === 0 || beforeQuery.test(reader.word(reader.at - 1)))
    )
      parser.query('statement', undefined);
    else reader.at += 1;
  }
  return queries;
}

class QueryParser {
  readonly #reader: TokenReader;
  readonly #queries: Query[];

  constructor(reader: TokenReader, queries: Query[]) {
    this.#reader = reader;
    this.#queries = queries;
  }

  /** From its first word to the parenthesis that closes it, or the end. */
  query(role: Query['role'], parent: Query | undefined): Query {
    const reader = this.#reader;
    const query: Query = { role, parent, from: reader.at, to: reader.length, ctes: [], cores: [] };
    this.#queries.push(query);
    if (reader.word() === 'with') this.#with(query);
    do new CoreParser(reader, query, this).run();
    while (this.#nextCore());
    query.to = reader.at;
    return query;
  }

  /** What stands in parentheses, and behind them afterwards; gives the query where it is one. */
  group(parent: Query | undefined, role: Query['role'] = 'expression'): Query | undefined {
    const reader = this.#reader;
    const owner = reader.word(reader.at - 1);
    let query: Query | undefined;
    reader.at += 1;
    while (!reader.isOver && !reader.is(')')) {
      if (reader.is('(')) query = this.group(parent, role) ?? query;
      else if (queryWords.test(reader.word()) && reader.is('(', reader.at - 1))
        query = this.query(role, parent);
      // A parenthesis that is not closed yet does not take the clauses behind it.
      else if (owner !== '' && /^(from|where)$/.test(reader.word()) && !fromWithin.test(owner)) return query;
      else reader.at += 1;
    }
    reader.at += 1;
    return query;
  }

  #nextCore(): boolean {
    if (!/^(union|intersect|except)$/.test(this.#reader.word())) return false;
    this.#reader.at += 1;
    this.#reader.skip('all', 'distinct');
    return true;
  }

  #with(query: Query): void {
    const reader = this.#reader;
    reader.at += 1;
    reader.skip('recursive');
    for (;;) {
      if (reader.token().kind === 'caret' || reader.is(',')) reader.at += 1;
      else if (!reader.isName() || queryWords.test(reader.word())) return;
      else {
        const name = reader.token().text;
        reader.at += 1;
        const columns = reader.is('(') ? reader.nameList() : undefined;
        const cte: Query['ctes'][number] = { name, ...(columns ? { columns } : {}) };
        query.ctes.push(cte);
        reader.skip('as', 'not', 'materialized');
        const inner = reader.is('(') ? this.group(query, 'cte') : undefined;
        if (inner) cte.query = inner;
      }
    }
  }
}

/** Reads one SELECT, INSERT, UPDATE, DELETE or MERGE, clause by clause. */
class CoreParser {
  readonly #reader: TokenReader;
  readonly #query: Query;
  readonly #queries: QueryParser;
  readonly #core: Core;
  #clause: Clause | undefined;
  /** Where the item of a list of outputs begins that is being read. */
  #itemFrom = 0;
  /** Parentheses around joins. */
  #joinDepth = 0;

  constructor(reader: TokenReader, query: Query, queries: QueryParser) {
    this.#reader = reader;
    this.#query = query;
    this.#queries = queries;
    this.#core = { from: reader.at, kind: 'select', sources: [], outputs: [], marks: [] };
    query.cores.push(this.#core);
  }

  run(): void {
    const reader = this.#reader;
    while (!reader.isOver) {
      if (reader.is(')')) {
        if (this.#joinDepth === 0) break;
        this.#joinDepth -= 1;
        reader.at += 1;
      } else if (reader.is('(')) this.#group();
      else if (reader.is(',')) this.#comma();
      else if (/^(union|intersect|except)$/.test(reader.word())) break;
      else this.#word(reader.word());
    }
    this.#endItem();
  }

  #group(): void {
    // The whole SELECT of an INSERT, or of one side of a UNION, may stand in parentheses.
    this.#queries.group(this.#query);
  }

  #comma(): void {
    if (isList(this.#clause)) {
      this.#endItem();
      this.#itemFrom = this.#reader.at + 1;
    }
    const continuesFrom = this.#clause === 'from' || this.#clause === 'on' || this.#clause === 'using';
    if (continuesFrom) this.#begin('from', true);
    else this.#reader.at += 1;
  }

  #word(word: string): void {
    const before = this.#reader.word(this.#reader.at - 1);
    const { kind } = this.#core;
    switch (word) {
      case 'select':
      case 'perform':
        return this.#begin('select');
      case 'from':
        if (before === 'distinct' && /^(is|not)$/.test(this.#reader.word(this.#reader.at - 2))) break;
        return this.#begin('from', true);
      case 'join':
        return this.#begin('from', true);
      case 'on':
        if (this.#reader.word(this.#reader.at + 1) === 'conflict' || this.#clause === 'select') break;
        return this.#begin('on');
      case 'using':
        return kind === 'delete' || (kind === 'merge' && this.#clause === 'into')
          ? this.#begin('from', true)
          : this.#begin('using');
      case 'by':
        if (before === 'group') return this.#begin('groupBy');
        if (before === 'order') return this.#begin('orderBy');
        break;
      case 'into':
        return this.#begin('into', kind === 'insert' || kind === 'merge');
      case 'insert':
      case 'delete':
      case 'merge':
        if (this.#core.marks.length === 0) this.#core.kind = word;
        break;
      case 'update':
        if (this.#core.marks.length > 0) break;
        this.#core.kind = 'update';
        return this.#begin('update', true);
      default:
        return this.#plainWord(word);
    }
    this.#reader.at += 1;
  }

  #plainWord(word: string): void {
    const clauses: Readonly<Record<string, Clause>> = {
      where: 'where',
      having: 'having',
      limit: 'limit',
      offset: 'limit',
      fetch: 'limit',
      window: 'window',
      values: 'values',
      conflict: 'conflict',
      returning: 'returning',
    };
    const clause = Object.hasOwn(clauses, word) ? clauses[word] : undefined;
    if (clause) return this.#begin(clause);
    if (word === 'set' && this.#core.kind !== 'select') return this.#begin('set');
    if (word === 'when' && this.#core.kind === 'merge') return this.#begin('when');
    this.#reader.at += 1;
  }

  #begin(clause: Clause, hasSource = false): void {
    const reader = this.#reader;
    this.#endItem();
    this.#clause = clause;
    this.#core.marks.push({ clause, at: reader.at });
    reader.at += 1;
    if (isList(clause)) this.#itemFrom = reader.at;
    // What an INSERT selects is not what it gives.
    if (clause === 'returning') this.#core.outputs.length = 0;
    if (!hasSource) return;
    const source = this.#source();
    if (!source) return;
    this.#core.sources.push(source);
    const isTarget = clause !== 'from' || this.#core.kind === 'delete';
    if (isTarget) this.#core.target ??= source;
  }

  #source(): Source | undefined {
    const reader = this.#reader;
    const isLateral = reader.word() === 'lateral';
    reader.skip('only', 'lateral');
    const at = reader.at;
    if (reader.is('(')) {
      if (!queryWords.test(reader.word(afterOpens(reader)))) {
        reader.at += 1;
        this.#joinDepth += 1;
        return this.#source();
      }
      const query = this.#queries.group(this.#query, isLateral ? 'lateral' : 'from');
      return this.#aliased({ kind: 'query', at, ...(query ? { query } : {}) });
    }
    if (isReserved(reader.word()) || !reader.isName()) return undefined;
    const path = reader.dotted();
    if (reader.token().kind === 'caret' && reader.is('.', reader.at - 1)) return undefined;
    const [schema, name = ''] = path.length > 1 ? path.slice(-2) : [undefined, path[0]];
    const named = { at, name, ...(schema === undefined ? {} : { schema }) };
    const isCall = reader.is('(') && this.#clause === 'from';
    if (isCall) this.#queries.group(this.#query, 'lateral');
    return this.#aliased({ kind: isCall ? 'function' : 'relation', ...named });
  }

  #aliased(source: Source): Source {
    const reader = this.#reader;
    if (reader.word() === 'with' && reader.word(reader.at + 1) === 'ordinality') reader.at += 2;
    if (reader.is('*')) reader.at += 1;
    const said = reader.word() === 'as';
    if (said) reader.at += 1;
    const word = reader.word();
    const isAlias = reader.isName() && (said || !(isReserved(word) || noAlias.test(word)));
    if (!isAlias) return source;
    source.alias = reader.token().text;
    reader.at += 1;
    if (reader.is('(') && this.#clause === 'from') source.aliasColumns = reader.nameList();
    return source;
  }

  #endItem(): void {
    if (!isList(this.#clause)) return;
    const output = outputOf(this.#reader.slice(this.#itemFrom, this.#reader.at));
    if (output) this.#core.outputs.push(output);
  }
}

/** Does it list what the statement gives? */
const isList = (clause: Clause | undefined): boolean => clause === 'select' || clause === 'returning';

function afterOpens(reader: TokenReader): number {
  let at = reader.at;
  while (reader.is('(', at)) at += 1;
  return at;
}
