import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFaultyProxy, type FaultyProxy } from '../test/faultyProxy.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { SidecarProcess } from '../test/sidecarProcess.ts';
import { tempFolder } from '../test/tempFolder.ts';

/** What the design promises, with room for a noisy machine. */
const lossSeenMs = 1_000 + 4_000;
const silenceSeenMs = 8_000 + 4_000;
const backMs = 3_000 + 5_000;

let server: TestServer;
let proxy: FaultyProxy;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let sidecar: SidecarProcess;
let id: string;
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
  const { database, username, password } = server;
  const place = { host: proxy.host, port: proxy.port, database, username };
  const config = { ...place, name: `c${(names += 1)}`, credential: { source: 'session' } };
  id = (await sidecar.call('connection.save', { config, secrets: { password } })).config.id;
  await sidecar.call('connection.connect', { id });
});
afterEach(() => sidecar.end());

const events = () =>
  sidecar.notifications
    .filter(({ method, params }) => method === 'connection.statusChanged' && params.connectionId === id)
    .map(({ params }) => params);

/** The first status event after the first `from` ones that fits. */
const status = (wanted: string, from: number) =>
  sidecar.until(
    () =>
      events()
        .slice(from)
        .find((event) => event.status === wanted),
    `status ${wanted}`,
  );

async function begin(text: string): Promise<string> {
  const { runId } = await sidecar.call('query.run', { connectionId: id, tabId: 'tab', text });
  await sidecar.heard('query.runStarted', (params) => params.runId === runId);
  // Until it runs at the server: a statement that was never sent would not be lost.
  await expect
    .poll(
      async () =>
        (await server.query(`select 1 from pg_stat_activity where query = '${text}' and state = 'active'`))
          .length,
    )
    .toBe(1);
  return runId;
}

const ended = (runId: string) => sidecar.heard('query.runEnded', (params) => params.runId === runId);

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const from = performance.now();
  const value = await work;
  expect(performance.now() - from).toBeLessThan(limitMs);
  return value;
}

describe('a loss', () => {
  it('by a server that is killed and comes back is seen at once and mended without a word from the user', async () => {
    const runId = await begin('select pg_sleep(61)');
    const from = events().length;
    await server.stop('immediate');
    const lost = await within(lossSeenMs, ended(runId));
    expect(lost).toMatchObject({ outcome: 'lost', error: { outcome: 'unknown' } });
    const event = await status('reconnecting', from);
    expect(event).toMatchObject({ previous: 'connected', attempt: 1, error: { retry: 'auto' } });
    expect(event.nextRetryAt).toBeTypeOf('number');
    await sidecar.until(() => events().find(({ attempt }) => Number(attempt) >= 3), 'a third attempt');
    await server.restart();
    await within(backMs, status('connected', from));
    const { ended: again } = await sidecar.run(id, 'tab', 'select 1');
    expect(again.outcome).toBe('done');
  });

  it('in the midst of the start-up SQL is one of the link, and is tried again', async () => {
    const startupSql = 'select pg_sleep(0.7) /* on the way */';
    const row = await sidecar.call('connection.list', {});
    const config = row.connections.find((each) => each.config.id === id)?.config;
    await sidecar.call('connection.save', { config: { ...config, options: { startupSql } } });
    await sidecar.call('connection.disconnect', { id });
    await sidecar.call('connection.connect', { id });
    const from = events().length;
    proxy.reset();
    const starting = `select from pg_stat_activity where query = '${startupSql}' and state = 'active'`;
    await expect.poll(async () => (await server.query(starting)).length, { interval: 20 }).toBe(1);
    proxy.reset();
    await status('connected', from);
    expect(
      events()
        .slice(from)
        .map((event) => event.status),
    ).not.toContain('error');
  });

  it('by silence is seen by the heartbeat: idle, in flight, and newly sent', async () => {
    const runId = await begin('select pg_sleep(62)');
    const from = events().length;
    await proxy.setMode({ kind: 'blackhole' });
    const sent = sidecar.run(id, 'another tab', 'select 1');
    await within(silenceSeenMs, status('reconnecting', from));
    expect(await ended(runId)).toMatchObject({ outcome: 'lost', error: { code: 'CONNECTION_LOST' } });
    expect((await sent).ended.outcome).not.toBe('done');
    expect(events().slice(from)[0]?.status).toBe('degraded');
    await proxy.setMode({ kind: 'pass' });
    await within(backMs, status('connected', from));
  });

  it('by a cut is seen at once, and every statement ran at most once', async () => {
    await server.query('create table if not exists counted (run text)');
    const text = `insert into counted select '${id}' from pg_sleep(1)`;
    const { runId } = await sidecar.call('query.run', { connectionId: id, tabId: 'tab', text });
    const from = events().length;
    await sidecar.heard('query.runStarted', (params) => params.runId === runId);
    proxy.reset();
    await within(lossSeenMs, ended(runId));
    await within(backMs, status('connected', from));
    const rows = await server.query(`select 1 from counted where run = '${id}'`);
    expect(rows.length).toBeLessThanOrEqual(1);
  });
});

describe('what is no loss', () => {
  it('is a slow link: degraded, and the long query goes on', async () => {
    const runId = await begin('select pg_sleep(12)');
    const from = events().length;
    await proxy.setMode({ kind: 'latency', ms: 1_400 });
    const first = await status('degraded', from);
    expect(first.responseMs).toBeGreaterThan(1_000);
    const slower = (event: (typeof first)[]) =>
      event.find(({ previous, responseMs }) => previous === 'degraded' && Number(responseMs) > 2_000);
    await sidecar.until(() => slower(events().slice(from)), 'how slow it is');
    await proxy.setMode({ kind: 'pass' });
    expect(await ended(runId)).toMatchObject({ outcome: 'done' });
    expect(events().map((event) => event.status)).not.toContain('reconnecting');
    await status('connected', from);
  });

  it('is a process that was held for two seconds', async () => {
    const from = events().length;
    sidecar.child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    sidecar.child.kill('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(
      events()
        .slice(from)
        .map((event) => event.status),
    ).not.toContain('reconnecting');
  });

  it('is one backend that is ended: the run is lost, the connection stays', async () => {
    const runId = await begin('select pg_sleep(63)');
    await server.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(63)'",
    );
    expect(await ended(runId)).toMatchObject({ outcome: 'lost', error: { code: 'SERVER_TERMINATED' } });
    expect((await sidecar.run(id, 'tab', 'select 1')).ended).toMatchObject({ outcome: 'done' });
    expect(events().at(-1)?.status).toBe('connected');
  });
});

describe('another server behind the same address', () => {
  it('is noticed before anything is written, and written to once the user has said so', async () => {
    const other = await startPostgres({ own: true });
    try {
      await other.query('create table written (a int)');
      const from = events().length;
      proxy.setTarget(other);
      proxy.reset();
      const back = await status('connected', from);
      expect(back.info).toMatchObject({ identity: { known: true, writesHeld: true } });
      const { identity } = back.info as { identity: { changes: { what: string }[] } };
      expect(identity.changes.map(({ what }) => what)).toContain('systemIdentifier');
      const write = { connectionId: id, tabId: 'tab', text: 'insert into written values (1)' };
      await expect(sidecar.call('query.run', write)).rejects.toMatchObject({
        code: 'SERVER_IDENTITY_CHANGED',
      });
      expect((await sidecar.run(id, 'tab', 'select 1')).ended.outcome).toBe('done');
      expect(await other.query('select 1 from written')).toEqual([]);
      await sidecar.call('connection.acknowledgeIdentity', { id });
      expect((await sidecar.run(id, 'tab', write.text)).ended.outcome).toBe('done');
      expect((await other.query('select 1 from written')).length).toBe(1);
    } finally {
      proxy.setTarget(server);
      await other.close();
    }
  });
});

describe('on the way back', () => {
  it('Retry now does not wait, Stop stops, and Connect begins again', async () => {
    const from = events().length;
    await proxy.setMode({ kind: 'refuse' });
    proxy.reset();
    await sidecar.until(() => events().find(({ attempt }) => Number(attempt) >= 5), 'a fifth attempt');
    await sidecar.call('connection.stopRetry', { id });
    expect((await sidecar.call('connection.status', { id })).status).toBe('error');
    await proxy.setMode({ kind: 'pass' });
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect((await sidecar.call('connection.status', { id })).status).toBe('error');
    await sidecar.call('connection.connect', { id });
    expect(events().slice(from).at(-1)?.status).toBe('connected');
  });

  it('a password that was changed is tried once and asked for', async () => {
    const from = events().length;
    await server.query("create role changing login password 'old' superuser");
    const before = await sidecar.call('connection.status', { id });
    expect(before.status).toBe('connected');
    const { config } =
      (await sidecar.call('connection.list', {})).connections.find((row) => row.config.id === id) ?? {};
    await sidecar.call('connection.save', {
      config: { ...config, username: 'changing' },
      secrets: { password: 'old' },
    });
    await sidecar.call('connection.disconnect', { id });
    await sidecar.call('connection.connect', { id });
    await server.query("alter role changing password 'new'");
    proxy.reset();
    const stopped = await status('error', from);
    expect(stopped.error).toMatchObject({ code: 'AUTH_FAILED' });
    const { promptId } = await sidecar.heard('credential.requested', (params) => params.connectionId === id);
    const attempts = events().filter(
      ({ attempt, nextRetryAt }) => attempt !== undefined && nextRetryAt === undefined,
    );
    expect(attempts).toHaveLength(1);
    await sidecar.call('credential.provide', { promptId: String(promptId), secret: 'new' });
    expect((await sidecar.call('connection.status', { id })).status).toBe('connected');
  });
});
