import { expect, it } from 'vitest';
import { beginText, isCommit, opensTransaction, takesLocal } from './transactionText.ts';

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
  'reindex (verbose, concurrently off) table t',
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
  'reindex (concurrently) table t',
  'REINDEX (verbose, CONCURRENTLY true) INDEX i',
  'reindex schema public',
  'alter table only a.b detach partition "c" concurrently',
  'alter database d set tablespace t',
  'discard all',
])('in manual commit is let through as it is: %s', (text) => {
  expect(opensTransaction(text)).toBe(false);
});

it.each([
  ['select 1', true],
  ['begin', true],
  ['set lock_timeout = 1', true],
  ['set session characteristics as transaction read only', true],
  ['commit', false],
  ['call p()', false],
  ['do $$ begin end $$', false],
  ['vacuum t', false],
  ['lock table t', false],
  ['declare c cursor for select 1', false],
  ['SET LOCAL work_mem = 100', false],
  ['set transaction read only', false],
  ['set constraints all deferred', false],
  ['reindex (concurrently) table t', false],
  ['reindex table partitioned', false],
  ['cluster partitioned', false],
])('behind a pooler goes in one transaction with SET LOCAL: %s, %s', (text, expected) => {
  expect(takesLocal(text)).toBe(expected);
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
