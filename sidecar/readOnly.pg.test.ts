import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres, type TestServer } from './test/postgresServer.ts';
import { SidecarProcess } from './test/sidecarProcess.ts';
import { tempFolder } from './test/tempFolder.ts';

let server: TestServer;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let sidecar: SidecarProcess;

beforeAll(async () => {
  server = await startPostgres();
  await server.query('create table t (x int)');
});
afterAll(() => server.close());
beforeEach(async () => {
  await server.query('truncate t; insert into t values (1)');
  folder = await tempFolder();
  sidecar = new SidecarProcess(folder.path);
  await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'w' });
});
afterEach(async () => {
  await sidecar.end();
  await folder.remove();
});

async function connected(more: object): Promise<string> {
  const { host, port, database, username, password } = server;
  const place = { name: 'shop', host, port, database, username, credential: { source: 'session' } };
  const { config } = await sidecar.call('connection.save', {
    config: { ...place, ...more },
    secrets: { password },
  });
  await sidecar.call('connection.connect', { id: config.id });
  return config.id;
}

const count = async () => (await server.query('select count(*)::int as n from t'))[0]?.n;

describe('production', () => {
  it('asks before a text that writes, names what and where, and takes the word for it', async () => {
    const id = await connected({ environment: 'production' });
    await expect(sidecar.run(id, 't', 'select 1;\ndelete from t')).rejects.toMatchObject({
      envelope: {
        code: 'CONFIRMATION_REQUIRED',
        outcome: 'none',
        detail: {
          statements: [{ index: 1, from: 10, to: 23, kind: 'DELETE', missingWhere: true }],
          server: `${server.host}:${server.port}`,
          database: 'postgres',
          connection: 'shop',
        },
        actions: [{ id: 'runOnProduction' }],
      },
    });
    expect(await count()).toBe(1);
    const { ended } = await sidecar.run(id, 't', 'select 1;\ndelete from t', { confirm: true });
    expect(ended).toMatchObject({ outcome: 'done' });
    expect(await count()).toBe(0);
  });

  it('asks before a text that nobody can read', async () => {
    const id = await connected({ environment: 'production' });
    await expect(sidecar.run(id, 't', 'delte from t')).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
    });
  });

  it('asks before a query that calls a function which may write', async () => {
    await server.query(`create schema "it's"; create or replace function "it's"."wi\\pe"() returns void
      language sql as 'delete from public.t'; create or replace function tell() returns int language sql stable as 'select 1'`);
    const id = await connected({ environment: 'production' });
    await expect(sidecar.run(id, 't', `select "it's"."wi\\pe"()`)).rejects.toMatchObject({
      envelope: { code: 'CONFIRMATION_REQUIRED', detail: { statements: [{ kind: 'SELECT wi\\pe()' }] } },
    });
    expect(await count()).toBe(1);
    const { ended } = await sidecar.run(id, 't', 'select tell(), count(*) from t');
    expect(ended).toMatchObject({ outcome: 'done' });
  });

  it('asks nothing about reading, and nothing of a window that may only read', async () => {
    const id = await connected({ environment: 'production' });
    expect((await sidecar.run(id, 't', 'select * from t')).ended).toMatchObject({ outcome: 'done' });
    await sidecar.call('connection.override', { id, readOnly: 'strict' });
    expect((await sidecar.run(id, 't', 'delete from t')).ended).toMatchObject({
      outcome: 'failed',
      error: { code: 'READ_ONLY_VIOLATION' },
    });
  });

  it('asks once a window may write again, and nowhere else', async () => {
    const id = await connected({ environment: 'production', options: { readOnly: 'guarded' } });
    await sidecar.call('connection.override', { id, readOnly: 'off' });
    await expect(sidecar.run(id, 't', 'truncate t')).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
    const other = await connected({ name: 'other', environment: 'staging' });
    expect((await sidecar.run(other, 't2', 'truncate t')).ended).toMatchObject({ outcome: 'done' });
  });

  it('says first where it is not connected', async () => {
    const id = await connected({ environment: 'production' });
    await sidecar.call('connection.disconnect', { id });
    await expect(sidecar.run(id, 't', 'delete from t')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });
});

describe('the mode in force', () => {
  it('is told in every place where a connection is told of', async () => {
    const id = await connected({ options: { readOnly: 'guarded' } });
    const told = async () => {
      const status = await sidecar.call('connection.status', { id });
      const { connections } = await sidecar.call('connection.list', {});
      const { snapshot } = await sidecar.call('session.snapshot', {});
      const { info } = await sidecar.call('connection.connect', { id });
      const rows = [connections, snapshot.connections].map((list) =>
        list.find(({ config }) => config.id === id),
      );
      return [status.info, ...rows.map((row) => row?.info), info].map((each) => each?.readOnly);
    };
    expect(await told()).toEqual(Array(4).fill('guarded'));
    expect(await sidecar.call('connection.override', { id, readOnly: 'off' })).toEqual({ readOnly: 'off' });
    const changed = await sidecar.heard('connection.statusChanged', ({ readOnly }) => readOnly === 'off');
    expect(changed).toMatchObject({ status: 'connected', previous: 'connected', info: { readOnly: 'off' } });
    expect(await told()).toEqual(Array(4).fill('off'));
    expect((await sidecar.run(id, 't', 'insert into t values (2)')).ended).toMatchObject({ outcome: 'done' });
  });

  it('cannot be chosen for a connection that is not there', async () => {
    await expect(
      sidecar.call('connection.override', { id: crypto.randomUUID(), readOnly: 'off' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
