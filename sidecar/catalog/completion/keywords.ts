import type { Clause, Core } from './queryTree.ts';

const words = (text: string): readonly string[] => text.split(',').map((word) => word.trim());

/** What a statement begins with. */
export const statementKeywords = words(
  'select, insert into, update, delete from, with, create table, create index, create view, create or replace function,' +
    'create materialized view, create schema, create type, create trigger, create extension, create temp table,' +
    'alter table, drop table, drop view, drop index, truncate, explain, explain (analyze, explain analyze, begin, commit, rollback,' +
    'savepoint, release savepoint, rollback to savepoint, set, show, reset, copy, grant, revoke, comment on table,' +
    'comment on column, call, do, merge into, refresh materialized view, vacuum, analyze, values, table, lock table,' +
    'reindex table, cluster, listen, notify, prepare, execute, deallocate, declare, discard all, alter function,' +
    'alter schema, alter type, alter sequence, alter role, alter database, create role, create database, create sequence,' +
    'create policy, create domain, drop function, drop schema, drop type, drop sequence',
);

/** Operators that are words, behind an operand. */
const operators = words(
  'and, or, in, is null, is not null, not in, like, not like, ilike, not ilike, between, not between, similar to,' +
    'is distinct from, is not distinct from, is true, is false, collate, at time zone, over',
);

/** What an expression may begin with. */
export const operandKeywords = words(
  'case, not, null, true, false, exists, cast, array, interval, date, timestamp, current_date, current_timestamp,' +
    'current_time, localtimestamp, current_user, session_user, row, any, all, some, distinct, extract, coalesce,' +
    'nullif, greatest, least, position, substring, overlay, trim, grouping',
);

/** Those that are called: a parenthesis follows. */
export const callKeywords: ReadonlySet<string> = new Set(
  words(
    'exists, cast, extract, coalesce, nullif, greatest, least, position, substring, overlay, trim, grouping, any, some',
  ),
);

const caseKeywords = words('when, then, else, end');
const joins = words(
  'join, left join, inner join, right join, full join, cross join, join lateral, left join lateral, cross join lateral, natural join',
);
const tail = words('union, union all, intersect, except');
const orderTail = words(
  'limit, offset, fetch first, for update, for share, for no key update, for update skip locked',
);
const lateClauses = ['having', 'window', 'order by', ...orderTail, ...tail];

/** What may follow a complete operand, or source, in a clause of a SELECT, the most usual first. */
const selectFollowers: Readonly<Record<Clause, readonly string[]>> = {
  select: [
    'from',
    'as',
    ...operators,
    'filter (where',
    'within group (order by',
    'into',
    'where',
    ...lateClauses,
  ],
  from: [
    ...joins,
    'where',
    'on',
    'using',
    'group by',
    ...lateClauses,
    'as',
    'tablesample',
    'with ordinality',
  ],
  on: ['and', 'or', ...joins, 'where', 'group by', ...operators, ...lateClauses],
  using: [...joins, 'where', 'group by', ...lateClauses],
  where: [...operators, 'group by', ...lateClauses],
  groupBy: [...lateClauses, ...operators],
  having: [...operators, ...lateClauses],
  orderBy: ['desc', 'asc', 'nulls last', 'nulls first', ...orderTail, 'using', ...operators, ...tail],
  limit: ['offset', 'limit', 'rows only', 'for update', ...tail],
  window: ['as', 'order by', ...orderTail],
  into: ['values', 'select', 'default values', 'from', 'overriding system value', 'using', 'as'],
  values: ['on conflict', 'returning', 'order by', 'limit', ...operators],
  set: ['where', 'from', 'returning', ...operators],
  conflict: ['do nothing', 'do update set', 'where', 'on constraint'],
  returning: ['as', 'into', ...operators],
  update: ['set', 'as'],
  when: [
    'then',
    'and',
    'not matched',
    'matched',
    'update set',
    'delete',
    'insert',
    'do nothing',
    ...operators,
  ],
};

const writeFollowers: Readonly<Partial<Record<Core['kind'], Partial<Record<Clause, readonly string[]>>>>> = {
  delete: { from: ['where', 'using', 'returning', 'as'], where: [...operators, 'returning'] },
  update: { where: [...operators, 'returning'], from: [...joins, 'where', 'on', 'using', 'returning', 'as'] },
  merge: {
    from: ['on', 'as'],
    into: ['using', 'as'],
    on: ['when matched then', 'when not matched then', ...operators],
    set: ['when matched then', 'when not matched then', 'returning', ...operators],
    values: ['when matched then', 'when not matched then', 'returning'],
  },
  insert: { where: [...selectFollowers.where, 'on conflict', 'returning'] },
};

export function followers(core: Core | undefined, clause: Clause): readonly string[] {
  const own = core ? writeFollowers[core.kind]?.[clause] : undefined;
  const all = own ?? selectFollowers[clause];
  return core?.kind === 'insert' && clause !== 'into' && !own ? [...all, 'on conflict', 'returning'] : all;
}

export const caseFollowers = [...caseKeywords, ...operators];

/** Where a word has begun a phrase, only what goes on with it makes sense. */
export const phrases: Readonly<Record<string, readonly string[]>> = {
  order: ['by'],
  group: ['by'],
  partition: ['by'],
  is: ['null', 'not null', 'true', 'false', 'distinct from', 'not distinct from', 'unknown'],
  left: ['join', 'outer join', 'join lateral'],
  right: ['join', 'outer join'],
  full: ['join', 'outer join'],
  outer: ['join'],
  inner: ['join'],
  cross: ['join', 'join lateral'],
  natural: ['join', 'left join'],
  insert: ['into'],
  merge: ['into'],
  delete: ['from'],
  union: ['all', 'select', 'distinct'],
  intersect: ['all', 'select'],
  except: ['all', 'select'],
  nulls: ['first', 'last'],
  fetch: ['first', 'next'],
  conflict: ['do nothing', 'do update set', 'on constraint'],
  do: ['nothing', 'update set'],
  similar: ['to'],
  at: ['time zone'],
  within: ['group (order by'],
  create: words(
    'table, index, unique index, view, or replace view, function, or replace function, materialized view, schema, type,' +
      'trigger, extension, temp table, sequence, role, database, policy, domain, procedure, or replace procedure, rule',
  ),
  alter: words(
    'table, view, materialized view, function, schema, type, sequence, role, database, index, policy, domain, procedure',
  ),
  drop: words(
    'table, view, materialized view, function, schema, type, sequence, role, database, index, policy, domain, procedure,' +
      'trigger, extension, column, constraint',
  ),
  explain: words('select, analyze, verbose, insert into, update, delete from, with'),
  refresh: ['materialized view'],
  comment: words('on table, on column, on view, on function, on schema, on index, on type, on database'),
  primary: ['key'],
  foreign: ['key'],
  lock: ['table'],
};

/** What the parentheses behind a word begin with. */
export const groupKeywords: Readonly<Record<string, readonly string[]>> = {
  over: words('partition by, order by, rows between, range between'),
  filter: ['where'],
  extract: words(
    'year, month, day, hour, minute, second, epoch, dow, isodow, doy, week, quarter, isoyear, milliseconds,' +
      'microseconds, timezone',
  ),
};

export const windowFollowers = words(
  'order by, partition by, rows between, range between, groups between, unbounded preceding, current row, desc, asc,' +
    'nulls last, and',
);
