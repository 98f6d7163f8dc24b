import { Lexer } from './lexer.ts';

/** A command of psql, which psql answers by itself and the server does not know. */
export interface MetaCommand {
  /** With its backslash, as it was typed: `\dt`. */
  readonly name: string;
  /** A query that shows about the same. */
  readonly sql?: string;
  /** Where else it is found here. */
  readonly hint?: string;
}

const written = /^\\(\w+\+?|[!?])\s*(.*?)[\s;]*$/s;

/** Undefined where a statement is no such command. */
export function metaCommand(text: string): MetaCommand | undefined {
  const lexer = new Lexer(text);
  while (lexer.next() && lexer.kind === 'comment');
  const found = lexer.kind === 'meta' ? written.exec(lexer.written) : undefined;
  if (!found) return undefined;
  const [, word = '', argument = ''] = found;
  const plain = word.replace(/[S+]+$/, '');
  const sql = queryOf(plain, argument);
  const hint = hints[plain];
  return { name: `\\${word}`, ...(sql ? { sql } : {}), ...(hint ? { hint } : {}) };
}

const hints: Readonly<Record<string, string>> = {
  c: 'Choose another database or connection above the text.',
  connect: 'Choose another database or connection above the text.',
  copy: 'Write COPY … TO STDOUT or COPY … FROM STDIN instead: the file is then asked for.',
  e: 'Type the statement here instead.',
  g: 'Run the statement before it instead.',
  gx: 'Run the statement before it instead, and look at its rows one by one in the record view.',
  h: 'The manual at postgresql.org describes each statement.',
  i: 'Paste the text of the file here instead.',
  ir: 'Paste the text of the file here instead.',
  o: 'Export the result instead.',
  q: 'Close the tab instead.',
  set: 'Write the value into the statement instead.',
  timing: 'The time of each statement stands beside its result.',
  watch: 'Run the statement again instead.',
  x: 'The record view shows a row as a list of its columns.',
  '!': 'Use a terminal for commands of the system.',
};

/** Of a list, by its name: which columns, from where, and how its objects and their schemas are called there. */
const lists: Readonly<
  Record<string, readonly [columns: string, from: string, name: string, schema?: string]>
> = {
  dt: [
    'schemaname as schema, tablename as name, tableowner as owner',
    'pg_tables',
    'tablename',
    'schemaname',
  ],
  dv: ['schemaname as schema, viewname as name, viewowner as owner', 'pg_views', 'viewname', 'schemaname'],
  dm: [
    'schemaname as schema, matviewname as name, matviewowner as owner',
    'pg_matviews',
    'matviewname',
    'schemaname',
  ],
  di: [
    'schemaname as schema, indexname as name, tablename as table, indexdef as definition',
    'pg_indexes',
    'indexname',
    'schemaname',
  ],
  ds: [
    'schemaname as schema, sequencename as name, last_value',
    'pg_sequences',
    'sequencename',
    'schemaname',
  ],
  df: [
    'n.nspname as schema, p.proname as name, pg_get_function_result(p.oid) as returns, pg_get_function_identity_arguments(p.oid) as arguments',
    'pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace',
    'p.proname',
    'n.nspname',
  ],
  dn: ['nspname as name, pg_get_userbyid(nspowner) as owner', 'pg_namespace', 'nspname', 'nspname'],
  du: [
    'rolname as role, rolsuper as superuser, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication',
    'pg_roles',
    'rolname',
  ],
  dg: [
    'rolname as role, rolsuper as superuser, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication',
    'pg_roles',
    'rolname',
  ],
  l: [
    'datname as name, pg_get_userbyid(datdba) as owner, pg_encoding_to_char(encoding) as encoding',
    'pg_database',
    'datname',
  ],
  dx: ['extname as name, extversion as version', 'pg_extension', 'extname'],
};

function queryOf(word: string, argument: string): string | undefined {
  if (word === 'conninfo')
    return 'select current_database(), current_user, inet_server_addr(), inet_server_port();';
  if (word === 'encoding' && argument === '') return 'show client_encoding;';
  if (word === 'sf' && argument !== '') return `select pg_get_functiondef(${literal(argument)}::regproc);`;
  if (word === 'sv' && argument !== '') return `select pg_get_viewdef(${literal(argument)}::regclass, true);`;
  if (word === 'd') return argument === '' ? relations : columnsOf(argument);
  const list = lists[word];
  return list && listQuery(list, argument);
}

function listQuery(
  [columns, from, name, schema]: readonly [columns: string, from: string, name: string, schema?: string],
  pattern: string,
): string {
  const [inName, inSchema] = pattern.split('.').reverse();
  const conditions = [
    ...(inName ? [`${name} like ${literal(likeOf(inName))}`] : []),
    ...(schema && inSchema ? [`${schema} like ${literal(likeOf(inSchema))}`] : []),
    ...(schema && !pattern ? [`${schema} !~ '^pg_' and ${schema} <> 'information_schema'`] : []),
  ];
  const where = conditions.length > 0 ? `\nwhere ${conditions.join('\n  and ')}` : '';
  return `select ${columns}\nfrom pg_catalog.${from}${where}\norder by 1, 2;`;
}

const relations = `select relnamespace::regnamespace as schema, relname as name,
  case relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
    when 'm' then 'materialized view' when 'S' then 'sequence' when 'f' then 'foreign table' end as type,
  pg_get_userbyid(relowner) as owner
from pg_catalog.pg_class
where relkind in ('r', 'p', 'v', 'm', 'S', 'f') and relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
order by 1, 2;`;

const columnsOf = (
  relation: string,
): string => `select a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
  not a.attnotnull as nullable, pg_get_expr(d.adbin, d.adrelid) as default
from pg_catalog.pg_attribute a
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = ${literal(relation)}::regclass and a.attnum > 0 and not a.attisdropped
order by a.attnum;`;

const likeOf = (pattern: string): string =>
  pattern.replaceAll('_', '\\_').replaceAll('*', '%').replaceAll('?', '_');

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
