import { expect, it } from 'vitest';
import { beginText, isCommit, opensTransaction } from './transactionText.ts';

it.each([
  'select 1',
  'insert into t values (1)',
  "set work_mem = '1MB'",
  'savepoint a',
  'analyze t',
  'cluster t',
  'create table vacuum (x int)',
  'create index on t (x)',
  'reindex table t',
  'alter table t detach partition p',
  'alter database d set work_mem = 1',
  'explain analyze select 1',
  '(select 1)',
  '"begin"',
])('in manual commit opens a transaction by itself: %s', (text) => {
  expect(opensTransaction(text)).toBe(true);
});

it.each([
  'begin',
  '-- why\n/* a /* nested */ comment */ Start Transaction',
  'commit',
  'END',
  'rollback to a',
  'abort',
  "prepare transaction 'x'",
  "commit prepared 'x'",
  'VACUUM (analyze) t',
  'cluster',
  'cluster verbose',
  'create database d',
  'drop tablespace t',
  'alter system set work_mem = 1',
  'create unique index concurrently i on t (x)',
  'drop index concurrently i',
  'reindex (verbose) table concurrently t',
  'reindex schema public',
  'alter table only a.b detach partition "c" concurrently',
  'alter database d set tablespace t',
  'discard all',
])('in manual commit is let through as it is: %s', (text) => {
  expect(opensTransaction(text)).toBe(false);
});

it.each([
  ['commit', true],
  ['/* now */ COMMIT WORK AND CHAIN', true],
  ['end transaction', true],
  ["commit prepared 'x'", false],
  ['rollback', false],
  ['select 1 as commit', false],
])('knows a commit: %s', (text, expected) => {
  expect(isCommit(text)).toBe(expected);
});

it('writes BEGIN as it was asked for', () => {
  expect(beginText({})).toBe('begin');
  expect(beginText({ isolation: 'repeatableRead', readOnly: true })).toBe(
    'begin isolation level repeatable read read only',
  );
  expect(beginText({ isolation: 'serializable', readOnly: false })).toBe(
    'begin isolation level serializable read write',
  );
});
