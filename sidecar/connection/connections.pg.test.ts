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
  folder = await tempFolder();
});
afterAll(async () => {
  await proxy.close();
  await server.close();
  await folder.remove();
});

beforeEach(async () => {
  await proxy.setMode({ kind: 'pass' });
  sidecar = new SidecarProcess(folder.path);
  await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'w' });
});
afterEach(() => sidecar.end());

async function save(options: object = {}, port = server.port): Promise<string> {
  const { host, database, username, password } = server;
  const config = {
    name: `c${(names += 1)}`,
    host,
    port,
    database,
    username,
    options,
    credential: { source: 'session' },
  };
  const saved = await sidecar.call('connection.save', { config, secrets: { password } });
  return saved.config.id;
}

const statusOf = async (id: string) => (await sidecar.call('connection.status', { id })).status;
const statuses = (id: string) =>
  sidecar.notifications
    .filter(({ method, params }) => method === 'connection.statusChanged' && params.connectionId === id)
    .map(({ params }) => params.status);
const connect = (id: string) => sidecar.call('connection.connect', { id });
const disconnect = (id: string) => sidecar.call('connection.disconnect', { id });
const backends = async (name: string) => {
  const sql = 'select pid, state_change from pg_stat_activity where application_name = $1 order by pid';
  return server.query<{ pid: number; state_change: Date }>(sql, { values: [name] });
};
const backendCount = async (name: string) => (await backends(name)).length;

describe('connect and disconnect', () => {
  it('are idempotent', async () => {
    const id = await save();
    const [first, second] = await Promise.all([connect(id), connect(id)]);
    expect(second.info).toEqual(first.info);
    expect((await connect(id)).info).toEqual(first.info);
    await Promise.all([disconnect(id), disconnect(id)]);
    await disconnect(id);
    expect(statuses(id)).toEqual(['connecting', 'connected', 'disconnected']);
  });

  it('happen in the order in which they were asked, and never stick', async () => {
    const id = await save({ applicationName: 'in order' });
    const asked = [];
    for (let round = 0; round < 10; round += 1)
      asked.push(
        connect(id).catch(() => {}),
        disconnect(id),
      );
    asked.push(connect(id));
    await Promise.all(asked);
    expect(await statusOf(id)).toBe('connected');
    await disconnect(id);
    await expect.poll(() => backendCount('in order'), { timeout: 5_000 }).toBe(0);
  });

  it('ends an attempt under way, also where nobody answers', async () => {
    await proxy.setMode({ kind: 'blackhole' });
    const id = await save({}, proxy.port);
    const connecting = connect(id).catch((error: unknown) => error);
    await sidecar.heard('connection.statusChanged', (params) => params.connectionId === id);
    const from = performance.now();
    await disconnect(id);
    expect(performance.now() - from).toBeLessThan(4_000);
    expect(await connecting).toMatchObject({ code: 'CANCELLED' });
    expect(await statusOf(id)).toBe('disconnected');
  });

  it('settles what runs when it disconnects, whatever the network does', async () => {
    const id = await save({}, proxy.port);
    await connect(id);
    const { runId } = await sidecar.call('query.run', {
      connectionId: id,
      tabId: 't',
      text: 'select pg_sleep(60)',
    });
    await sidecar.heard('query.runStarted', (params) => params.runId === runId);
    await proxy.setMode({ kind: 'blackhole' });
    const from = performance.now();
    await disconnect(id);
    expect(performance.now() - from).toBeLessThan(4_000);
    const ended = await sidecar.heard('query.runEnded', (params) => params.runId === runId);
    expect(ended.outcome).not.toBe('done');
  });
});

describe('switch', () => {
  it('goes through switching to the target, and an earlier switch gives way to a later one', async () => {
    const [a, b] = [await save(), await save()];
    const first = sidecar.call('connection.switch', { id: a }).catch((error: unknown) => error);
    const second = await sidecar.call('connection.switch', { id: b });
    expect(second.session).toMatchObject({
      connectionId: b,
      status: 'connected',
      activeDatabase: server.database,
    });
    expect(await first).toMatchObject({ code: 'CANCELLED' });
    const { snapshot } = await sidecar.call('session.snapshot', {});
    expect(snapshot.session).toMatchObject({ connectionId: b, status: 'connected' });
  });

  it('to where the window is already changes nothing that is live', async () => {
    const id = await save();
    await sidecar.call('connection.switch', { id });
    const { info } = await sidecar.call('connection.status', { id });
    await sidecar.call('connection.switch', { id });
    expect((await sidecar.call('connection.status', { id })).info).toEqual(info);
  });

  it('keeps the one before connected, unless one at a time is asked for', async () => {
    const [a, b] = [await save(), await save()];
    await sidecar.call('connection.switch', { id: a });
    await sidecar.call('connection.switch', { id: b });
    expect(await statusOf(a)).toBe('connected');
    await sidecar.call('settings.update', { patch: { exclusive: true } });
    await sidecar.call('connection.switch', { id: a });
    expect(await statusOf(b)).toBe('disconnected');
    await sidecar.call('settings.update', { patch: { exclusive: false } });
  });

  it('that fails says why, and the session mirrors it', async () => {
    const id = await save({ connectTimeoutSec: 1 }, 1);
    await expect(sidecar.call('connection.switch', { id })).rejects.toMatchObject({
      code: 'CONNECTION_REFUSED',
    });
    const { snapshot } = await sidecar.call('session.snapshot', {});
    expect(snapshot.session).toMatchObject({
      connectionId: id,
      status: 'error',
      lastError: { code: 'CONNECTION_REFUSED' },
    });
  });
});

describe('the pool', () => {
  it('never has more backends than its size, control connection included, with 40 tabs at once', async () => {
    const id = await save({ applicationName: 'forty tabs', maxPoolSize: 5 });
    await connect(id);
    let most = 0;
    const watching = setInterval(
      () => void backendCount('forty tabs').then((now) => (most = Math.max(most, now))),
      50,
    );
    const runs = Array.from({ length: 40 }, (_, tab) =>
      sidecar.run(id, `tab-${tab}`, 'select pg_sleep(0.2)'),
    );
    const outcomes = (await Promise.all(runs)).map(({ ended }) => ended.outcome);
    clearInterval(watching);
    expect(outcomes).toEqual(Array.from({ length: 40 }, () => 'done'));
    expect(most).toBeGreaterThan(3);
    expect(most).toBeLessThanOrEqual(5);
    const waited = sidecar.notifications.find(({ method }) => method === 'query.waiting');
    expect(waited?.params.busy).toBe(4);
  });

  it('tells when none came free in time', async () => {
    const id = await save({ maxPoolSize: 2, poolWaitMs: 300 });
    await connect(id);
    const busy = sidecar.run(id, 'a', 'select pg_sleep(2)');
    await sidecar.heard('query.runStarted', (params) => params.tabId === 'a');
    const { ended } = await sidecar.run(id, 'b', 'select 1');
    expect(ended).toMatchObject({ outcome: 'failed', error: { code: 'POOL_EXHAUSTED' } });
    expect((await busy).ended.outcome).toBe('done');
  });

  it('gives every backend its settings, and a clean one to each who takes it', async () => {
    const options = {
      applicationName: 'with settings',
      statementTimeoutMs: 12_345,
      lockTimeoutMs: 2_345,
      idleInTransactionTimeoutMs: 3_456,
      readOnly: 'guarded',
      searchPath: 'pg_catalog, "odd name"',
      timeZone: 'Asia/Tokyo',
      maxPoolSize: 3,
    };
    const id = await save(options);
    await connect(id);
    const text = `select current_setting('application_name'), current_setting('statement_timeout'),
      current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'),
      current_setting('default_transaction_read_only'), current_setting('search_path'), current_setting('TimeZone')
      from pg_sleep(0.3)`;
    const runs = await Promise.all(['a', 'b'].map((tab) => sidecar.run(id, tab, text)));
    for (const { started } of runs)
      expect((started[0]?.firstRows as string[][])[0]).toEqual([
        'with settings',
        '12345ms',
        '2345ms',
        '3456ms',
        'on',
        'pg_catalog, "odd name"',
        'Asia/Tokyo',
      ]);
    const { ended } = await sidecar.run(id, 'a', 'create table refused (a int)');
    expect(ended).toMatchObject({ outcome: 'failed', error: { code: 'READ_ONLY_VIOLATION' } });
  });

  it('runs in another database of the same server, and says where there is none', async () => {
    await server.query('create database second');
    const id = await save({ maxPoolSize: 2 });
    await connect(id);
    for (const database of ['second', server.database, 'second']) {
      const { started } = await sidecar.run(id, 't', 'select current_database()', { database });
      expect(started[0]?.firstRows).toEqual([[database]]);
    }
    const { ended } = await sidecar.run(id, 't', 'select 1', { database: 'nowhere' });
    expect(ended).toMatchObject({ outcome: 'failed', error: { code: 'DATABASE_NOT_FOUND' } });
  });

  it('pings what lies idle, all of it', async () => {
    const name = 'kept alive';
    const id = await save({ keepaliveIntervalSec: 1, applicationName: name });
    await connect(id);
    await Promise.all(['a', 'b', 'c'].map((tab) => sidecar.run(id, tab, 'select pg_sleep(0.2)')));
    const before = await backends(name);
    expect(before.length).toBe(4);
    // All but the control connection, which has a beat of its own to come.
    const pinged = async () => {
      const now = await backends(name);
      return now.filter(({ state_change }, index) => state_change > (before[index]?.state_change ?? 0))
        .length;
    };
    await expect.poll(pinged, { timeout: 10_000 }).toBe(3);
  });

  it('tells its share of what the server has, and gives back what lies idle', async () => {
    const id = await save({ applicationName: 'on a budget' });
    await connect(id);
    await Promise.all(['a', 'b', 'c'].map((tab) => sidecar.run(id, tab, 'select pg_sleep(0.2)')));
    const budget = await sidecar.call('connection.budget', { id });
    expect(budget.own).toBe(await backendCount('on a budget'));
    expect(budget.used).toBeGreaterThanOrEqual(budget.own);
    const [settings] = await server.query<{ max: number }>(
      "select current_setting('max_connections')::int as max",
    );
    expect(budget.allowed + budget.reserved).toBe(settings?.max);
    // Backends are given back after their runs have ended, so the last may still be on its way.
    await expect
      .poll(async () => (await sidecar.call('connection.closeIdle', { id })).closed)
      .toBeGreaterThan(0);
    await expect.poll(() => backendCount('on a budget')).toBe(1);
    expect((await sidecar.run(id, 'a', 'select 1')).ended.outcome).toBe('done');
  });

  it('opens anew what was ended while it lay idle', async () => {
    const id = await save({ applicationName: 'ended idle' });
    await connect(id);
    const lookedFor = "application_name = 'ended idle' and query ilike 'discard all'";
    const killed = await server.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where ${lookedFor}`,
    );
    expect(killed.length).toBe(1);
    // Its end is heard of in a turn of the sidecar's loop before the run: else the statement is sent, and lost.
    const left = () => server.query(`select from pg_stat_activity where ${lookedFor}`);
    await expect.poll(async () => (await left()).length).toBe(0);
    await sidecar.call('host.ping', {});
    const { ended } = await sidecar.run(id, 't', 'select 1');
    expect(ended.outcome).toBe('done');
    expect(await statusOf(id)).toBe('connected');
  });
});
