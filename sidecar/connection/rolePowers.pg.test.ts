import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rolePowers } from '#shared/connection/rolePowers.ts';
import { Backend } from '../postgres/backend.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { readRolePowers } from './rolePowers.ts';

let server: TestServer;
let backend: Backend;

beforeAll(async () => {
  server = await startPostgres();
  await server.query(`
    revoke create on schema public from public;
    create table t (a int, b int);
    create role plain; create role owns; create role makesRoles createrole; create role makesDatabases createdb;
    create role bypasses bypassrls; create role replicates replication;
    create role reads; create role writes; create role writesOneColumn; create role truncates; create role makesObjects;
    create role "it's odd"; create role inherits in role writes; create role mayBecome noinherit in role writes;
    create role everything in role pg_write_all_data; create role files in role pg_write_server_files;
    create role programs in role pg_execute_server_program; create role signals in role pg_signal_backend;
    create role almighty superuser; create role makesInDatabase; create role ownsFunction;
    create schema theirs; create function theirs.f() returns int language sql as 'select 1';
    create table theirs.owned (); alter table theirs.owned owner to owns; alter function theirs.f() owner to ownsFunction;
    grant select, references on t to reads; grant insert on t to writes; grant update (b) on t to writesOneColumn;
    grant truncate on t to truncates; grant create on schema theirs to makesObjects, "it's odd";
    grant create on database postgres to makesInDatabase`);
  await server.query('create database another owner reads');
  const dial = () => Promise.resolve(connect(server.port, server.host));
  const { username: user, password, database } = server;
  const onTimeout = () => new Error('No answer to the login');
  const more = { applicationName: 'powers', options: '', loginTimeoutMs: 10_000, onTimeout };
  backend = new Backend({ dial, user, database, password: () => password, ...more }, 'the server');
  await backend.open();
});
afterAll(async () => {
  await backend.client.end();
  await server.close();
});

it.each([
  ['plain', []],
  ['reads', []],
  ['owns', ['owner', 'writesTables']],
  ['ownsfunction', ['owner']],
  ['makesroles', ['createsRoles']],
  ['makesdatabases', ['createsDatabases']],
  ['bypasses', ['bypassesRowSecurity']],
  ['replicates', ['replication']],
  ['writes', ['writesTables']],
  ['writesonecolumn', ['writesTables']],
  ['truncates', ['writesTables']],
  ['inherits', ['writesTables']],
  ['maybecome', ['writesTables']],
  ['everything', ['writesTables']],
  ['makesobjects', ['createsObjects']],
  ['makesindatabase', ['createsObjects']],
  ["it's odd", ['createsObjects']],
  ['files', ['writesServerFiles']],
  ['programs', ['runsServerPrograms']],
  ['signals', ['signalsBackends']],
  ['almighty', [...rolePowers]],
])('%s can %j', async (role, powers) => {
  expect(await readRolePowers(backend, role)).toEqual(powers);
});

it('what everybody may, each role can', async () => {
  await server.query('grant delete on t to public');
  try {
    expect(await readRolePowers(backend, 'plain')).toEqual(['writesTables']);
  } finally {
    await server.query('revoke delete on t from public');
  }
});

it('is left open where the server does not tell, and leaves the backend as it was', async () => {
  expect(await readRolePowers(backend, 'nobody there')).toBeUndefined();
  expect(await backend.query('show statement_timeout')).toEqual([['0']]);
});
