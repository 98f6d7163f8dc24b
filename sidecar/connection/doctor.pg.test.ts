import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '#shared/error/codes.ts';
import { stagesOver } from '#shared/connection/stages.ts';
import type { StageReport, TestReport } from '#shared/connection/testReport.ts';
import { openDeafPort } from '../test/deafPort.ts';
import { startFaultyProxy } from '../test/faultyProxy.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';

let server: TestServer;
let stage: RunStage;
/** Takes every connection and never says a word. */
let mute: Server;
let deaf: Awaited<ReturnType<typeof openDeafPort>>;
let closedPort: number;

const portOf = (listener: Server) => (listener.address() as AddressInfo).port;

async function listen(): Promise<Server> {
  const listener = createServer((socket) => socket.on('error', () => {}));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return listener;
}

beforeAll(async () => {
  server = await startPostgres({
    hba: 'host all rejected 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 scram-sha-256\n',
  });
  for (const sql of [
    `create role plain login password '${server.password}'`,
    'create role boss nologin',
    'create database private',
    'revoke connect on database private from public',
    'create database closed allow_connections false',
  ])
    await server.query(sql);
  stage = await openRunStage(server);
  mute = await listen();
  deaf = await openDeafPort();
  const gone = await listen();
  closedPort = portOf(gone);
  gone.close();
});
afterAll(async () => {
  await stage.close();
  await deaf.close();
  mute.close();
  await server.close();
});

const draft = (more: object = {}) => {
  const { host, port, database, username } = server;
  const place = { host, port, database, username, tls: { mode: 'disable' } };
  return { ...place, credential: { source: 'session' }, options: { connectTimeoutSec: 1 }, ...more };
};

interface TestOptions {
  password?: string;
  signal?: AbortSignal;
  onStage?: (report: StageReport) => void;
}

function test(more: object, given: TestOptions = {}): Promise<TestReport> {
  const { password = server.password, signal = new AbortController().signal, onStage = () => {} } = given;
  const secrets = password === '' ? {} : { password };
  return stage.connections.test({ config: draft(more), secrets }, { signal, onStage });
}

/** Those of tests: the run stage has a connection of its own. */
const backends = async (): Promise<unknown[]> =>
  server.query("select pid from pg_stat_activity where application_name = 'doctor'");

interface Case {
  name: string;
  more: () => object;
  password?: string;
  at: string;
  code: ErrorCode;
  /** What the error offers. */
  action?: string;
  also?: object;
}

const cases: Case[] = [
  {
    name: 'a name that nobody knows',
    more: () => ({ host: 'no-such-host.invalid' }),
    at: 'resolve',
    code: 'DNS_NOT_FOUND',
    action: 'edit',
  },
  {
    name: 'a port where nothing listens',
    more: () => ({ port: closedPort }),
    at: 'tcp',
    code: 'CONNECTION_REFUSED',
    action: 'edit',
  },
  {
    name: 'a port that drops every packet',
    more: () => ({ port: deaf.port }),
    at: 'tcp',
    code: 'TIMEOUT',
    action: 'retry',
  },
  {
    name: 'an address that no way leads to',
    more: () => ({ host: '224.0.0.1' }),
    at: 'tcp',
    code: 'NETWORK_UNREACHABLE',
    action: 'retry',
  },
  {
    name: 'a socket that is not there',
    more: () => ({ host: '/nowhere/at/all' }),
    at: 'tcp',
    code: 'SOCKET_NOT_FOUND',
    action: 'edit',
  },
  {
    name: 'a server without TLS',
    more: () => ({ tls: { mode: 'require' } }),
    at: 'tls',
    code: 'TLS_NOT_SUPPORTED',
  },
  {
    name: 'a port that takes the request for TLS and says nothing',
    more: () => ({ port: portOf(mute), tls: { mode: 'require' } }),
    at: 'tls',
    code: 'TIMEOUT',
    action: 'retry',
  },
  {
    name: 'a port that takes the login and says nothing',
    more: () => ({ port: portOf(mute) }),
    at: 'authenticate',
    code: 'TIMEOUT',
    action: 'retry',
  },
  {
    name: 'a wrong password',
    more: () => ({}),
    password: 'wrong',
    at: 'authenticate',
    code: 'AUTH_FAILED',
    action: 'enterPassword',
  },
  {
    name: 'no password',
    more: () => ({}),
    password: '',
    at: 'authenticate',
    code: 'CREDENTIAL_REQUIRED',
    action: 'enterPassword',
  },
  {
    name: 'an unknown user',
    more: () => ({ username: 'nobody here' }),
    at: 'authenticate',
    code: 'AUTH_FAILED',
    action: 'enterPassword',
  },
  {
    name: 'a user whom the rules of the server refuse',
    more: () => ({ username: 'rejected', tls: { mode: 'prefer' } }),
    at: 'authenticate',
    code: 'AUTH_REJECTED',
    action: 'copyDetails',
  },
  {
    name: 'a user whom the rules may take with TLS',
    more: () => ({ username: 'rejected' }),
    at: 'authenticate',
    code: 'AUTH_NEEDS_TLS',
    action: 'enableTls',
  },
  {
    name: 'a database that does not exist',
    more: () => ({ database: 'nowhere' }),
    at: 'database',
    code: 'DATABASE_NOT_FOUND',
    action: 'chooseDatabase',
    also: { databases: ['postgres', 'private'] },
  },
  {
    name: 'a database that this user may not open',
    more: () => ({ database: 'private', username: 'plain' }),
    at: 'database',
    code: 'PERMISSION_DENIED',
    action: 'copyGrant',
    also: { databases: ['postgres'] },
  },
  {
    name: 'a database that takes no connections',
    more: () => ({ database: 'closed' }),
    at: 'database',
    code: 'PERMISSION_DENIED',
    action: 'chooseDatabase',
    also: { databases: ['postgres', 'private'] },
  },
  {
    name: 'a setting that the server does not take',
    more: () => ({ options: { timeZone: 'Mars/Olympus' } }),
    at: 'session',
    code: 'STARTUP_PARAMETER',
    action: 'edit',
    also: { error: { issues: [{ path: 'options.timeZone' }] } },
  },
  {
    name: 'a role that this user may not take on',
    more: () => ({ username: 'plain', options: { role: 'boss' } }),
    at: 'session',
    code: 'STARTUP_PARAMETER',
    action: 'edit',
    also: { error: { issues: [{ path: 'options.role' }] } },
  },
  {
    name: 'start-up SQL that fails',
    more: () => ({ options: { startupSql: 'select 1 / 0' } }),
    at: 'session',
    code: 'INVALID_CONFIG',
    action: 'edit',
    also: { error: { issues: [{ path: 'options.startupSql' }], sqlstate: '22012' } },
  },
  {
    name: 'start-up SQL that does not end',
    more: () => ({ options: { connectTimeoutSec: 1, startupSql: 'select pg_sleep(60)' } }),
    at: 'session',
    code: 'TIMEOUT',
    action: 'edit',
  },
];

describe('a failing stage', () => {
  it.each(cases)('$name: $at, $code', async ({ more, password, at, code, action, also = {} }) => {
    const told: StageReport[] = [];
    const { options, ...rest } = more() as { options?: object };
    const asked = { ...rest, options: { connectTimeoutSec: 1, applicationName: 'doctor', ...options } };
    const report = await test(asked, {
      onStage: (each) => void told.push(each),
      ...(password === undefined ? {} : { password }),
    });
    expect(report).toMatchObject({ ok: false, error: { code, stage: at }, ...also });
    if (action !== undefined) expect(report.error?.actions.map(({ id }) => id)).toContain(action);
    const stages = stagesOver(0);
    expect(report.stages.map(({ stage: name }) => name)).toEqual(stages);
    const states = report.stages.map(({ status }) => status);
    expect(states.indexOf('failed')).toBe(stages.indexOf(at));
    const before = report.stages.slice(0, stages.indexOf(at));
    const without = before.filter(({ status }) => status !== 'ok').map(({ stage: name }) => name);
    expect(without, 'TLS alone may be left out').toEqual(without.length === 0 ? [] : ['tls']);
    expect(new Set(states.slice(stages.indexOf(at) + 1)).has('ok'), 'nothing after it').toBe(false);
    // What was told while it ran is what stands in the report.
    const last = new Map(told.map((each) => [each.stage, each]));
    expect(report.stages).toEqual(stages.map((name) => last.get(name)));
    expect(JSON.stringify(report)).not.toContain(server.password);
    await expect.poll(backends).toEqual([]);
  });
});

describe('a test that is stopped', () => {
  it.each([
    ['tcp', () => ({ port: deaf.port })],
    ['tls', () => ({ port: portOf(mute), tls: { mode: 'require' } })],
    ['authenticate', () => ({ port: portOf(mute) })],
    ['session', () => ({ options: { startupSql: 'select pg_sleep(60)' } })],
  ])('at %s ends at once and leaves nothing behind', async (at, more) => {
    const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    const before = sockets();
    const { options, ...rest } = more() as { options?: object };
    const stopping = new AbortController();
    const reached = stagesOver(0)[stagesOver(0).indexOf(at) - 1];
    let onReached = (): void => {};
    const isReached = new Promise<void>((resolve) => (onReached = resolve));
    const testing = test(
      { ...rest, options: { connectTimeoutSec: 60, applicationName: 'doctor', ...options } },
      { signal: stopping.signal, onStage: (each) => (each.stage === reached ? onReached() : undefined) },
    ).catch((error: unknown) => error);
    await isReached;
    if (at === 'session') await expect.poll(async () => (await backends()).length).toBe(1);
    const from = performance.now();
    stopping.abort();
    expect(await testing).toMatchObject({ code: 'CANCELLED' });
    expect(performance.now() - from).toBeLessThan(2_000);
    // A server takes its time with what it has heard.
    await expect.poll(backends, { timeout: 10_000 }).toEqual([]);
    await expect.poll(sockets).toBeLessThanOrEqual(before);
  });
});

describe('a stored connection', () => {
  it('is compared with the last time that it worked, by whom or what answers now', async () => {
    const other = await startPostgres({ own: true });
    const proxy = await startFaultyProxy(server);
    try {
      const place = { host: proxy.host, port: proxy.port, username: server.username };
      const tls = { mode: 'disable' };
      const definition = { ...place, tls, name: 'kept', credential: { source: 'session' } };
      const { password } = server;
      const { config } = await stage.connections.save(definition, { password });
      const test = () =>
        stage.connections.test(
          { config, secrets: {} },
          { signal: new AbortController().signal, onStage: () => {} },
        );
      expect((await test()).last, 'it has never worked').toBeUndefined();
      expect((await test()).last?.changes, 'as the test before').toEqual([]);
      const before = Date.now();
      await stage.connections.connect(config.id, undefined);
      await stage.connections.disconnect(config.id);
      proxy.setTarget(other);
      await other.query(`alter role postgres password '${password}'`);
      const report = await test();
      expect(report.ok).toBe(true);
      expect(report.last?.at).toBeGreaterThanOrEqual(before);
      expect(report.last?.changes).toMatchObject([{ what: 'server', stage: 'session' }]);
      const [change] = report.last?.changes ?? [];
      const identities = [server, other].map((each) =>
        each.query<{ id: string }>('select system_identifier::text as id from pg_control_system()'),
      );
      const [[old], [found]] = (await Promise.all(identities)) as [[{ id: string }], [{ id: string }]];
      expect([change?.before, change?.after]).toEqual([old.id, found.id]);
    } finally {
      await proxy.close();
      await other.close();
    }
  });

  it('is not remembered by what a form holds under its id', async () => {
    const { config } = await stage.connections.save(
      { ...draft(), name: 'edited' },
      { password: server.password },
    );
    const form = { ...config, username: 'plain' };
    const signal = new AbortController().signal;
    for (let round = 0; round < 2; round += 1) {
      const report = await stage.connections.test(
        { config: form, secrets: { password: server.password } },
        { signal, onStage: () => {} },
      );
      expect(report).toMatchObject({ ok: true });
      expect(report.last).toBeUndefined();
    }
  });
});
