import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock as clock } from '../lib/clock.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';
import { Catalog } from './catalog.ts';

let server: TestServer;
let stage: RunStage;
let catalog: Catalog;

const noCopies = { read: () => Promise.resolve(undefined), write: () => {}, remove: () => {} };

beforeAll(async () => {
  server = await startPostgres();
  stage = await openRunStage(server);
  catalog = new Catalog({ connections: stage.connections, clock, copies: noCopies });
});

afterAll(async () => {
  await stage.close();
  await server.close();
});

const place = () => ({ connectionId: stage.connectionId, database: server.database });

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
    `);
    const { schemas, searchPath, error } = await catalog.schemas(place(), {});
    expect(error).toBeUndefined();
    expect(searchPath).toEqual(['public']);
    const schema = 'Odd "name';
    expect(schemas.find(({ name }) => name === schema)).toMatchObject({
      isSystem: false,
      usable: true,
      counts: { tables: 4, views: 1, materializedViews: 1, functions: 2, types: 2, sequences: 2 },
    });
    const list = async (kind: 'table' | 'function' | 'type' | 'sequence') =>
      (await catalog.objects(place(), { schema, kind, offset: 0, limit: 100 }, {})).objects;
    const tables = await list('table');
    expect(tables.map(({ name }) => name)).toEqual(['child', 'log', 'log_1', 'parent']);
    expect(tables[3]).toMatchObject({ comment: 'the first', bytes: 16384 });
    expect(tables[2]?.partitionOf).toBe(tables[1]?.oid);
    expect(await list('function')).toMatchObject([
      { name: 'f', signature: 'a integer, b text', returns: 'integer', variety: 'function' },
      { name: 'p', variety: 'procedure' },
    ]);
    expect(await list('type')).toMatchObject([
      { variety: 'enum' },
      { variety: 'domain', returns: 'integer' },
    ]);
    expect(await list('sequence')).toMatchObject([{ ownedBy: 'child.id' }, { ownedBy: 'parent.id' }]);
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
});
