import { expect, it } from 'vitest';
import { changesCatalog } from './catalogChange.ts';

it.each([
  ['create table t (a int)', 'CREATE TABLE'],
  ['create table t as select 1', 'SELECT 1'],
  ['with x as (select 1) select * into t from x', 'SELECT 1'],
  ["do $$ begin execute 'drop table t'; end $$", 'DO'],
  ['call tidy_up()', 'CALL'],
  ['grant select on t to u', 'GRANT'],
  ['truncate t', 'TRUNCATE TABLE'],
])('%s changes the catalog', (text, tag) => {
  expect(changesCatalog(text, tag)).toBe(true);
});

it.each([
  ['select 1', 'SELECT 1'],
  ['insert into t values (1)', 'INSERT 0 1'],
  ['commit', 'COMMIT'],
  ['fetch c', 'FETCH 1'],
])('%s does not', (text, tag) => {
  expect(changesCatalog(text, tag)).toBe(false);
});
