import { describe, expect, it } from 'vitest';
import type { Condition } from '#shared/query/arrange.ts';
import { arrangedSql } from './arrangedSql.ts';
import { conditionWords, sortMark, toggledSort, valueCondition } from './arrangeWish.ts';

const columnOf = (name: string, numeric = false) => ({ name, typeName: '', numeric, json: false });
const columns = [columnOf('id', true), columnOf('Name'), columnOf('id')];

const condition = (given: Partial<Condition>): Condition => ({
  column: 1,
  operator: 'equals',
  values: [],
  matchCase: false,
  ...given,
});

describe('the mark of a column', () => {
  it('goes from ascending over descending to none, alone or among others', () => {
    const first = toggledSort([], 1, false);
    expect(first).toEqual([{ column: 1, descending: false }]);
    const second = toggledSort(first, 1, false);
    expect(second).toEqual([{ column: 1, descending: true }]);
    expect(toggledSort(second, 1, false)).toEqual([]);
    expect(toggledSort(second, 0, false)).toEqual([{ column: 0, descending: false }]);
    const both = toggledSort(second, 0, true);
    expect(both).toEqual([...second, { column: 0, descending: false }]);
    expect(sortMark(both, 0)).toEqual({ descending: false, rank: 2 });
    expect(sortMark(second, 1)).toEqual({ descending: true });
    expect(toggledSort(both, 1, true)).toEqual([{ column: 0, descending: false }]);
  });
});

it.each([
  [['a'], false, ['is a']],
  [['a', 'b', 'a'], false, ['is one of a, b']],
  [[null], false, ['is NULL']],
  [['a', null], true, ['is not a', 'is not NULL']],
  [[' '], false, ['is “ ”']],
])('values %j, excluded %s, are the filters %j', (values, excluded, words) => {
  expect(valueCondition(1, values, excluded).map(conditionWords)).toEqual(words);
});

describe('the same as SQL', () => {
  const wrap = (statement: string, filter: Condition[] = [], sort = [{ column: 1, descending: true }]) =>
    arrangedSql(statement, columns.slice(0, 2), { sort, filter });

  it('stands around a plain query, whatever ends it', () => {
    expect(wrap('select 1 -- one\n;')).toBe(
      'select *\nfrom (\nselect 1 -- one\n\n) as result\norder by "Name" desc',
    );
    expect(wrap('/* all */ with t as (select 1) table t')).toContain('from (');
    for (const other of ['insert into t values (1) returning id', 'explain select 1', 'show all', 'call p()'])
      expect(wrap(other)).toBeUndefined();
  });

  it('names columns of the same name apart', () => {
    const sort = [{ column: 2, descending: false }];
    expect(arrangedSql('select 1', columns, { sort, filter: [] })).toContain(
      ') as result (id, "Name", id_2)\norder by id_2',
    );
  });

  it.each<[Partial<Condition>, string]>([
    [{ values: ["O'Neil"] }, `"Name" = 'O''Neil'`],
    [{ operator: 'notEquals', values: ['a'] }, `"Name" is distinct from 'a'`],
    [{ column: 0, operator: 'greater', values: ['1.5'] }, 'id > 1.5'],
    [{ column: 0, operator: 'equals', values: ['NaN'] }, "id = 'NaN'"],
    [{ operator: 'contains', values: ['50%'] }, String.raw`"Name"::text ilike E'%50\\%%'`],
    [{ operator: 'notContains', values: ['a'], matchCase: true }, `("Name"::text like '%a%') is not true`],
    [{ operator: 'startsWith', values: ['a'] }, `"Name"::text ilike 'a%'`],
    [{ operator: 'matches', values: ['^a'] }, `"Name"::text ~* '^a'`],
    [{ operator: 'in', values: ['a', 'b'] }, `"Name" in ('a', 'b')`],
    [{ operator: 'isNull' }, '"Name" is null'],
  ])('%j', (given, sql) => {
    expect(wrap('select 1', [condition(given)], [])).toBe(
      `select *\nfrom (\nselect 1\n) as result\nwhere ${sql}`,
    );
  });
});
