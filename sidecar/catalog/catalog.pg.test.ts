import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectKind } from '#shared/catalog/objects.ts';
import { systemClock as clock } from '../lib/clock.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';
import { tempFolder } from '../test/tempFolder.ts';
import { Catalog, type Invalidated } from './catalog.ts';

let server: TestServer;
let stage: RunStage;
let catalog: Catalog;
let folder: Awaited<ReturnType<typeof tempFolder>>;
const warnings: string[] = [];
const told: Invalidated[] = [];

function openCatalog({ connections, profiles, runs }: RunStage): Catalog {
  const log = { warn: (_: object, words: string) => void warnings.push(words) };
  return new Catalog({ connections, profiles, runs, folder: folder.path, clock, log });
}

beforeAll(async () => {
  server = await startPostgres();
  // Two backends, the control connection's among them: what the catalog takes, it must give back.
  stage = await openRunStage(server, { options: { maxPoolSize: 2 } });
  folder = await tempFolder();
  catalog = openCatalog(stage);
  catalog.invalidated.on((event) => told.push(event));
});

afterAll(async () => {
  await catalog.close();
  await stage.close();
  await folder.remove();
  await server.close();
});

const place = () => ({ connectionId: stage.connectionId, database: server.database });
const list = (schema: string, kind: ObjectKind, options = {}) =>
  catalog.objects(place(), { schema, kind, offset: 0, limit: 100 }, options);
const names = async (schema: string, kind: ObjectKind, options = {}) =>
  (await list(schema, kind, options)).objects.map(({ name }) => name);

describe('the catalog', () => {
  it('lists what a schema holds, with what belongs to each table', async () => {
    await server.query(`
      create schema "Odd ""name";
      set search_path = "Odd ""name";
      create type mood as enum ('ok', 'sad');
      create domain positive as int check (value > 0);
      create table parent (id int primary key generated always as identity, note text default 'x');
      comment on table parent is 'the first';
      create table child (id serial primary key, parent_id int not null references parent, m mood,
        twice int generated always as (parent_id * 2) stored);
      create index child_m on child (m);
      create view v as select id from parent;
      create materialized view mv as select 1 a;
      create function f(a int, b text default 'x') returns int language sql as 'select 1';
      create procedure p() language sql as 'select 1';
      create table log (at date not null) partition by range (at);
      create table log_1 partition of log for values from ('2020-01-01') to ('2021-01-01');
      create schema parts create table log_2 (at date not null);
      alter table log attach partition parts.log_2 for values from ('2021-01-01') to ('2022-01-01');
    `);
    const { schemas, searchPath, error } = await catalog.schemas(place(), {});
    expect(error).toBeUndefined();
    expect(searchPath).toEqual(['public']);
    const schema = 'Odd "name';
    expect(schemas.find(({ name }) => name === schema)).toMatchObject({
      isSystem: false,
      usable: true,
      counts: { tables: 3, views: 1, materializedViews: 1, functions: 2, types: 2, sequences: 2 },
    });
    expect(schemas.find(({ name }) => name === 'parts')?.counts.tables).toBe(1);
    const { objects: tables } = await list(schema, 'table');
    expect(tables.map(({ name }) => name)).toEqual(['child', 'log', 'log_1', 'parent']);
    expect(tables[3]).toMatchObject({ comment: 'the first', bytes: 16384 });
    expect(tables[2]?.partitionOf).toBe(tables[1]?.oid);
    expect((await list(schema, 'function')).objects).toMatchObject([
      { name: 'f', signature: 'a integer, b text', returns: 'integer', variety: 'function' },
      { name: 'p', variety: 'procedure' },
    ]);
    expect((await list(schema, 'type')).objects).toMatchObject([
      { variety: 'enum' },
      { variety: 'domain', returns: 'integer' },
    ]);
    expect((await list(schema, 'sequence')).objects).toMatchObject([
      { ownedBy: 'child.id' },
      { ownedBy: 'parent.id' },
    ]);
    const oid = tables[0]?.oid ?? 0;
    const child = await catalog.describe(place(), { oid, kind: 'table' }, {});
    expect(child.unreadable).toBeUndefined();
    expect(child.columns).toMatchObject([
      { name: 'id', type: 'integer', isPrimaryKey: true },
      { name: 'parent_id', notNull: true, references: { schema, table: 'parent', column: 'id' } },
      { name: 'm', type: '"Odd ""name".mood' },
      { name: 'twice', generated: '(parent_id * 2)' },
    ]);
    expect(child.indexes.map(({ name }) => name)).toEqual(['child_pkey', 'child_m']);
    const databases = await catalog.databases(place(), {});
    expect(databases.databases.map(({ name }) => name)).toEqual(['postgres', 'template0', 'template1']);
  });

  it('is read once and then shown from memory, until a statement of ours has changed it', async () => {
    await stage.run('create schema seen; create table seen.a ()');
    expect(await names('seen', 'table')).toEqual(['a']);
    await server.query('create table seen.b ()');
    expect(await names('seen', 'table')).toEqual(['a']);
    told.length = 0;
    // What a transaction has made is nobody else's before its end, and is not asked for before.
    await stage.run('begin; create table seen.c ()');
    expect(told).toEqual([]);
    await stage.run('commit');
    expect(told).toEqual([place()]);
    expect(await names('seen', 'table')).toEqual(['a', 'b', 'c']);
    await stage.run('create table seen.d as select 1 as one');
    expect(await names('seen', 'table')).toEqual(['a', 'b', 'c', 'd']);
  });

  it('tells "could not be read" from "none", keeps the copy of before, and waits after a failure', async () => {
    await server.query(`create schema kept; create function kept.f() returns int language sql as 'select 1';
      create role reader login password 'r'`);
    const { host, port, database } = server;
    const limited = await openRunStage({ host, port, database, username: 'reader', password: 'r' });
    const own = openCatalog(limited);
    const at = { connectionId: limited.connectionId, database };
    const functions = (options = {}) =>
      own.objects(at, { schema: 'kept', kind: 'function', offset: 0, limit: 100 }, options);
    try {
      expect(await functions()).toMatchObject({ stale: false, total: 1 });
      await server.query('revoke select on pg_catalog.pg_proc from public');
      const refused = await functions({ refresh: true });
      expect(refused).toMatchObject({ stale: true, total: 1, error: { code: 'PERMISSION_DENIED' } });
      const waiting = await functions();
      expect(waiting.error?.retryAfterMs).toBeGreaterThan(0);
      // Nothing is known of this one, and an empty list would be a lie without the error.
      const unknown = await own.objects(at, { schema: 'public', kind: 'function', offset: 0, limit: 9 }, {});
      expect(unknown).toMatchObject({ fetchedAt: null, total: 0, error: { code: 'PERMISSION_DENIED' } });
      const { schemas, error } = await own.schemas(at, {});
      expect(error).toBeUndefined();
      expect(schemas.find(({ name }) => name === 'kept')).toMatchObject({
        usable: false,
        counts: { tables: 0, functions: null },
      });
      await server.query('grant select on pg_catalog.pg_proc to public');
      // The wait is not over, but the user asks.
      expect(await functions({ refresh: true })).toMatchObject({ stale: false, total: 1 });
    } finally {
      await own.close();
      await limited.close();
    }
  });

  it('lets users go first: what it reads waits while somebody wants the only backend', async () => {
    await server.query('create schema busy; create table busy.t (a int); create view busy.v as table busy.t');
    const oid = (await list('busy', 'view')).objects[0]?.oid ?? 0;
    const { host, port, database, username, password } = server;
    const other = await openRunStage({ host, port, database, username, password });
    try {
      await other.run('begin; lock table busy.t');
      let isDone = false;
      const described = catalog.describe(place(), { oid, kind: 'view' }, {}).finally(() => (isDone = true));
      const waiting = `select application_name from pg_stat_activity
        where query like '/* Hawser: describe view %' and wait_event_type = 'Lock'`;
      const activity = await stage.until(async () => (await server.query(waiting))[0]);
      expect(activity.application_name).toBe('Hawser');
      expect(await stage.value('select 1')).toBe('1');
      expect(isDone).toBe(false);
      await other.run('commit');
      expect((await described).columns).toMatchObject([{ name: 'a', type: 'integer' }]);
    } finally {
      await other.close();
    }
  });

  it('is read anew after a loss', async () => {
    await server.query('create schema lost; create table lost.a ()');
    expect(await names('lost', 'table')).toEqual(['a']);
    await server.query('create table lost.b ()');
    told.length = 0;
    await server.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'Hawser'`,
    );
    // Once when it was lost, and once when it was back.
    await stage.until(() => told[1]);
    expect(await names('lost', 'table')).toEqual(['a', 'b']);
  });

  it('outlives the connection on disk, and leaves out what is damaged', async () => {
    await server.query('create schema offline; create table offline.t (); create table offline.u ()');
    await names('offline', 'table');
    await names('offline', 'view');
    const home = path.join(folder.path, stage.connectionId);
    const fileOf = async (key: string) => {
      const names = (await readdir(home).catch(() => [])).filter((name) => name.endsWith('.json'));
      const files = names.map((name) => path.join(home, name));
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
      return files[texts.findIndex((text) => text.includes(`"objects ${key} offline"`))] ?? '';
    };
    // Closing waits a moment for the disk, and no longer.
    for (const key of ['table', 'view'])
      await expect.poll(() => fileOf(key), { timeout: 20_000 }).not.toBe('');
    await catalog.close();
    const [tables, views] = [await fileOf('table'), await fileOf('view')];
    expect((await stat(tables)).mode & 0o777).toBe(0o600);
    await writeFile(views, (await readFile(views, 'utf8')).replace('\n[]', '\n[{}]'));
    told.length = 0;
    await stage.connections.disconnect(stage.connectionId);
    expect(told).toEqual([{ connectionId: stage.connectionId }]);
    const later = openCatalog(stage);
    warnings.length = 0;
    const kept = await later.objects(place(), { schema: 'offline', kind: 'table', offset: 0, limit: 9 }, {});
    expect(kept).toMatchObject({ stale: true, total: 2, objects: [{ name: 't' }, { name: 'u' }] });
    expect(kept.error).toBeUndefined();
    const broken = await later.objects(place(), { schema: 'offline', kind: 'view', offset: 0, limit: 9 }, {});
    expect(broken).toMatchObject({ fetchedAt: null, error: { code: 'NOT_CONNECTED' } });
    expect(warnings).toEqual(['A copy of a catalog is damaged and left out']);
    await stage.connections.connect(stage.connectionId, undefined);
    expect(
      await later.objects(place(), { schema: 'offline', kind: 'table', offset: 0, limit: 9 }, {}),
    ).toMatchObject({ stale: false });
    await stage.profiles.delete(stage.connectionId);
    await later.close();
    expect(await readdir(folder.path)).toEqual([]);
  });
});
