import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { methods } from '#shared/contract/methods.ts';
import { notifications } from '#shared/contract/notifications.ts';
import type { NotificationName } from '#shared/contract/derive.ts';
import * as z from 'zod';
import { startPostgres, type TestServer } from './test/postgresServer.ts';
import { SidecarProcess } from './test/sidecarProcess.ts';
import { tempFolder } from './test/tempFolder.ts';

let server: TestServer;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let sidecar: SidecarProcess;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

beforeEach(async () => {
  folder = await tempFolder();
  sidecar = new SidecarProcess(folder.path);
});
afterEach(async () => {
  await sidecar.end();
  await folder.remove();
});

const attach = (token?: string) =>
  sidecar.call('session.attach', { protocolVersion: 1, windowId: 'window-1', ...(token ? { token } : {}) });

const draft = (more: object = {}) => ({
  name: 'test',
  host: server.host,
  port: server.port,
  database: server.database,
  username: server.username,
  credential: { source: 'session' },
  ...more,
});

async function save(
  more: object = {},
  secrets: object | undefined = { password: server.password },
): Promise<string> {
  const { config } = await sidecar.call('connection.save', { config: draft(more), secrets });
  return config.id;
}

/** A port where somebody listens and acts as told. */
async function listening(act: (socket: Socket) => void): Promise<{ port: number; server: Server }> {
  const listener = createServer((socket) => {
    socket.on('error', () => {});
    act(socket);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return { port: (listener.address() as { port: number }).port, server: listener };
}

describe('the door', () => {
  it('answers only a ping and an attach before anybody is attached', async () => {
    expect(await sidecar.call('host.ping', {})).toHaveProperty('at');
    await expect(sidecar.call('connection.list', {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(sidecar.call('session.snapshot', {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await attach()).toMatchObject({ outcome: 'admitted', revision: 0 });
    expect(await sidecar.call('connection.list', {})).toHaveProperty('connections');
  });

  it('refuses another version of the protocol before anything is touched', async () => {
    const result = await sidecar.call('session.attach', { protocolVersion: 2, windowId: 'w' });
    expect(result).toEqual({ outcome: 'failed', reason: 'VERSION_MISMATCH' });
    await expect(sidecar.call('connection.list', {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('lets a window return by its token and find what it left', async () => {
    const { token } = await attach();
    const id = await save();
    await sidecar.call('connection.connect', { id });
    const { runId } = await sidecar.run(id, 'tab-1', 'select 1 as one');
    await sidecar.call('session.detach', {});
    const back = await attach(token);
    expect(back.outcome).toBe('admitted');
    expect(back.snapshot?.runs.map((each) => each.runId)).toEqual([runId]);
    expect(back.snapshot?.connections.find(({ config }) => config.id === id)?.status).toBe('connected');
    expect(await attach('of nobody')).toMatchObject({ outcome: 'failed', reason: 'TOKEN_EXPIRED' });
  });

  it('gives every notification the next revision, in the shape of the contract', async () => {
    await attach();
    const id = await save();
    await sidecar.call('connection.switch', { id });
    await sidecar.run(id, 'tab-1', "do $$ begin raise notice 'x'; end $$; select 1; select wrong");
    await sidecar.call('settings.update', { patch: { theme: 'dark' } });
    await sidecar.call('connection.disconnect', { id });
    const heard = sidecar.notifications;
    expect(heard.length).toBeGreaterThan(10);
    expect(heard.map(({ params }) => params.revision)).toEqual(heard.map((_, index) => index + 1));
    for (const { method, params } of heard) {
      const schema = notifications[method as NotificationName].extend({ revision: z.int() });
      expect(schema.safeParse(params).error, method).toBeUndefined();
    }
    const { snapshot } = await sidecar.call('session.snapshot', {});
    expect(snapshot.revision).toBe(heard.length);
    expect(methods['session.snapshot'].result.safeParse({ snapshot }).error).toBeUndefined();
  });
});

describe('requests', () => {
  it('are refused by the standard codes', async () => {
    await attach();
    const code = async (method: string, params: unknown) =>
      (await sidecar.request({ method, params })).error?.code;
    expect(await code('no.such', {})).toBe(-32601);
    expect(await code('connection.status', { id: 5 })).toBe(-32602);
    expect(await code('connection.status', { id: 'x', more: 1 })).toBe(-32602);
    expect(await code('connection.status', [])).toBe(-32602);
    expect(await code('connection.status', { id: 'of-nothing' })).toBe(-32000);
  });

  it('can be cancelled', async () => {
    await attach();
    const silent = await listening(() => {});
    let id = 0;
    const answer = sidecar.request(
      { method: 'connection.test', params: { config: draft({ port: silent.port }) } },
      (sent) => (id = sent),
    );
    sidecar.send({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id } });
    expect((await answer).error?.code).toBe(-32800);
    silent.server.close();
  });
});

describe('connecting', () => {
  it('goes the whole way: save, test, connect, run, rows, cancel, disconnect', async () => {
    await attach();
    const id = await save();
    const report = await sidecar.call('connection.test', {
      config: draft(),
      secrets: { password: server.password },
      testId: 't',
    });
    expect(report.error).toBeUndefined();
    expect(report).toMatchObject({ ok: true });
    expect(report.stages.map(({ stage }) => stage)).toEqual([
      'resolve',
      'tcp',
      'tls',
      'authenticate',
      'database',
      'session',
    ]);
    expect(sidecar.notifications.filter(({ method }) => method === 'connection.testProgress')).toHaveLength(
      6,
    );
    const { info } = await sidecar.call('connection.connect', { id });
    expect(info).toMatchObject({
      currentDatabase: server.database,
      currentUser: server.username,
      encrypted: false,
    });
    const { started, ended } = await sidecar.run(
      id,
      'tab-1',
      "select n, null, '' from generate_series(1, 1000) n",
    );
    expect(ended).toMatchObject({ outcome: 'done', transactionStatus: 'I' });
    const resultId = String(started[0]?.resultId);
    const { rows, rowCount, complete } = await sidecar.call('query.rows', {
      resultId,
      offset: 997,
      limit: 100,
    });
    expect({ rows, rowCount, complete }).toEqual({
      rows: [
        ['998', null, ''],
        ['999', null, ''],
        ['1000', null, ''],
      ],
      rowCount: 1000,
      complete: true,
    });
    const { runId } = await sidecar.call('query.run', {
      connectionId: id,
      tabId: 'tab-1',
      text: 'select pg_sleep(60)',
    });
    expect(await sidecar.call('query.cancel', { runId })).toEqual({ settled: true });
    expect(await sidecar.heard('query.runEnded', (params) => params.runId === runId)).toMatchObject({
      outcome: 'cancelled',
    });
    await sidecar.call('connection.disconnect', { id });
    expect(await sidecar.call('connection.status', { id })).toEqual({ status: 'disconnected' });
    await expect(
      sidecar.call('query.run', { connectionId: id, tabId: 'tab-1', text: 'select 1' }),
    ).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });

  it('names each failure by its code, in the test and in the connect', async () => {
    await attach();
    const silent = await listening(() => {});
    const web = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const free = await listening(() => {});
    free.server.close();
    const wrong: [object, object, string][] = [
      [{}, { password: 'wrong' }, 'AUTH_FAILED'],
      [{}, {}, 'CREDENTIAL_REQUIRED'],
      [{ database: 'nowhere' }, { password: server.password }, 'DATABASE_NOT_FOUND'],
      [{ port: free.port }, {}, 'CONNECTION_REFUSED'],
      [{ host: 'no-such-host.invalid', tls: { mode: 'disable' } }, {}, 'DNS_NOT_FOUND'],
      [{ port: silent.port, options: { connectTimeoutSec: 1 } }, {}, 'TIMEOUT'],
      [{ port: silent.port, options: { connectTimeoutSec: 1 }, tls: { mode: 'disable' } }, {}, 'TIMEOUT'],
      [{ port: web.port }, {}, 'NOT_POSTGRES'],
      [{ tls: { mode: 'require' } }, {}, 'TLS_NOT_SUPPORTED'],
      [{ host: '/nowhere/at/all' }, {}, 'SOCKET_NOT_FOUND'],
    ];
    for (const [index, [more, secrets, code]] of wrong.entries()) {
      const report = await sidecar.call('connection.test', { config: draft(more), secrets });
      expect(report, code).toMatchObject({ ok: false, error: { code } });
      const failed = report.stages.filter(({ status }) => status === 'failed');
      expect(failed.map(({ stage }) => stage)).toEqual([report.error?.stage]);
      const id = await save({ ...more, name: `wrong ${index}` }, {});
      const connecting = sidecar.call('connection.connect', { id, secrets });
      await expect(connecting, code).rejects.toMatchObject({ code });
      expect(await sidecar.call('connection.status', { id })).toMatchObject({
        status: 'error',
        error: { code },
      });
    }
    silent.server.close();
    web.server.close();
  });

  it('names every wrong field of a definition', async () => {
    await attach();
    const config = {
      name: '',
      host: ' ',
      port: 70_000,
      username: '',
      options: { maxPoolSize: 99 },
      colour: 'red',
    };
    for (const method of ['connection.save', 'connection.test'] as const) {
      const error = await sidecar.call(method, { config }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'INVALID_CONFIG' });
      const { envelope } = error as { envelope: { issues: { path: string }[] } };
      const paths = envelope.issues.map(({ path }) => path).sort();
      const named = method === 'connection.save' ? ['name'] : [];
      expect(paths).toEqual(['colour', 'host', ...named, 'options.maxPoolSize', 'port', 'username'].sort());
    }
  });

  it('asks for a missing password without holding up anything else', async () => {
    await attach();
    const id = await save({}, {});
    const error = await sidecar.call('connection.connect', { id }).catch((thrown: unknown) => thrown);
    const { promptId } = await sidecar.heard('credential.requested', (params) => params.connectionId === id);
    expect(error).toMatchObject({ code: 'CREDENTIAL_REQUIRED', envelope: { promptId } });
    expect(await sidecar.call('host.ping', {})).toHaveProperty('at');
    const { info } = await sidecar.call('credential.provide', {
      promptId: String(promptId),
      secret: server.password,
    });
    expect(info.id).toBe(id);
    await sidecar.call('connection.disconnect', { id });
    // A password for the session serves the next connect too.
    expect((await sidecar.call('connection.connect', { id })).info.id).toBe(id);
  });

  it('tries a refused password once, and asks', async () => {
    await attach();
    const id = await save({}, { password: 'wrong' });
    await expect(sidecar.call('connection.connect', { id })).rejects.toMatchObject({ code: 'AUTH_FAILED' });
    await expect(sidecar.call('connection.connect', { id })).rejects.toMatchObject({
      code: 'CREDENTIAL_REQUIRED',
    });
    const { info } = await sidecar.call('connection.connect', { id, secrets: { password: server.password } });
    expect(info.id).toBe(id);
  });

  it('keeps definitions, groups and texts over a restart', async () => {
    await attach();
    const id = await save();
    const document = { id: randomUUID(), title: 'orders', text: 'select 1 -- kept' };
    await sidecar.call('document.save', { document });
    await sidecar.call('group.save', { group: { name: 'Ships' } });
    await sidecar.end();
    sidecar = new SidecarProcess(folder.path);
    const { snapshot } = await attach();
    expect(snapshot?.connections.map(({ config }) => config.id)).toContain(id);
    expect(snapshot?.groups.map(({ name }) => name)).toContain('Ships');
    expect(snapshot?.documents).toMatchObject([document]);
  });
});

it('lets nobody else have its data folder, and goes when stdin ends', async () => {
  await attach();
  const second = new SidecarProcess(folder.path);
  await once(second.child, 'exit');
  expect(second.child.exitCode).toBe(3);
  expect(JSON.parse(second.stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
    code: 'DATA_FOLDER_IN_USE',
  });
  expect(second.stderr).toContain(String(sidecar.child.pid));
  expect(await sidecar.end()).toBeLessThan(4_000);
  const third = new SidecarProcess(folder.path);
  expect(await third.call('host.ping', {})).toHaveProperty('at');
  await third.end();
});
