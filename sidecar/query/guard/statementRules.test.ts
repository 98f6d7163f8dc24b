import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { parseStatement } from './parsedStatement.ts';
import { permit } from './statementRules.ts';

/** What becomes of a text: the kind of its permission, or the reason of its refusal. */
async function judged(text: string): Promise<string> {
  try {
    return permit(text, await parseStatement(text)).kind;
  } catch (error) {
    if (error instanceof AppError && error.code === 'READ_ONLY_VIOLATION') return error.facts.reason ?? '';
    throw error;
  }
}

const refusalOf = async (text: string): Promise<AppError> => {
  try {
    permit(text, await parseStatement(text));
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error(`${text} was not refused`);
};

describe('a read-only tab', () => {
  it.each([
    'select 1',
    'table t',
    'values (1), (2)',
    'with a as (select 1) select * from a union all select 2',
    'show all',
    'explain select 1',
    'explain (analyze, buffers) select count(*) from t',
    'explain update t set x = 1',
    'declare c cursor for select 1',
    'fetch 10 from c',
    'close c',
    "select '; drop table t'",
    'select lo_get(1)',
    'select t.http_status from t',
  ])('runs %s', async (text) => {
    expect(await judged(text)).toBe('read');
  });

  it.each([
    'insert into t values (1)',
    'update t set x = 1',
    'delete from t',
    'truncate t',
    'with gone as (delete from t returning *) select * from gone',
    'select 1 into t2',
    'select * from t for update',
    '(select * from t for share) union all select 1',
    'select * from (select * from t for no key update) x',
    'create table t2 as select 1',
    'explain analyze delete from t',
    'explain (analyze false) delete from t',
    'explain create table t2 as select 1',
    'do $$ begin end $$',
    'call p()',
    'execute p',
    'prepare p as select 1',
    'listen c',
    'notify c',
    'lock table t',
    'copy t from stdin',
    'copy (delete from t returning *) to stdout',
    "copy t to '/tmp/x'",
    "copy t to program 'true'",
    'checkpoint',
    'vacuum',
    'analyze',
    'discard all',
    "prepare transaction 'x'",
    'savepoint a',
    'commit and chain',
    'begin read write',
    'start transaction read only, read write',
    'set role admin',
    'set transaction read write',
    'set session characteristics as transaction read write',
    'set default_transaction_read_only = off',
    'set standard_conforming_strings = off',
    'reset all',
    'declare c cursor with hold for select 1',
    'declare c cursor for select * from t for update',
  ])('refuses %s by its kind', async (text) => {
    expect(await judged(text)).toBe('statementKind');
  });

  it.each([
    "select set_config('a.b', 'c', false)",
    "select pg_catalog.set_config('a.b', 'c', false)",
    'select "pg_terminate_backend"(1)',
    'select U&"pg\\005fterminate_backend"(1)',
    'select PG_ADVISORY_LOCK(1)',
    "select * from dblink('', 'select 1') as t(x int)",
    "select extensions.dblink_exec('', 'x')",
    'select 1 where pg_reload_conf()',
    'select * from t order by pg_switch_wal()',
    "select ('PG_VERSION'::text).pg_read_file",
    "select t.pg_read_file from unnest(array['PG_VERSION']) t",
    "select query_to_xml('select 1', true, true, '')",
    "select table_to_xml('t', true, true, '')",
    'explain select lo_unlink(1)',
    "with a as (select nextval('s')) select * from a",
    "select case when true then setval('s', 1) end",
    'select (select array_agg(pg_cancel_backend(pid)) from pg_stat_activity)',
    'declare c cursor for select pg_stat_reset()',
  ])('refuses %s for its function', async (text) => {
    expect(await judged(text)).toBe('function');
  });

  it.each([
    'selec 1',
    'select 1; delete from t',
    'select 1;; select 2',
    "select 'a\\'; delete from t; --'",
    'select 1\0; delete from t',
    "select '\ud800'",
    `select ${'('.repeat(20_000)}1${')'.repeat(20_000)}`,
    `select ${'1+'.repeat(20_000)}1`,
    `select '${'x'.repeat(1024 * 1024)}'`,
    '-- nothing',
    '\\dt',
  ])('refuses %s, which it cannot read', async (text) => {
    expect(await judged(text)).toBe('unparsable');
  });

  it('goes on parsing after a text that was too deep', async () => {
    await judged(`select ${'1+'.repeat(50_000)}1`);
    expect(await judged('select 1')).toBe('read');
  });

  it('keeps what only changes how things are found and shown', async () => {
    const kept = async (text: string) => {
      const permission = permit(text, await parseStatement(text));
      return permission.kind === 'set' ? permission.change : permission.kind;
    };
    expect(await kept(`set search_path = a, "B b", 'it''s'`)).toEqual({
      name: 'search_path',
      value: "E'a', E'B b', E'it''s'",
      local: false,
    });
    expect(await kept("set time zone 'UTC'")).toMatchObject({ name: 'timezone', value: "E'UTC'" });
    expect(await kept('set time zone -5')).toMatchObject({ value: '-5' });
    expect(await kept(String.raw`set datestyle to E'a\\b'`)).toMatchObject({ value: String.raw`E'a\\b'` });
    expect(await kept('set local intervalstyle = iso_8601')).toMatchObject({ local: true });
    expect(await kept('reset client_min_messages')).toMatchObject({ value: undefined });
    expect(await kept('set bytea_output to default')).toMatchObject({ value: undefined });
  });

  it('tells beginning from ending', async () => {
    for (const text of ['begin', 'start transaction read only', 'begin isolation level serializable'])
      expect(await judged(text)).toBe('begin');
    for (const text of ['commit', 'end', 'rollback', 'abort']) expect(await judged(text)).toBe('end');
  });

  it('says what was refused, why, and what to do', async () => {
    expect(await refusalOf('with x as (delete from t returning *) select * from x')).toMatchObject({
      message: 'DELETE is refused: this connection is read-only.',
      facts: { outcome: 'none', actions: [{ id: 'openWritable' }] },
    });
    expect((await refusalOf('/* now */ drop table t')).message).toContain('DROP TABLE');
    expect((await refusalOf('select t.pg_read_file from t')).message).toContain('pg_read_file()');
    expect(await refusalOf('select é x y z')).toMatchObject({ facts: { position: 11 } });
  });
});
