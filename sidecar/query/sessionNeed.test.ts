import { expect, it } from 'vitest';
import { sessionNeed } from './sessionNeed.ts';

it.each([
  "set work_mem = '1MB'",
  'reset all',
  '/* why */ Prepare p as select 1',
  'listen news',
  "load 'x'",
  'discard temp',
  'declare c cursor with hold for select 1',
  'create temp table t (x int)',
  'create temporary sequence s',
  'create temp view v as select 1',
  'create temp table t as select 1',
  'select 1 into temp t',
  "with a as (select set_config('a.b', '1', false)) select from a",
  'insert into t select pg_advisory_lock(1)',
])('needs a session of its own: %s', async (text) => {
  expect(await sessionNeed(text)).toMatchObject({ severity: 'WARNING' });
});

it.each([
  'select 1',
  "set local work_mem = '1MB'",
  'set transaction read only',
  'create table temp (x int)',
  "insert into t values ('pg_advisory_lock')",
  'select pg_advisory_xact_lock(1)',
])('needs none: %s', async (text) => {
  expect(await sessionNeed(text)).toBeUndefined();
});

it('is not looked for in what is too long to be typed', async () => {
  const text = `select set_config('a.b', '${'x'.repeat(20_000)}', false)`;
  expect(await sessionNeed(text)).toBeUndefined();
});
