/** What stands in a FROM clause, or is written to. */
export interface Source {
  readonly kind: 'relation' | 'query' | 'function';
  readonly schema?: string;
  readonly name?: string;
  alias?: string;
  aliasColumns?: string[];
  readonly query?: Query;
  /** Index of its first token. */
  readonly at: number;
}

export interface Cte {
  readonly name: string;
  readonly columns?: string[];
  query?: Query;
}

/** A column that a SELECT gives: `path` where it is no more than a column, `star` with the path in front of it. */
export interface Output {
  readonly name?: string;
  readonly path?: string[];
  readonly star?: boolean;
}

export type Clause =
  | 'select'
  | 'from'
  | 'on'
  | 'using'
  | 'where'
  | 'groupBy'
  | 'having'
  | 'orderBy'
  | 'limit'
  | 'window'
  | 'into'
  | 'values'
  | 'set'
  | 'conflict'
  | 'returning'
  | 'update'
  | 'when';

/** A clause begins with the token at `at`, which is its last word: `by`, `join`, a comma. */
export interface Mark {
  readonly clause: Clause;
  readonly at: number;
}

/** What stands between UNION, INTERSECT and EXCEPT. */
export interface Core {
  readonly from: number;
  kind: 'select' | 'insert' | 'update' | 'delete' | 'merge';
  readonly sources: Source[];
  target?: Source;
  readonly outputs: Output[];
  readonly marks: Mark[];
}

/**
 * A query and where it stands in another one: an `expression` and a `lateral` one see what is in its FROM, one in FROM
 * or in WITH does not. `from` and `to` are indexes of tokens, `to` exclusive.
 */
export interface Query {
  readonly role: 'statement' | 'expression' | 'lateral' | 'from' | 'cte';
  readonly parent: Query | undefined;
  readonly from: number;
  to: number;
  readonly ctes: Cte[];
  readonly cores: Core[];
}

/** The part of the query that the token belongs to. */
export function coreAt(query: Query, at: number): Core | undefined {
  return query.cores.findLast(({ from }) => from <= at) ?? query.cores[0];
}
