import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFaultyProxy, type FaultyProxy } from '../test/faultyProxy.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { SidecarProcess } from '../test/sidecarProcess.ts';
import { tempFolder } from '../test/tempFolder.ts';

let server: TestServer;
let proxy: FaultyProxy;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let sidecar: SidecarProcess;
let names = 0;

beforeAll(async () => {
  server = await startPostgres();
  proxy = await startFaultyProxy(server);
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});

beforeEach(async () => {
  await proxy.setMode({ kind: 'pass' });
  folder = await tempFolder();
  // What a developer's shell may hold; none of it may reach a connection.
  const env = {
    PGPASSWORD: 'x',
    PGOPTIONS: '-c work_mem=77MB',
    PGREPLICATION: 'database',
    PGSSLNEGOTIATION: 'direct',
  };
  sidecar = new SidecarProcess(folder.path, { env: { ...env, PGAPPNAME: 'leak', PGSSLMODE: 'verify-full' } });
  await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'w' });
});
afterEach(async () => {
  await sidecar.end();
  await folder.remove();
});

async function save(more: object = {}): Promise<string> {
  const { database, username, password } = server;
  const place = { host: proxy.host, port: proxy.port, database, username };
  const config = { ...place, name: `c${(names += 1)}`, credential: { source: 'session' }, ...more };
  return (await sidecar.call('connection.save', { config, secrets: { password } })).config.id;
}

const connect = (id: string, secrets?: object) => sidecar.call('connection.connect', { id, secrets });

describe('what a login is made of', () => {
  it('is the definition alone: no PG variable of the surroundings gets in', async () => {
    const id = await save({ options: { applicationName: '' } });
    await connect(id);
    const { started } = await sidecar.run(
      id,
      't',
      "select current_setting('work_mem'), current_setting('application_name')",
    );
    expect(started[0]?.firstRows).toEqual([['4MB', '']]);
  });

  it.each([
    ['role', { role: 'nobody_here' }],
    ['TimeZone', { timeZone: 'No/Where' }],
  ])('is never less than was asked: a %s that the server refuses fails the login', async (name, options) => {
    const id = await save({ options });
    const error = await connect(id).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STARTUP_PARAMETER', envelope: { stage: 'session' } });
    expect((error as Error).message).toContain(name);
  });

  it.each([
    ['fails', 'select no_such_thing'],
    ['leaves a transaction open', 'begin'],
    ['does not end', 'select pg_sleep(30)', 'TIMEOUT'],
  ])('names the start-up SQL where it %s', async (_what, startupSql, code = 'INVALID_CONFIG') => {
    const id = await save({ options: { startupSql, connectTimeoutSec: 1 } });
    await expect(connect(id)).rejects.toMatchObject({
      code,
      envelope: { issues: [{ path: 'options.startupSql' }] },
    });
  });
});

describe('a password', () => {
  it('that is wrong does not take the place of the one that a live connection has proved', async () => {
    const id = await save();
    await connect(id);
    await connect(id, { password: 'wrong' });
    const runs = await Promise.all(
      ['a', 'b', 'c'].map((tab) => sidecar.run(id, tab, 'select pg_sleep(0.2)')),
    );
    expect(runs.map(({ ended }) => ended.outcome)).toEqual(['done', 'done', 'done']);
  });

  it('that is refused in the pool is tried once there, asked for, and what is live goes on', async () => {
    await server.query("create role pooled login password 'old'");
    const id = await save({ username: 'pooled' });
    await connect(id, { password: 'old' });
    await server.query("alter role pooled password 'new'");
    const holding = sidecar.run(id, 'a', 'select pg_sleep(1)');
    await sidecar.heard('query.runStarted', (params) => params.tabId === 'a');
    const refused = await Promise.all(['b', 'c'].map((tab) => sidecar.run(id, tab, 'select 1')));
    const codes = refused.map(({ ended }) => (ended.error as { code?: string } | undefined)?.code);
    expect(codes.filter((code) => code !== undefined)).toContain('AUTH_FAILED');
    const { promptId } = await sidecar.heard('credential.requested', (params) => params.connectionId === id);
    expect((await holding).ended.outcome).toBe('done');
    expect((await sidecar.call('connection.status', { id })).status).toBe('connected');
    await sidecar.call('credential.provide', { promptId: String(promptId), secret: 'new' });
    const again = await Promise.all(
      ['a', 'b', 'c'].map((tab) => sidecar.run(id, tab, 'select pg_sleep(0.2)')),
    );
    expect(again.map(({ ended }) => ended.outcome)).toEqual(['done', 'done', 'done']);
  });
});

it('stops connecting when the one who asked has cancelled the request', async () => {
  await proxy.setMode({ kind: 'blackhole' });
  const id = await save();
  let request = 0;
  const answer = sidecar.request(
    { method: 'connection.connect', params: { id } },
    (sent) => (request = sent),
  );
  await sidecar.heard('connection.statusChanged', (params) => params.status === 'connecting');
  sidecar.send({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: request } });
  expect((await answer).error?.code).toBe(-32800);
  expect((await sidecar.call('connection.status', { id })).status).toBe('disconnected');
});
