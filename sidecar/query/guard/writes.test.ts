import { describe, expect, it } from 'vitest';
import { writingStatements } from './writes.ts';

const ofUsers = (names: readonly string[]) => Promise.resolve(names.filter((name) => name === 'wipe'));
const kinds = async (text: string) =>
  (await writingStatements(text, ofUsers)).map(({ kind, missingWhere }) =>
    missingWhere ? `${kind} of all` : kind,
  );

describe('a text for production', () => {
  it.each([
    'select * from t for update',
    'with a as (select 1) table a',
    'explain delete from t',
    'explain analyze select 1',
    'begin; savepoint a; rollback to a; release a; commit',
    "set work_mem = '1MB'; reset all; discard all; show all",
    'declare c cursor for select 1; fetch 1 from c; close c',
    'prepare p as select 1; deallocate p; listen c; unlisten c',
    'copy t to stdout',
    'select count(x), now() from t',
    'explain select wipe()',
    "select 'delete from t' -- drop table t",
    '',
  ])('is asked nothing about %s', async (text) => {
    expect(await kinds(text)).toEqual([]);
  });

  it.each([
    ['insert into t values (1)', 'INSERT'],
    ['update t set x = 1', 'UPDATE of all'],
    ['update t set x = 1 where x = 2', 'UPDATE'],
    ['delete from t', 'DELETE of all'],
    ['delete from t using u where t.x = u.x', 'DELETE'],
    ['with gone as (delete from t returning *) select * from gone', 'DELETE of all'],
    ['explain analyze update t set x = 1', 'UPDATE of all'],
    ['merge into t using u on t.x = u.x when matched then delete', 'MERGE'],
    ['prepare p as delete from t', 'DELETE of all'],
    ['execute p', 'EXECUTE'],
    ['truncate t', 'TRUNCATE'],
    ['drop table t', 'DROP TABLE'],
    ['create index on t (x)', 'CREATE INDEX'],
    ['alter table t add y int', 'ALTER TABLE'],
    ['select 1 into t2', 'SELECT INTO'],
    ["select setval('s', 1)", 'SELECT setval()'],
    ['select pg_terminate_backend(pid) from pg_stat_activity', 'SELECT pg_terminate_backend()'],
    ['select wipe()', 'SELECT wipe()'],
    ['select 1 from t where id in (select x.wipe from x)', 'SELECT wipe()'],
    ['values (s.wipe())', 'SELECT wipe()'],
    ['explain analyze select wipe()', 'SELECT wipe()'],
    ['copy (select wipe()) to stdout', 'SELECT wipe()'],
    ['copy (delete from t returning *) to stdout', 'DELETE of all'],
    ['copy (insert into t select 1 returning x) to stdout (format csv)', 'INSERT'],
    ["copy (select setval('s', 1)) to stdout", 'SELECT setval()'],
    ['copy t from stdin', 'COPY'],
    ['do $$ begin end $$', 'DO'],
    ['call p()', 'CALL'],
    ["copy t from '/tmp/x'", 'COPY'],
    ["copy t to program 'true'", 'COPY'],
    ['vacuum full', 'VACUUM'],
    ["commit prepared 'x'", 'COMMIT'],
    ['grant all on t to public', 'GRANT'],
    ['lock table t', 'LOCK'],
    ['delte from t', 'DELTE FROM'],
    ["delete from t where x = 'a", 'DELETE'],
  ])('is asked about %s as %s', async (text, kind) => {
    expect(await kinds(text)).toEqual([kind]);
  });

  it('tells which of its statements write, and where they stand', async () => {
    const text = 'select 1;\ndelete from t;\nselect 2; drop table t';
    const found = await writingStatements(text, ofUsers);
    expect(found.map(({ index, from, to }) => [index, text.slice(from, to)])).toEqual([
      [1, 'delete from t'],
      [3, 'drop table t'],
    ]);
  });
});
