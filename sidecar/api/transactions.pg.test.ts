import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { methods } from '#shared/contract/methods.ts';
import { notifications } from '#shared/contract/notifications.ts';
import { startFaultyProxy, type FaultyProxy } from '../test/faultyProxy.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { SidecarProcess } from '../test/sidecarProcess.ts';
import { tempFolder } from '../test/tempFolder.ts';

let server: TestServer;
let proxy: FaultyProxy;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let sidecar: SidecarProcess;
let id: string;
let token: string | undefined;

beforeAll(async () => {
  server = await startPostgres();
  proxy = await startFaultyProxy(server);
  await server.query('create table kept (n int)');
  folder = await tempFolder();
  sidecar = new SidecarProcess(folder.path);
  ({ token } = await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'w' }));
  const { database, username, password } = server;
  const place = { host: proxy.host, port: proxy.port, database, username };
  const config = { ...place, name: 'c', credential: { source: 'session' } };
  id = (await sidecar.call('connection.save', { config, secrets: { password } })).config.id;
  await sidecar.call('connection.connect', { id });
});
afterAll(async () => {
  await sidecar.end();
  await proxy.close();
  await server.close();
  await folder.remove();
});

const inShape = (method: 'transaction.changed' | 'connection.ledger') => {
  for (const heard of sidecar.notifications.filter((each) => each.method === method)) {
    const { revision, ...params } = heard.params;
    expect(revision).toBeTypeOf('number');
    expect(notifications[method].safeParse(params).error).toBeUndefined();
  }
};

it('a window begins, commits, and finds mode and transaction of its tabs again after a reload', async () => {
  const tabId = 'one';
  expect(await sidecar.call('transaction.begin', { tabId, connectionId: id })).toMatchObject({ status: 'T' });
  await sidecar.run(id, tabId, 'insert into kept values (1)');
  await sidecar.call('tab.setAutoCommit', { tabId, autoCommit: false });
  const { snapshot } = await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'w', token });
  expect(snapshot).toMatchObject({
    transactions: [{ tabId, connectionId: id, status: 'T' }],
    tabs: [{ tabId, autoCommit: false }],
    ledger: [],
  });
  const done = await sidecar.call('transaction.commit', { tabId });
  expect(done).toMatchObject({ status: 'I', xid: expect.stringMatching(/^\d+$/) as string });
  await sidecar.run(id, tabId, 'insert into kept values (2)');
  expect(await sidecar.call('transaction.rollback', { tabId })).toEqual({ status: 'I' });
  expect(await server.query('select n from kept')).toEqual([{ n: 1 }]);
  inShape('transaction.changed');
});

it('a window is told what a tab lost, finds it again after a reload, and sets it again', async () => {
  const tabId = 'two';
  await sidecar.run(id, tabId, "set work_mem = '7MB'; create temp table mine ()");
  await sidecar.run(id, tabId, 'begin; insert into kept values (3)');
  proxy.reset();
  const entry = await sidecar.heard('connection.ledger', (params) => params.tabId === tabId);
  expect(entry.lost).toEqual([
    { kind: 'transaction', value: 'open' },
    { kind: 'setting', name: 'work_mem', value: '7MB' },
    { kind: 'tempTable', name: 'mine' },
  ]);
  await sidecar.heard(
    'connection.statusChanged',
    ({ status, previous }) => status === 'connected' && previous === 'reconnecting',
  );
  const { snapshot } = await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'w', token });
  const { entries } = await sidecar.call('ledger.list', { connectionId: id, tabId });
  expect(snapshot?.ledger).toEqual(entries);
  expect(entries).toMatchObject([{ id: entry.id, connectionId: id, replayed: [] }]);
  const result = await sidecar.call('ledger.replay', { connectionId: id, tabId });
  expect(methods['ledger.replay'].result.parse(result)).toEqual({
    replayed: [{ kind: 'setting', name: 'work_mem', value: '7MB' }],
  });
  const { started } = await sidecar.run(id, tabId, 'show work_mem');
  expect(started[0]?.firstRows).toEqual([['7MB']]);
  await sidecar.call('ledger.dismiss', { connectionId: id, tabId });
  expect(await sidecar.call('ledger.list', { connectionId: id, tabId })).toEqual({ entries: [] });
  inShape('connection.ledger');
});

it('sets again by itself what tabs lost, where the definition says so: after a loss of the link, and of one backend', async () => {
  const { connections } = await sidecar.call('connection.list', {});
  const config = connections.find((each) => each.config.id === id)?.config;
  await sidecar.call('connection.save', {
    config: { ...config, options: { reconnect: { replay: 'auto' } } },
  });
  const tabs = ['three', 'four'];
  for (const tabId of tabs) await sidecar.run(id, tabId, "set work_mem = '8MB'; set search_path = audit");
  const setAgain = (tabId: string, at: number) =>
    sidecar.heard(
      'connection.ledger',
      (params) =>
        params.tabId === tabId && Number(params.at) >= at && (params.replayed as unknown[]).length === 2,
    );
  // What a session holds is read after the run has ended, and written down.
  const journal = () => readFile(join(folder.path, 'journal.jsonl'), 'utf8');
  for (const tabId of tabs) await expect.poll(journal).toContain(`"tabId":"${tabId}"`);
  const lostAt = Date.now();
  proxy.reset();
  for (const tabId of tabs) await setAgain(tabId, lostAt);
  const pids: string[] = [];
  for (const tabId of tabs) {
    const text = "select current_setting('work_mem'), current_setting('search_path'), pg_backend_pid()";
    const { started } = await sidecar.run(id, tabId, text);
    const [row] = started[0]?.firstRows as [string, string, string][];
    expect(row?.slice(0, 2)).toEqual(['8MB', 'audit']);
    pids.push(String(row?.[2]));
  }
  const endedAt = Date.now();
  await server.query(`select pg_terminate_backend(pid) from unnest('{${pids.join()}}'::int[]) pid`);
  for (const tabId of tabs) await setAgain(tabId, endedAt);
  inShape('connection.ledger');
});

it('a window selects a database, its runs and its catalog go there, and it is there again after a loss', async () => {
  await server.query('create database shop');
  await server.query('create table only_here ()', { database: 'shop' });
  const where = async () => {
    const { started } = await sidecar.run(id, 'where', 'select current_database()');
    return (started[0]?.firstRows as string[][])[0]?.[0];
  };
  const select = (database: string) => sidecar.call('database.select', { connectionId: id, database });
  await sidecar.call('connection.switch', { id });
  expect(await where()).toBe(server.database);
  expect((await select('shop')).session).toMatchObject({ connectionId: id, activeDatabase: 'shop' });
  await expect(select('nowhere')).rejects.toMatchObject({ code: 'DATABASE_NOT_FOUND' });
  const { snapshot } = await sidecar.call('session.snapshot', {});
  expect(snapshot.session.activeDatabase).toBe('shop');
  expect(await where()).toBe('shop');
  await sidecar.call('transaction.begin', { tabId: 'where', connectionId: id });
  expect(await where()).toBe('shop');
  await sidecar.call('transaction.rollback', { tabId: 'where' });
  await sidecar.call('transaction.begin', { tabId: 'fresh', connectionId: id });
  const fresh = await sidecar.run(id, 'fresh', 'select current_database()');
  expect((fresh.started[0]?.firstRows as string[][])[0]?.[0]).toBe('shop');
  await sidecar.call('query.close', { tabId: 'fresh' });
  const asked = { connectionId: id, schema: 'public', kind: 'table' } as const;
  const tables = await sidecar.call('catalog.objects', asked);
  expect(methods['catalog.objects'].result.safeParse(tables).error).toBeUndefined();
  expect(tables.objects.map(({ name }) => name)).toEqual(['only_here']);
  // What a tab holds elsewhere it keeps.
  await sidecar.run(id, 'holding', 'begin', { database: server.database });
  const { started } = await sidecar.run(id, 'holding', 'select current_database()');
  expect((started[0]?.firstRows as string[][])[0]?.[0]).toBe(server.database);
  await sidecar.run(id, 'holding', 'rollback');
  sidecar.notifications.length = 0;
  proxy.reset();
  const became = (activeDatabase: string | null) =>
    sidecar.heard('session.changed', (params) => {
      const session = params.session as { activeDatabase: string | null; status: string };
      return session.activeDatabase === activeDatabase;
    });
  await became(null);
  await became('shop');
  expect(await where()).toBe('shop');
});
