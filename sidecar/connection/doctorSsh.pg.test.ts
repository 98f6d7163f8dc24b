import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import { stagesOver } from '#shared/connection/stages.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';
import { whyNoSshd } from '../test/sshServer.ts';
import { TunnelStage } from '../test/tunnelStage.ts';

const why = whyNoSshd();
if (why !== undefined) process.stderr.write(`Tests of the doctor over SSH are left out: ${why}.\n`);

let server: TestServer;
let stage: RunStage;
let ssh: TunnelStage;

type Hop = ReturnType<TunnelStage['hop']>;

function test(hops: Hop[], more: object = {}, trust: HostKeyTrust = {}) {
  const { host, port, database, username, password } = server;
  const place = { host, port, database, username, tls: { mode: 'disable' } };
  const config = { ...place, credential: { source: 'session' }, ssh: { enabled: true, hops }, ...more };
  const signal = new AbortController().signal;
  return stage.connections.test({ config, secrets: { password }, trust }, { signal, onStage: () => {} });
}

describe.skipIf(why !== undefined)('a test over SSH', () => {
  beforeAll(async () => {
    server = await startPostgres();
    stage = await openRunStage(server);
    ssh = await TunnelStage.start();
  });
  afterAll(async () => {
    await ssh.close();
    await stage.close();
    await server.close();
  });
  beforeEach(() => ssh.reset());

  it('has a line for each hop, and leaves nothing behind', async () => {
    const report = await test([ssh.hop(), ssh.hop({}, ssh.inner)]);
    expect(report).toMatchObject({ ok: true });
    expect(report.stages.map(({ stage: name }) => name)).toEqual(stagesOver(2));
    expect(report.stages.find(({ stage: name }) => name === 'ssh[1]')?.facts).toHaveProperty('hostKey');
    await expect
      .poll(() => [...ssh.bastion.sessionPids(), ...ssh.inner.sessionPids()], { timeout: 10_000 })
      .toEqual([]);
  });

  it('names the hop that refuses the login', async () => {
    const stranger = ssh.hop({ keyFile: ssh.file('id_stranger') }, ssh.inner);
    const report = await test([ssh.hop(), stranger]);
    expect(report).toMatchObject({ ok: false, error: { code: 'SSH_AUTH_FAILED', stage: 'ssh[1]' } });
  });

  it('shows an unknown key, and goes on once it was looked at', async () => {
    await rm(ssh.file('known_hosts'));
    const hop = ssh.hop();
    const report = await test([hop]);
    expect(report).toMatchObject({ ok: false, error: { code: 'SSH_HOST_KEY_UNKNOWN', stage: 'ssh[0]' } });
    const { hop: id, fingerprint } = report.error?.detail as unknown as { hop: string; fingerprint: string };
    const known = () => readFile(ssh.file('known_hosts'), 'utf8').catch(() => '');
    expect(await test([hop], {}, { [id]: { fingerprint, remember: false } })).toMatchObject({ ok: true });
    expect(await known(), 'only this once').toBe('');
    expect(await test([hop], {}, { [id]: { fingerprint, remember: true } })).toMatchObject({ ok: true });
    expect(await known()).not.toBe('');
    expect(await test([hop]), 'known from now on').toMatchObject({ ok: true });
  });

  it('stops where a key has changed, whatever was accepted', async () => {
    const [place] = (await ssh.bastion.knownHostsLine()).split(' ');
    const [, ...otherKey] = (await ssh.inner.knownHostsLine()).split(' ');
    await writeFile(ssh.file('known_hosts'), [place, ...otherKey].join(' '));
    const hop = ssh.hop();
    const report = await test([hop]);
    expect(report).toMatchObject({ ok: false, error: { code: 'SSH_HOST_KEY_CHANGED', stage: 'ssh[0]' } });
    const { fingerprint } = report.error?.detail as unknown as { fingerprint: string };
    const again = await test([hop], {}, { [hop.id]: { fingerprint, remember: true } });
    expect(again).toMatchObject({ ok: false, error: { code: 'SSH_HOST_KEY_CHANGED' } });
  });

  it('tells a target that the bastion does not reach from the bastion itself', async () => {
    const report = await test([ssh.hop()], { port: 1 });
    expect(report).toMatchObject({ ok: false, error: { code: 'SSH_FORWARD_REFUSED', stage: 'forward' } });
  });
});
