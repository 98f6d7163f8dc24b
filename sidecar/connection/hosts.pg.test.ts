import { once } from 'node:events';
import { chown, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionDraft } from '#shared/connection/config.ts';
import type { ConnectionInfo } from '#shared/connection/status.ts';
import type { TestReport } from '#shared/connection/testReport.ts';
import { findFreePort } from '../embedded/freePort.ts';
import { startFaultyProxy, type FaultyProxy } from '../test/faultyProxy.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';
import { openTcp } from './endpoint.ts';

let primary: TestServer;
let standby: TestServer;
/** Before the two servers, so that it can be seen who was asked, and taken away. */
let first: FaultyProxy;
let second: FaultyProxy;
let stage: RunStage;
let folder: string;
const abstractName = `@hawser-test-${process.pid}`;

beforeAll(async () => {
  const hba = 'local all all scram-sha-256\nhost all all all scram-sha-256\n';
  [primary, standby] = await Promise.all([
    startPostgres({ hba, settings: { unix_socket_directories: `., ${abstractName}` } }),
    startPostgres({ hba, settings: { unix_socket_directories: '/tmp' } }),
  ]);
  folder = await dataFolder(primary);
  await makeStandby(standby);
  [first, second] = [await startFaultyProxy(primary), await startFaultyProxy(standby)];
  stage = await openRunStage(primary);
});
afterAll(async () => {
  await stage.close();
  await Promise.all([first.close(), second.close(), primary.close(), standby.close()]);
});

async function dataFolder(server: TestServer): Promise<string> {
  const [row] = await server.query<{ folder: string }>("select current_setting('data_directory') as folder");
  return String(row?.folder);
}

async function makeStandby(server: TestServer): Promise<void> {
  const data = await dataFolder(server);
  const signalFile = path.join(data, 'standby.signal');
  await writeFile(signalFile, '');
  const { uid, gid } = await stat(data);
  await chown(signalFile, uid, gid);
  await server.restart();
}

const draftOf = (draft: ConnectionDraft): ConnectionDraft => {
  const { database, username } = primary;
  return { database, username, credential: { source: 'session' }, tls: { mode: 'prefer' }, ...draft };
};
const test = (draft: ConnectionDraft, password = primary.password): Promise<TestReport> =>
  stage.connections.test(
    { config: draftOf(draft), secrets: { password } },
    { signal: new AbortController().signal, onStage: () => {} },
  );
const sessionFacts = ({ stages }: TestReport) => stages.find((each) => each.stage === 'session')?.facts;

/** Both, the primary first or second. */
const inOrder = () => `127.0.0.1:${first.port},127.0.0.1:${second.port}`;
const reversed = () => `127.0.0.1:${second.port},127.0.0.1:${first.port}`;

describe('of a primary and a standby', () => {
  it.each([
    ['any', inOrder, false],
    ['any', reversed, true],
    ['read-write', reversed, false],
    ['primary', reversed, false],
    ['read-only', inOrder, true],
    ['standby', inOrder, true],
    ['prefer-standby', inOrder, true],
  ] as const)('%s takes the right one', async (targetSessionAttrs, hosts, inRecovery) => {
    expect(sessionFacts(await test({ host: hosts(), targetSessionAttrs }))).toMatchObject({ inRecovery });
  });

  it('a session that Hawser makes read-only does not make a primary unfit for read-write', async () => {
    const draft = {
      host: reversed(),
      targetSessionAttrs: 'read-write',
      options: { readOnly: 'guarded' },
    } as const;
    expect(sessionFacts(await test(draft))).toMatchObject({ inRecovery: false });
  });

  it('prefer-standby takes the primary where there is no standby, and standby nobody, saying of each why', async () => {
    const host = `127.0.0.1:${first.port},localhost:${first.port}`;
    expect(sessionFacts(await test({ host, targetSessionAttrs: 'prefer-standby' }))).toMatchObject({
      inRecovery: false,
    });
    const { error } = await test({ host, targetSessionAttrs: 'standby' });
    expect(error).toMatchObject({ code: 'CONNECTION_REFUSED', reason: 'session_attrs', stage: 'session' });
    expect(error?.detail).toBe(
      [
        `127.0.0.1:${first.port}: 127.0.0.1:${first.port} is a primary that takes writes, and standby is asked for.`,
        `localhost:${first.port}: localhost:${first.port} is a primary that takes writes, and standby is asked for.`,
      ].join('\n'),
    );
  });
});

describe('the next host is tried', () => {
  it('after one that cannot be reached, whatever the reason', async () => {
    const good = `127.0.0.1:${first.port}`;
    for (const bad of ['no-such-host.invalid', '127.0.0.1:1', '/no/such/folder'])
      expect((await test({ host: `${bad},${good}` })).ok).toBe(true);
    await second.setMode({ kind: 'blackhole' });
    const report = await test({ host: reversed(), options: { connectTimeoutSec: 1 } });
    await second.setMode({ kind: 'pass' });
    expect(report.ok).toBe(true);
  });

  it('not after one that answers and refuses', async () => {
    const [before, other] = [first.accepted, second.accepted];
    expect((await test({ host: inOrder() }, 'wrong')).error).toMatchObject({ code: 'AUTH_FAILED' });
    expect(first.accepted - before).toBe(1);
    expect((await test({ host: inOrder(), database: 'none' })).error).toMatchObject({
      code: 'DATABASE_NOT_FOUND',
    });
    expect((await test({ host: inOrder(), tls: { mode: 'require' } })).error).toMatchObject({
      code: 'TLS_NOT_SUPPORTED',
    });
    expect(second.accepted).toBe(other);
  });

  it('and each is named where none can be reached', async () => {
    const { error } = await test({ host: '127.0.0.1:1,127.0.0.1:2' });
    expect(error).toMatchObject({ code: 'CONNECTION_REFUSED', stage: 'tcp' });
    expect(error?.detail).toBe(
      '127.0.0.1:1: Nothing listens at 127.0.0.1:1.\n127.0.0.1:2: Nothing listens at 127.0.0.1:2.',
    );
  });

  it('by the address that belongs to it', async () => {
    const hosts = { host: 'one.invalid,two.invalid', port: first.port };
    const report = await test({ ...hosts, hostaddr: '127.0.0.9,127.0.0.1' });
    expect(report.stages.find(({ stage: name }) => name === 'tcp')?.facts).toMatchObject({
      address: '127.0.0.1',
    });
  });

  it('and so is the next address of a name', async () => {
    const place = { host: 'db', port: primary.port };
    const opened = await openTcp(place, ['127.0.0.9', '127.0.0.1'], new AbortController().signal);
    opened.socket.destroy();
    expect(opened.address).toBe('127.0.0.1');
  });
});

it('comes back at another host when the one that it was at dies, and its pool with it', async () => {
  const options = { maxPoolSize: 3 };
  const { config } = await stage.connections.save(
    { name: 'pair', ...draftOf({ host: inOrder(), tls: { mode: 'disable' } }), options },
    { password: primary.password },
  );
  const { id } = config;
  const info = await stage.connections.connect(id, undefined);
  expect(info).toMatchObject({ inRecovery: false, reached: { port: first.port } });
  await first.setMode({ kind: 'refuse' });
  first.reset();
  const back = await stage.until((): ConnectionInfo | undefined => {
    const { status, info: now } = stage.connections.status(id);
    return status === 'connected' && now?.reached?.port === second.port ? now : undefined;
  });
  expect(back.inRecovery).toBe(true);
  const { rows } = await stage.run('select pg_is_in_recovery()', { connectionId: id, tabId: 'pair' });
  expect(rows).toEqual([[['t']]]);
  await stage.connections.disconnect(id);
  await first.setMode({ kind: 'pass' });
});

it('is told that a standby was made the primary, and back, of one and the same server', async () => {
  const { password, port } = standby;
  const { config } = await stage.connections.save(
    { name: 'moving', ...draftOf({ host: '127.0.0.1', port, tls: { mode: 'disable' } }) },
    { password },
  );
  const changes = async () => {
    const options = { signal: new AbortController().signal, onStage: () => {} };
    const { ok, last } = await stage.connections.test({ config, secrets: {} }, options);
    expect(ok).toBe(true);
    // How long each stage took is up to the machine.
    return last?.changes.filter(({ what }) => what !== 'time');
  };
  expect(await changes()).toBeUndefined();
  await standby.query('select pg_promote(true, 60)');
  expect(await changes()).toEqual([{ what: 'role', stage: 'session', before: 'standby', after: 'primary' }]);
  expect(await changes(), 'known by now').toEqual([]);
  await makeStandby(standby);
  expect(await changes()).toEqual([{ what: 'role', stage: 'session', before: 'primary', after: 'standby' }]);
});

describe('where nothing listens on this computer', () => {
  /** A server that is reached by its socket alone. */
  const socketOnly = async () => {
    const port = await findFreePort();
    const file = `/tmp/.s.PGSQL.${port}`;
    const server = createServer((socket) => {
      const onward = connect(`${folder}/.s.PGSQL.${primary.port}`);
      pipeline(socket, onward, socket, () => {});
    });
    await once(server.listen(file), 'listening');
    return { port, close: () => new Promise((resolve) => server.close(resolve)) };
  };

  it('the servers that do answer are offered, by TCP, else by their socket, and no socket that was left', async () => {
    const alone = await socketOnly();
    const leftPort = await findFreePort();
    const left = `/tmp/.s.PGSQL.${leftPort}`;
    await writeFile(left, '');
    try {
      const { error, places } = await test({ host: '127.0.0.1', port: leftPort });
      expect(error).toMatchObject({ code: 'CONNECTION_REFUSED' });
      expect(places).toContainEqual({ host: 'localhost', port: standby.port });
      expect(places).toContainEqual({ host: '/tmp', port: alone.port });
      expect(places?.map(({ port }) => port)).not.toContain(leftPort);
      expect((await test({ host: '/tmp', port: alone.port })).error, 'what is offered works').toBeUndefined();
      const noSocket = await test({ host: '/no/such/folder', port: 5432 });
      expect(noSocket.places).toContainEqual({ host: '/tmp', port: alone.port });
      expect((await test({ host: '127.0.0.9', port: leftPort })).places, 'of all 127.x').toBeDefined();
      expect((await test({ host: 'no-such-host.invalid', port: leftPort })).places).toBeUndefined();
    } finally {
      await Promise.all([alone.close(), rm(left)]);
    }
  });
});

describe('a unix socket', () => {
  it('is found in its folder, and is never asked for TLS', async () => {
    for (const mode of ['prefer', 'verify-full'] as const) {
      const report = await test({ host: folder, port: primary.port, tls: { mode } });
      expect(report.error).toBeUndefined();
      expect(report.stages.find(({ stage: name }) => name === 'tls')).toMatchObject({ status: 'skipped' });
    }
  });

  it('that is not there is named whole', async () => {
    const { error } = await test({ host: '/no/such/folder', port: 5432 });
    expect(error).toMatchObject({
      code: 'SOCKET_NOT_FOUND',
      message: 'There is no server socket at /no/such/folder/.s.PGSQL.5432.',
    });
  });

  it('in the abstract namespace is reached, or it is said that this may not be possible', async () => {
    const report = await test({ host: abstractName, port: primary.port });
    // Which of the two depends on the version of Node alone: the server listens there.
    if (!report.ok)
      expect(report.error).toMatchObject({
        code: 'SOCKET_NOT_FOUND',
        message: `No server was reached at the abstract socket ${abstractName}/.s.PGSQL.${primary.port}.`,
      });
  });
});
