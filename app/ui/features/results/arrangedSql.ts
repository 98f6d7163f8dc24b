import type { Condition, SortKey } from '#shared/query/arrange.ts';
import { quoted } from '#shared/sql/identifiers.ts';
import { firstWord } from '#shared/sql/lexer.ts';
import { quoteLiteral } from '#shared/sql/literals.ts';
import type { ArrangeWish } from '../../stores/arranging.svelte.ts';
import type { GridColumn } from '../../components/grid/source.ts';

const plainQueries = new Set(['select', 'with', 'values', 'table']);
const number = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/iu;

/**
 * The same order and choice as SQL, for the server to make over all rows; undefined where the statement is no plain
 * query. A trailing comment must not swallow the bracket, so that it stands on a line of its own.
 */
export function arrangedSql(
  statement: string,
  columns: readonly GridColumn[],
  { sort, filter }: ArrangeWish,
): string | undefined {
  if (!plainQueries.has(firstWord(statement))) return undefined;
  const names = uniqueNames(columns);
  const renamed = names.some((name, index) => name !== columns[index]?.name);
  const list = renamed ? ` (${names.map(quoted).join(', ')})` : '';
  const name = (column: number): string => quoted(names[column] ?? '');
  const conditions = filter.map((each) => condition(name(each.column), each, columns[each.column]));
  const keys = sort.map((key) => sortKey(name(key.column), key));
  return [
    'select *',
    'from (',
    statement.trim().replace(/;\s*$/u, ''),
    `) as result${list}`,
    ...(conditions.length > 0 ? [`where ${conditions.join('\n  and ')}`] : []),
    ...(keys.length > 0 ? [`order by ${keys.join(', ')}`] : []),
  ].join('\n');
}

/** A result may have several columns of a name; only one of them could be spoken of. */
function uniqueNames(columns: readonly GridColumn[]): string[] {
  const seen = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let number = 2; seen.has(unique); number += 1) unique = `${name}_${number}`;
    seen.add(unique);
    return unique;
  });
}

const sortKey = (name: string, { descending }: SortKey): string => (descending ? `${name} desc` : name);

const comparisons = new Map([
  ['equals', '='],
  ['greater', '>'],
  ['greaterOrEqual', '>='],
  ['less', '<'],
  ['lessOrEqual', '<='],
  ['notEquals', 'is distinct from'],
]);

function condition(name: string, { operator, values, matchCase }: Condition, column?: GridColumn): string {
  const [value = ''] = values;
  const literal = (text: string): string =>
    column?.numeric && number.test(text) ? text : quoteLiteral(text);
  const comparison = comparisons.get(operator);
  if (comparison) return `${name} ${comparison} ${literal(value)}`;
  if (operator === 'isNull') return `${name} is null`;
  if (operator === 'isNotNull') return `${name} is not null`;
  if (operator === 'in') return `${name} in (${values.map(literal).join(', ')})`;
  if (operator === 'matches') return `${name}::text ${matchCase ? '~' : '~*'} ${quoteLiteral(value)}`;
  const pattern = `${value.replace(/[\\%_]/gu, '\\$&')}%`;
  const like = matchCase ? 'like' : 'ilike';
  if (operator === 'startsWith') return `${name}::text ${like} ${quoteLiteral(pattern)}`;
  const contains = `${name}::text ${like} ${quoteLiteral(`%${pattern}`)}`;
  return operator === 'contains' ? contains : `(${contains}) is not true`;
}
