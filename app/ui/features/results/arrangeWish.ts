import type { Condition, FilterOperator, SortKey } from '#shared/query/arrange.ts';
import type { ArrangeWish } from '../../stores/arranging.svelte.ts';
import type { GridColumn, SortMark } from '../../components/grid/source.ts';

/** The next of ascending, descending and none; `added` to what is sorted by already, else in its place. */
export function toggledSort(sort: readonly SortKey[], column: number, added: boolean): SortKey[] {
  const present = sort.find((key) => key.column === column);
  const next = present
    ? present.descending
      ? []
      : [{ column, descending: true }]
    : [{ column, descending: false }];
  if (!added) return next;
  if (!present) return [...sort, ...next];
  return sort.flatMap((key) => (key === present ? next : key));
}

/** Ascending or descending, or no longer by it. */
export function sortedBy(
  sort: readonly SortKey[],
  column: number,
  descending: boolean | undefined,
): SortKey[] {
  return descending === undefined ? sort.filter((key) => key.column !== column) : [{ column, descending }];
}

export function sortMark(sort: readonly SortKey[], column: number): SortMark | undefined {
  const index = sort.findIndex((key) => key.column === column);
  const key = sort[index];
  if (!key) return undefined;
  return sort.length > 1 ? { descending: key.descending, rank: index + 1 } : { descending: key.descending };
}

/** Several values of one column are a list: either of them passes. */
export function valueCondition(
  column: number,
  values: readonly (string | null)[],
  excluded: boolean,
): Condition[] {
  const texts = [...new Set(values.filter((value) => value !== null))];
  const hasNull = values.includes(null);
  const make = (operator: FilterOperator, wanted: string[] = []): Condition => ({
    column,
    operator,
    values: wanted,
    matchCase: false,
  });
  if (excluded)
    return [...texts.map((text) => make('notEquals', [text])), ...(hasNull ? [make('isNotNull')] : [])];
  if (hasNull && texts.length === 0) return [make('isNull')];
  return [texts.length === 1 ? make('equals', texts) : make('in', texts)];
}

export const withConditions = (wish: ArrangeWish, added: readonly Condition[]): ArrangeWish => {
  const known = new Set(wish.filter.map((each) => JSON.stringify(each)));
  return { ...wish, filter: [...wish.filter, ...added.filter((each) => !known.has(JSON.stringify(each)))] };
};

export const operatorWords: Record<FilterOperator, string> = {
  equals: 'is',
  notEquals: 'is not',
  contains: 'contains',
  notContains: 'does not contain',
  startsWith: 'starts with',
  matches: 'matches',
  greater: '>',
  greaterOrEqual: '≥',
  less: '<',
  lessOrEqual: '≤',
  in: 'is one of',
  isNull: 'is NULL',
  isNotNull: 'is not NULL',
};

const maxWords = 40;

/** `status is new`, as a chip says it. */
export function conditionWords({ operator, values }: Condition): string {
  const words = operatorWords[operator];
  if (operator === 'isNull' || operator === 'isNotNull') return words;
  const shown = operator === 'in' ? values.map(quoted).join(', ') : quoted(values[0] ?? '');
  return `${words} ${shown.length > maxWords ? `${shown.slice(0, maxWords)} …` : shown}`;
}

const quoted = (value: string): string => (value === '' || /^\s|\s$/u.test(value) ? `“${value}”` : value);

/** Which comparisons make sense for a type, the usual one first. */
export function operatorsFor({ numeric, bool }: GridColumn): FilterOperator[] {
  const sizes: FilterOperator[] = ['greater', 'greaterOrEqual', 'less', 'lessOrEqual'];
  const texts: FilterOperator[] = ['contains', 'notContains', 'startsWith', 'matches'];
  const nulls: FilterOperator[] = ['isNull', 'isNotNull'];
  if (bool) return ['equals', 'notEquals', ...nulls];
  if (numeric) return ['equals', 'notEquals', ...sizes, 'in', ...nulls, 'contains'];
  return [...texts.slice(0, 1), 'equals', 'notEquals', ...texts.slice(1), 'in', ...sizes, ...nulls];
}
