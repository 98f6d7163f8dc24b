import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import type { StageReport } from '#shared/connection/testReport.ts';
import { CertificateMaker, type Certificate } from '../test/certificates.ts';
import { listeningPorts } from '../test/listening.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { SidecarProcess, type RpcError } from '../test/sidecarProcess.ts';
import { makeKey, SshServer, whyNoSshd, whyNoSshPasswords } from '../test/sshServer.ts';
import { tempFolder } from '../test/tempFolder.ts';

const why = whyNoSshd();
if (why !== undefined) process.stderr.write(`Tests through SSH are left out: ${why}.\n`);

const applicationName = 'through a tunnel';
let server: TestServer;
let bastion: SshServer;
let inner: SshServer;
let maker: CertificateMaker;
let root: Certificate;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let sidecar: SidecarProcess;
let names = 0;

const file = (name: string) => path.join(folder.path, '.ssh', name);
const hop = (ssh: SshServer, more: object = {}) => {
  const { host, port, username } = ssh;
  return { id: `${port}`, host, port, username, auth: 'key', keyFile: '~/.ssh/id', ...more };
};
const knowBoth = async () =>
  writeFile(file('known_hosts'), (await bastion.knownHostsLine()) + (await inner.knownHostsLine()));

describe.skipIf(why !== undefined)('a connection through SSH', () => {
  beforeAll(async () => {
    folder = await tempFolder();
    await mkdir(file('.'), { mode: 0o700 });
    const keys = [await makeKey(file('id'))];
    maker = await CertificateMaker.open();
    root = await maker.make({ name: 'root', ca: true });
    const own = await maker.make({ name: 'db', issuer: root, names: ['DNS:localhost'] });
    [server, bastion, inner] = await Promise.all([
      startPostgres({ tls: own }),
      SshServer.start({ keys }),
      SshServer.start({ keys }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([server.close(), bastion.close(), inner.close(), maker.remove()]);
    await folder.remove();
  });

  beforeEach(async () => {
    await knowBoth();
    sidecar = new SidecarProcess(path.join(folder.path, 'data'), { env: { HOME: folder.path } });
    await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'w' });
  });
  afterEach(() => sidecar.end());

  const draft = (hops: object[], more: { options?: object } & Record<string, unknown> = {}) => {
    const { host, port, database, username } = server;
    const options = { applicationName, ...more.options };
    const ssh = { enabled: true, hops };
    const credential = { source: 'session' };
    const tls = { mode: 'disable' };
    return {
      name: `c${(names += 1)}`,
      host,
      port,
      database,
      username,
      credential,
      tls,
      ssh,
      ...more,
      options,
    };
  };
  const secrets = () => ({ password: server.password });
  const save = async (hops: object[], more?: Parameters<typeof draft>[1]) =>
    (await sidecar.call('connection.save', { config: draft(hops, more), secrets: secrets() })).config.id;
  const connect = (id: string) => sidecar.call('connection.connect', { id });
  const refusal = (work: Promise<unknown>): Promise<RpcError> =>
    work.then(
      () => expect.unreachable('it was not refused'),
      (error: unknown) => error as RpcError,
    );
  const statusIs = (id: string, status: string, from = 0) =>
    sidecar.until(
      () =>
        sidecar.notifications
          .slice(from)
          .find(
            ({ method, params }) =>
              method === 'connection.statusChanged' && params.connectionId === id && params.status === status,
          ),
      `${status} of ${id}`,
    );
  const backends = async () =>
    (
      await server.query('select 1 from pg_stat_activity where application_name = $1', {
        values: [applicationName],
      })
    ).length;
  const sessions = () => [...bastion.sessionPids(), ...inner.sessionPids()];
  const logins = (ssh: SshServer) => ssh.log.match(/Accepted \S+ for/g)?.length ?? 0;

  it('shares one tunnel among control connection, pool and cancel, opens no port, and leaves nothing', async () => {
    const before = [logins(bastion), logins(inner)];
    const id = await save([hop(bastion), hop(inner)]);
    await connect(id);
    const runs = ['a', 'b', 'c'].map((tab) =>
      sidecar.run(id, tab, 'select pg_sleep(0.2), inet_client_port()'),
    );
    const ports = (await Promise.all(runs)).map(({ started }) => started[0]?.firstRows);
    expect(new Set(ports.map(String)).size).toBe(3);
    const { runId } = await sidecar.call('query.run', {
      connectionId: id,
      tabId: 'a',
      text: 'select pg_sleep(60)',
    });
    await sidecar.heard('query.runStarted', (params) => params.runId === runId);
    await sidecar.call('query.cancel', { runId });
    expect((await sidecar.heard('query.runEnded', (params) => params.runId === runId)).outcome).toBe(
      'cancelled',
    );
    expect([logins(bastion), logins(inner)]).toEqual(before.map((count) => count + 1));
    expect(listeningPorts(sidecar.child.pid ?? 0)).toEqual([]);
    await sidecar.call('connection.disconnect', { id });
    await expect.poll(backends, { timeout: 10_000 }).toBe(0);
    await expect.poll(sessions, { timeout: 10_000 }).toEqual([]);
  });

  it('checks the certificate against the name in the definition, not against this end of the tunnel', async () => {
    const tls = { mode: 'verify-full', caFile: root.certFile };
    const id = await save([hop(bastion)], { host: 'localhost', tls });
    const { info } = await connect(id);
    expect(info).toMatchObject({ encrypted: true });
    const other = await save([hop(bastion)], { host: '127.0.0.1', tls });
    expect((await refusal(connect(other))).envelope).toMatchObject({
      code: 'TLS_CERT_INVALID',
      reason: 'hostname_mismatch',
    });
  });

  it('notices within 12 s that a bastion is dead, and is built up again from the bottom', async () => {
    // The beats would notice sooner.
    const id = await save([hop(bastion), hop(inner)], { options: { heartbeatIntervalMs: 0 } });
    await connect(id);
    const from = sidecar.notifications.length;
    const before = logins(inner);
    bastion.freezeSessions();
    const frozenAt = performance.now();
    const lost = await statusIs(id, 'reconnecting', from);
    // A look each half second, and a machine that is busy.
    expect(lost.arrivedAt - frozenAt).toBeLessThan(15_000);
    expect(lost.params.error).toMatchObject({ code: 'SSH_LOST' });
    await statusIs(id, 'connected', from);
    expect(logins(inner)).toBe(before + 1);
    expect((await sidecar.run(id, 'a', 'select 1')).ended.outcome).toBe('done');
    await bastion.stop();
    await bastion.restart();
  });

  it('comes back when the bastion does, and stops at once where its host key is another one then', async () => {
    const id = await save([hop(bastion)]);
    await connect(id);
    const from = sidecar.notifications.length;
    await bastion.stop();
    await statusIs(id, 'reconnecting', from);
    await bastion.restart();
    await statusIs(id, 'connected', from);
    const changedFrom = sidecar.notifications.length;
    await bastion.changeHostKeys();
    const stopped = await statusIs(id, 'error', changedFrom);
    expect(stopped.params.error).toMatchObject({
      code: 'SSH_HOST_KEY_CHANGED',
      retry: 'never',
      stage: 'ssh[0]',
    });
  });

  it('asks for a host key that is not known: accepted until the user disconnects, or for good', async () => {
    await rm(file('known_hosts'));
    const { fingerprint } = await bastion.hostKey();
    const id = await save([hop(bastion)]);
    const unknown = async () => {
      const error = await refusal(connect(id));
      expect(error.envelope).toMatchObject({
        code: 'SSH_HOST_KEY_UNKNOWN',
        stage: 'ssh[0]',
        detail: { hop: String(bastion.port), host: bastion.host, port: bastion.port, fingerprint },
      });
      return error.envelope?.promptId ?? '';
    };
    const first = await unknown();
    expect(await sidecar.heard('credential.requested', (params) => params.promptId === first)).toMatchObject({
      kind: 'hostKey',
      hop: String(bastion.port),
      facts: { fingerprint, algorithm: 'ssh-ed25519' },
    });
    expect((await refusal(sidecar.call('credential.provide', { promptId: first }))).code).toBe(
      'SSH_HOST_KEY_UNKNOWN',
    );
    await sidecar.call('credential.provide', { promptId: first, trust: 'once' });
    const from = sidecar.notifications.length;
    await bastion.stop();
    await bastion.restart();
    await statusIs(id, 'connected', from);
    await sidecar.call('connection.disconnect', { id });
    await sidecar.call('credential.provide', { promptId: await unknown(), trust: 'remember' });
    expect(await readFile(file('known_hosts'), 'utf8')).toBe(await bastion.knownHostsLine());
    await sidecar.call('connection.disconnect', { id });
    await connect(id);
  });

  it.skipIf(whyNoSshPasswords() !== undefined)(
    'asks for the password of a hop that is missing or wrong, and sends a wrong one once',
    async () => {
      const account = { name: 'hawser-guest', password: 'correct horse' };
      const guarded = await SshServer.start({ account });
      await writeFile(file('known_hosts'), await guarded.knownHostsLine());
      const credential = { source: 'session' };
      const id = await save([
        hop(guarded, { username: account.name, auth: 'password', keyFile: undefined, credential }),
      ]);
      const missing = (await refusal(connect(id))).envelope;
      expect(missing).toMatchObject({ code: 'CREDENTIAL_REQUIRED', stage: 'ssh[0]' });
      const asked = await sidecar.heard(
        'credential.requested',
        ({ promptId }) => promptId === missing?.promptId,
      );
      expect(asked).toMatchObject({ kind: 'sshPassword', hop: String(guarded.port) });
      const provide = (promptId: string | undefined, secret: string) =>
        sidecar.call('credential.provide', { promptId: promptId ?? '', secret });
      const wrong = (await refusal(provide(missing?.promptId, 'wrong'))).envelope;
      expect(wrong).toMatchObject({ code: 'SSH_AUTH_FAILED', reason: 'password' });
      // Not sent again, though nobody has given another one.
      expect((await refusal(connect(id))).code).toBe('CREDENTIAL_REQUIRED');
      expect(guarded.log.match(/Failed password/g)).toHaveLength(1);
      const again = (await refusal(connect(id))).envelope?.promptId;
      await provide(again, account.password);
      await sidecar.call('connection.disconnect', { id });
      await guarded.close();
    },
  );

  describe('tested', () => {
    const test = (hops: object[], more: { trust?: HostKeyTrust; config?: Record<string, unknown> } = {}) =>
      sidecar.call('connection.test', {
        config: draft(hops, more.config),
        secrets: secrets(),
        ...(more.trust ? { trust: more.trust } : {}),
      });
    const outline = (stages: StageReport[]) => stages.map(({ stage, status }) => `${stage} ${status}`);

    it('names every stage with what it found', async () => {
      const { ok, stages } = await test([hop(bastion), hop(inner)]);
      expect(ok).toBe(true);
      expect(outline(stages)).toEqual([
        'resolve ok',
        'tcp ok',
        'ssh[0] ok',
        'ssh[1] ok',
        'forward ok',
        'tls skipped',
        'authenticate ok',
        'database ok',
        'session ok',
      ]);
      const { fingerprint } = await bastion.hostKey();
      expect(stages[1]?.facts).toMatchObject({ port: bastion.port });
      expect(stages[2]?.facts).toMatchObject({
        hostKey: fingerprint,
        hostKeyAlgorithm: 'ssh-ed25519',
        method: 'publickey',
      });
      await expect.poll(sessions, { timeout: 10_000 }).toEqual([]);
    });

    it('says at which hop it failed, and takes a key that was looked at', async () => {
      await writeFile(file('known_hosts'), await bastion.knownHostsLine());
      const unknown = await test([hop(bastion), hop(inner)]);
      expect(outline(unknown.stages)).toEqual([
        'resolve ok',
        'tcp ok',
        'ssh[0] ok',
        'ssh[1] failed',
        'forward skipped',
        'tls skipped',
        'authenticate skipped',
        'database skipped',
        'session skipped',
      ]);
      const { fingerprint } = await inner.hostKey();
      expect(unknown.error).toMatchObject({ code: 'SSH_HOST_KEY_UNKNOWN', detail: { fingerprint } });
      expect(
        (await test([hop(bastion), hop(inner)], { trust: { 1: { fingerprint, remember: false } } })).ok,
      ).toBe(true);
      expect(await readFile(file('known_hosts'), 'utf8')).toBe(await bastion.knownHostsLine());
      const byId = { [String(inner.port)]: { fingerprint, remember: true } };
      expect((await test([hop(bastion), hop(inner)], { trust: byId })).ok).toBe(true);
      expect((await test([hop(bastion), hop(inner)])).ok).toBe(true);
    });

    it('ends at its limit where a hop is silent, or when it is stopped, and leaves no socket', async () => {
      const open = new Set<Socket>();
      const silent = createServer((socket) => {
        open.add(socket.on('error', () => {}).resume());
        socket.on('close', () => open.delete(socket));
      });
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const { port } = silent.address() as AddressInfo;
      const hops = [{ ...hop(bastion), port }];
      const config = { options: { connectTimeoutSec: 1 } };
      expect((await test(hops, { config })).error).toMatchObject({ code: 'SSH_TIMEOUT', stage: 'ssh[0]' });
      let request = 0;
      const stopped = sidecar.request(
        { method: 'connection.test', params: { config: draft(hops), secrets: secrets() } },
        (sent) => (request = sent),
      );
      await expect.poll(() => open.size).toBe(1);
      sidecar.send({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: request } });
      expect((await stopped).error?.code).toBe(-32800);
      await expect.poll(() => open.size).toBe(0);
      await new Promise((resolve) => silent.close(resolve));
    });

    it.each([
      ['a target that is closed', { port: 1 }, 'SSH_FORWARD_REFUSED', 'forward'],
      ['no route to the first hop', {}, 'CONNECTION_REFUSED', 'tcp'],
    ])('tells of %s', async (_what, config, code, stage) => {
      const hops = stage === 'tcp' ? [{ ...hop(bastion), port: 1 }] : [hop(bastion)];
      expect((await test(hops, { config })).error).toMatchObject({ code, stage });
    });
  });
});
