import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CatalogObject, ObjectKind } from '#shared/catalog/objects.ts';
import { systemClock as clock } from '../../lib/clock.ts';
import { everyKind, made } from '../../test/everyKind.ts';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../../test/runStage.ts';
import { tempFolder } from '../../test/tempFolder.ts';
import { Catalog } from '../catalog.ts';

let server: TestServer;
let stage: RunStage;
let catalog: Catalog;
let folder: Awaited<ReturnType<typeof tempFolder>>;

const schema = 'My shop';

beforeAll(async () => {
  server = await startPostgres();
  await server.query(everyKind);
  stage = await openRunStage(server);
  folder = await tempFolder();
  const { connections, profiles, runs } = stage;
  const log = { warn: () => {} };
  catalog = new Catalog({ connections, profiles, runs, folder: folder.path, clock, log });
});

afterAll(async () => {
  await catalog.close();
  await stage.close();
  await folder.remove();
  await server.close();
});

/** What differs from database to database, though the objects are the same. */
const accidental = new Set(['oid', 'partitionOf', 'fetchedAt', 'bytes', 'rows']);

const comparable = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, each: unknown) => (accidental.has(key) ? undefined : each)));

async function objectsOf(database: string): Promise<CatalogObject[]> {
  const place = { connectionId: stage.connectionId, database };
  const of = async (kind: ObjectKind) =>
    (await catalog.objects(place, { schema, kind, offset: 0, limit: 100 }, {})).objects;
  const found: CatalogObject[] = [];
  for (const kind of made) found.push(...(await of(kind)).sort((a, b) => a.oid - b.oid));
  return found;
}

async function describeAll(database: string) {
  const place = { connectionId: stage.connectionId, database };
  const described = new Map<string, Awaited<ReturnType<Catalog['describe']>>>();
  for (const { oid, kind, name, signature = '' } of await objectsOf(database))
    described.set(`${kind} ${name}(${signature})`, await catalog.describe(place, { oid, kind }, {}));
  return described;
}

it('gives statements that make every kind of object as it is, in another database', async () => {
  const place = { connectionId: stage.connectionId, database: server.database };
  const before = await describeAll(server.database);
  expect([...before.values()].flatMap(({ unreadable = [] }) => unreadable)).toEqual([]);
  expect(before.size).toBe(31);
  await server.query('create database again');
  const run = (sql: string) =>
    server.query(sql, { database: 'again' }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${sql}`);
    });
  await run(
    `create foreign data wrapper nowhere; create server far foreign data wrapper nowhere options (host 'h''1')`,
  );
  await run((await catalog.ddl(place, { kind: 'schema', name: schema }, {})).ddl);
  // A sequence that belongs to a column is made with its table, and the constructors of a range with its type.
  const isMadeAlong = ({ ownedBy, kind, name }: CatalogObject): boolean =>
    ownedBy !== undefined || (kind === 'function' && name.startsWith('span'));
  const statements = [...before.values()].flatMap(({ object, ddl }) =>
    object && !isMadeAlong(object) ? ddl : [],
  );
  await run(statements.join('\n'));
  const after = await describeAll('again');
  expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
  for (const [name, description] of before)
    expect(comparable(after.get(name)), name).toEqual(comparable(description));
  const schemaDdl = (database: string) =>
    catalog.ddl({ ...place, database }, { kind: 'schema', name: schema }, {});
  expect((await schemaDdl('again')).ddl).toBe((await schemaDdl(server.database)).ddl);
});
