/** A node of the parser's tree, as the JSON that it gives. */
export type TreeNode = Record<string, unknown>;

/** A name as it is written: with its schema, or to be looked for along the search path. */
export interface QualifiedName {
  schema: string | undefined;
  name: string;
}

/** What a statement names and holds, its subqueries included. */
export interface TreeFacts {
  /** Called as `f(...)`. */
  functions: QualifiedName[];
  /** Written as `x.y` or `(x).y`: a column, or a function `y` called with `x`, for the server takes both. */
  attributes: string[];
  operators: QualifiedName[];
  relations: QualifiedName[];
  types: QualifiedName[];
  /** Tags of all statements in it, its own first. */
  statements: string[];
  /** SELECT ... INTO makes a table. */
  makesTable: boolean;
  /** FOR UPDATE and its like write into the rows that they lock. */
  locksRows: boolean;
  /** An UPDATE or DELETE in it takes every row. */
  missingWhere: boolean;
}

/** Reads the tree without recursion: a text may nest deeper than the stack reaches. */
export function treeFacts(tag: string, root: TreeNode): TreeFacts {
  const facts: TreeFacts = {
    functions: [],
    attributes: [],
    operators: [],
    relations: [],
    types: [],
    statements: [],
    makesTable: false,
    locksRows: false,
    missingWhere: false,
  };
  const waiting: [string, TreeNode][] = [[tag, root]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [key, node] = next;
    note(facts, key, node);
    for (const [name, value] of Object.entries(node)) {
      // Elements of a list have their tags as keys of their own.
      for (const each of Array.isArray(value) ? (value as unknown[]) : [value])
        if (isNode(each)) waiting.push([name, each]);
    }
  }
  return facts;
}

export const isNode = (value: unknown): value is TreeNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The strings of a list of String nodes; other nodes in it, such as a star or a subscript, are left out. */
export const strings = (list: unknown): string[] =>
  Array.isArray(list)
    ? (list as unknown[]).flatMap((each) =>
        isNode(each) && isNode(each.String) ? [textOf(each.String.sval)] : [],
      )
    : [];

/** An empty string is left out of the parser's JSON. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function note(facts: TreeFacts, key: string, node: TreeNode): void {
  if (key.endsWith('Stmt')) facts.statements.push(key);
  if (isWithoutWhere(key, node)) facts.missingWhere = true;
  if ('intoClause' in node) facts.makesTable = true;
  if ('lockingClause' in node) facts.locksRows = true;
  noteNames(facts, key, node);
}

function noteNames(facts: TreeFacts, key: string, node: TreeNode): void {
  add(facts.functions, node.funcname);
  // How rows are sampled is a function, too.
  if (key === 'RangeTableSample') add(facts.functions, node.method);
  if (key === 'ColumnRef') facts.attributes.push(...strings(node.fields).slice(1));
  facts.attributes.push(...strings(node.indirection));
  if (key === 'A_Expr') add(facts.operators, node.name);
  add(facts.operators, node.operName);
  add(facts.operators, node.useOp);
  if (Array.isArray(node.names)) add(facts.types, node.names);
  if (typeof node.relname === 'string')
    facts.relations.push({ schema: textOf(node.schemaname) || undefined, name: node.relname });
}

const isWithoutWhere = (key: string, node: TreeNode): boolean =>
  (key === 'UpdateStmt' || key === 'DeleteStmt') && !('whereClause' in node);

function add(names: QualifiedName[], list: unknown): void {
  const parts = strings(list);
  const name = parts.at(-1);
  if (name !== undefined) names.push({ schema: parts.at(-2), name });
}
