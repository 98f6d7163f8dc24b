import type { AttackPlace } from './attackWorld.ts';
import { hiddenAttacks } from './hiddenAttacks.ts';

/** One way to change something, or to read what is not in the database, from a tab that is read-only. */
export interface Attack {
  name: string;
  text: string;
  /** To be run at all is what must not happen, for what it does leaves no trace to look for. */
  mustFail?: true;
}

const ins = 'insert into victim values (3)';

/** Getting out of the read-only transaction. */
const escapes: [string, string][] = [
  ['a plain INSERT', ins],
  ['SET of the default, then a write', `set default_transaction_read_only = off; ${ins}`],
  ['set_config of the default', `select set_config('default_transaction_read_only', 'off', false); ${ins}`],
  [
    'set_config of the transaction',
    `begin; select set_config('transaction_read_only', 'off', true); ${ins}; commit`,
  ],
  [
    'UPDATE of pg_settings',
    `update pg_settings set setting = 'off' where name = 'default_transaction_read_only'; ${ins}`,
  ],
  ['BEGIN READ WRITE', `begin read write; ${ins}; commit`],
  ['START TRANSACTION, two modes', `start transaction read only, read write; ${ins}; commit`],
  ['SET TRANSACTION READ WRITE', `begin; set transaction read write; ${ins}; commit`],
  ['SET LOCAL transaction_read_only', `begin; set local transaction_read_only = off; ${ins}; commit`],
  ['SET SESSION CHARACTERISTICS', `set session characteristics as transaction read write; ${ins}`],
  ['COMMIT, then a write', `commit; ${ins}`],
  ['COMMIT AND CHAIN', `begin; commit and chain; set transaction read write; ${ins}; commit`],
  ['ROLLBACK AND CHAIN', `begin; rollback and chain; ${ins}; commit`],
  ['ABORT, then a write', `begin; abort; ${ins}`],
  ['a savepoint', `begin; savepoint a; set transaction read write; ${ins}; commit`],
  ['RESET ALL', `reset all; ${ins}`],
  ['DISCARD ALL', `discard all; ${ins}`],
  ['a second statement behind a comment', `select 1 -- ;\n; ${ins}`],
  ['a second statement behind a nested comment', `select 1 /* /* */ ; */ ; ${ins}`],
  ['backslash quotes', String.raw`select '\'; insert into victim values (4); --'`],
  [
    'backslash quotes with their setting',
    String.raw`set standard_conforming_strings = off; select '\'; insert into victim values (4); --'`,
  ],
  ['an escape string', String.raw`select E'\\'; insert into victim values (4); --'`],
  ['a dollar quote that looks closed', `select $a$ $b$ $a$; ${ins}; select $b$ $b$`],
  ['carriage returns in a comment', `select 1 --\r; ${ins}`],
  ['a NUL in the middle', `select 1\0; ${ins}`],
  ['another client encoding', `set client_encoding = 'SJIS'; select '\u8868'; ${ins}`],
  ['the role', `set role postgres; ${ins}`],
  ['the session user', `set session authorization postgres; ${ins}`],
];

/** Statements that write, in all the places where they can stand. */
const writes: [string, string][] = [
  ['DELETE in a WITH', 'with gone as (delete from victim returning x) select * from gone'],
  ['EXPLAIN ANALYZE of an INSERT', `explain analyze ${ins}`],
  [
    'EXPLAIN (ANALYZE) of a WITH',
    'explain (analyze true) with g as (delete from victim returning x) select * from g',
  ],
  ['EXPLAIN ANALYZE of CREATE TABLE AS', 'explain analyze create table stolen as select 1'],
  [
    'MERGE',
    'merge into victim v using (select 5 as x) s on v.x = s.x when not matched then insert values (s.x)',
  ],
  ['TRUNCATE', 'truncate victim'],
  ['SELECT INTO', 'select 1 as x into stolen'],
  ['SELECT INTO in a UNION', 'select 1 as x into stolen union select 2'],
  ['CREATE TABLE AS', 'create table stolen as select 1'],
  ['a temporary table', 'create temporary table stolen (x int)'],
  ['SELECT INTO TEMP', 'select 1 as x into temp stolen'],
  ['a function', "create function stolen() returns int language sql as 'select 1'"],
  ['a DO block', `do $$ begin ${ins}; end $$`],
  ['a DO block that commits', `do $$ begin commit; set transaction read write; ${ins}; end $$`],
  ['a procedure that commits', 'call committing()'],
  ['a prepared statement', `prepare p as ${ins}; execute p`],
  ['FOR UPDATE', 'select * from victim for update'],
  ['FOR KEY SHARE in a subquery', 'select * from (select * from victim for key share) y'],
  ['COPY FROM a program', "copy victim from program 'echo 6'"],
  ['REFRESH MATERIALIZED VIEW', 'refresh materialized view frozen'],
  ['nextval', "select nextval('victim_seq')"],
  ['setval', "select setval('victim_seq', 70)"],
  ['a comment', "comment on table victim is 'was here'"],
  ['GRANT', 'grant all on victim to public'],
  ['CREATE ROLE', 'create role stolen superuser'],
  ['ALTER ROLE SET', 'alter role current_user set work_mem = 999'],
  ['ALTER DATABASE SET', 'alter database postgres set work_mem = 999'],
  ['ALTER SYSTEM', 'alter system set work_mem = 999'],
  ['CREATE DATABASE', 'create database stolen'],
  ['CREATE EXTENSION', 'create extension pageinspect'],
  ['CREATE INDEX CONCURRENTLY', 'create index concurrently stolen on victim (x)'],
  ['REINDEX', 'reindex table victim'],
  ['CLUSTER', 'cluster victim using victim_pkey'],
  ['VACUUM', 'vacuum full victim'],
  ['ANALYZE', 'analyze victim'],
  ['CHECKPOINT', 'checkpoint'],
  ['IMPORT FOREIGN SCHEMA', 'import foreign schema public limit to (victim) from server loop into landing'],
];

/** What a rollback does not take back, and what stays with the session. */
const effects: [string, string][] = [
  ['NOTIFY', 'notify hawser'],
  ['pg_notify', "select pg_notify('hawser', 'x')"],
  ['LISTEN', 'listen hawser'],
  ['a setting that stays', "set work_mem = '777kB'"],
  ['set_config that stays', "select set_config('work_mem', '777kB', false)"],
  ['a cursor WITH HOLD', 'declare held_cursor cursor with hold for select 1'],
  ['LOCK TABLE', 'begin; lock table held in access exclusive mode'],
  ['an advisory lock', 'select pg_advisory_lock(4242)'],
  ['an advisory lock, tried', 'begin; select pg_try_advisory_xact_lock_shared(4242)'],
  ['PREPARE TRANSACTION', "begin; prepare transaction 'stolen'"],
  ['lo_create', 'select lo_create(0)'],
  ['lo_from_bytea', "select lo_from_bytea(0, 'x')"],
  ['lo_put', "select lo_put(4711, 0, 'gone')"],
  ['lo_unlink', 'select lo_unlink(4711)'],
  ['lo_import', "select lo_import('PG_VERSION')"],
  ['a physical replication slot', "select pg_create_physical_replication_slot('stolen', true)"],
  ['a logical replication slot', "select pg_create_logical_replication_slot('stolen2', 'pgoutput')"],
  ['a replication origin', "select pg_replication_origin_create('stolen')"],
  ['pg_logical_emit_message', "select pg_logical_emit_message(false, 'x', repeat('y', 17000000))"],
  ['pg_stat_reset', 'select pg_stat_reset()'],
  ['pg_stat_reset_shared', "select pg_stat_reset_shared('bgwriter')"],
  ['pg_reload_conf', 'select pg_reload_conf()'],
  ['pg_export_snapshot', 'begin; select pg_export_snapshot()'],
  ['pg_import_system_collations', "select pg_import_system_collations('public')"],
  ['a name in Unicode escapes', String.raw`select U&"pg\005fadvisory\005flock"(4242)`],
  ['an upper-case name', 'select PG_CATALOG.PG_ADVISORY_LOCK(4242)'],
  ['a quoted, qualified name', 'select "pg_catalog"."pg_advisory_lock"(4242)'],
  ['a function in FROM', 'select * from pg_advisory_lock(4242)'],
  ['a function in ROWS FROM', "select * from rows from (pg_advisory_lock(4242), pg_notify('hawser', ''))"],
  ['a function in ORDER BY', 'select 1 order by pg_advisory_lock(4242)::text'],
  ['a function in a window', 'select count(*) over (order by pg_advisory_lock(4242)::text)'],
  ['a function in LIMIT', 'select 1 limit (select count(*) from pg_advisory_lock(4242))'],
  ['SQL given to query_to_xml', "select query_to_xml('select pg_advisory_lock(4242)', true, true, '')"],
  ['SQL given to ts_stat', "select * from ts_stat('select to_tsvector(pg_advisory_lock(4242)::text)')"],
  [
    'SQL given to ts_rewrite',
    "select ts_rewrite('a'::tsquery, 'select leak()::text::tsquery, leak()::text::tsquery')",
  ],
  [
    'a cursor given to cursor_to_xml',
    "begin; declare c cursor for select leak(); select cursor_to_xml('c', 1, true, true, '')",
  ],
];

/** Needs to know the place. */
const placed = ({ link, folder, victimPid }: AttackPlace): [string, string][] => [
  ['dblink_exec', `select dblink_exec('${quoted(link)}', '${ins}')`],
  ['dblink', `select * from dblink('${quoted(link)}', '${ins} returning x') as t(x int)`],
  [
    'a dblink that stays',
    `select dblink_connect('stolen', '${quoted(link)}'); select dblink_exec('stolen', '${ins}')`,
  ],
  ['COPY TO a program', "copy (select 1) to program 'cat > hawser_program'"],
  ['COPY TO a file', `copy (select 1) to '${folder}/hawser_file'`],
  ['lo_export', `select lo_export(4711, '${folder}/hawser_object')`],
  ['pg_terminate_backend', `select pg_terminate_backend(${victimPid})`],
  ['pg_terminate_backend, by its attribute', `select (${victimPid}).pg_terminate_backend`],
  ['pg_terminate_backend, by a column', `select v.pg_terminate_backend from unnest(array[${victimPid}]) v`],
];

/** Reads files of the server, or does what shows nowhere. */
const traceless: [string, string][] = [
  ['pg_read_file', "select pg_read_file('PG_VERSION')"],
  ['pg_read_file, by its attribute', "select ('PG_VERSION'::text).pg_read_file"],
  ['pg_read_binary_file, by a column', "select v.pg_read_binary_file from unnest(array['PG_VERSION']) v"],
  ['a restore point', "select pg_create_restore_point('stolen')"],
  ['LOAD', "load 'auto_explain'"],
  ['lo_open for writing', 'select lo_open(4711, 131072)'],
  ['pg_cancel_backend', 'select pg_cancel_backend(pid) from pg_stat_activity'],
  ['pg_rotate_logfile', 'select pg_rotate_logfile()'],
  ['pg_stat_file', "select * from pg_stat_file('PG_VERSION')"],
  ['pg_switch_wal', 'select pg_switch_wal()'],
  ['setseed', 'select setseed(0.5)'],
];

export const attacks = (place: AttackPlace): Attack[] => [
  ...[...escapes, ...writes, ...effects, ...placed(place), ...hiddenAttacks].map(([name, text]) => ({
    name,
    text,
  })),
  ...traceless.map(([name, text]) => ({ name, text, mustFail: true as const })),
];

const quoted = (text: string): string => text.replaceAll("'", "''");
