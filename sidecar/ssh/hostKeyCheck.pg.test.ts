import { spawnSync } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import { whyNoSshd } from '../test/sshServer.ts';
import { TunnelStage } from '../test/tunnelStage.ts';

const why = whyNoSshd();
if (why !== undefined) process.stderr.write(`Tests of SSH are left out: ${why}.\n`);

let stage: TunnelStage;

describe.skipIf(why !== undefined)('the host key of a hop', () => {
  beforeAll(async () => {
    stage = await TunnelStage.start();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.reset());

  const trusted = async (remember: boolean, type?: 'ecdsa'): Promise<HostKeyTrust> => ({
    [stage.hop().id]: { fingerprint: (await stage.bastion.hostKey(type)).fingerprint, remember },
  });
  const knownHosts = () => readFile(stage.file('known_hosts'), 'utf8').catch(() => '');

  it('that is not known: asked for, taken once, or written down', async () => {
    await rm(stage.file('known_hosts'));
    const { fingerprint } = await stage.bastion.hostKey();
    expect(await stage.refusal([stage.hop()])).toMatchObject({
      code: 'SSH_HOST_KEY_UNKNOWN',
      detail: {
        hop: stage.hop().id,
        host: stage.bastion.host,
        port: stage.bastion.port,
        algorithm: 'ssh-ed25519',
        fingerprint,
      },
    });
    // Another key than the one that was looked at is not trusted.
    expect(await stage.refusal([stage.hop()], { trust: await trusted(true, 'ecdsa') })).toMatchObject({
      code: 'SSH_HOST_KEY_UNKNOWN',
    });
    await stage.open([stage.hop()], { trust: await trusted(false) });
    expect(await knownHosts()).toBe('');
    await stage.open([stage.hop()], { trust: await trusted(true) });
    expect(await knownHosts()).toBe(await stage.bastion.knownHostsLine());
    expect((await stat(stage.file('known_hosts'))).mode & 0o777).toBe(0o600);
    await stage.open([stage.hop()], { trust: await trusted(true) });
    expect(await knownHosts()).toBe(await stage.bastion.knownHostsLine());
  });

  it('and writes it as OpenSSH finds it: hashed where it is wanted, after what stands there', async () => {
    await writeFile(stage.file('config'), 'Host *\n  HashKnownHosts yes\n');
    await writeFile(stage.file('known_hosts'), 'other.host ssh-ed25519 broken');
    await stage.open([stage.hop()], { trust: await trusted(true) });
    expect(await knownHosts()).toMatch(/^other\.host ssh-ed25519 broken\n\|1\|\S+ ssh-ed25519 \S+\n$/);
    const found = spawnSync('ssh-keygen', ['-F', stage.bastion.knownName, '-f', stage.file('known_hosts')]);
    expect(found.stdout.toString()).toContain((await stage.bastion.hostKey()).line);
    await stage.open([stage.hop()]);
  });

  it('of the type that is known, of several that the host has', async () => {
    await writeFile(
      stage.file('known_hosts'),
      `${stage.bastion.knownName} ${(await stage.bastion.hostKey('ecdsa')).line}\n`,
    );
    await stage.open([stage.hop()]);
    expect(stage.told[0]?.facts).toMatchObject({ hostKeyAlgorithm: 'ecdsa-sha2-nistp256' });
  });

  it('that has changed, or is revoked: never accepted, also not by trust', async () => {
    const other = (await stage.inner.hostKey()).line;
    await writeFile(stage.file('known_hosts'), `# mine\n${stage.bastion.knownName} ${other}\n`);
    const { fingerprint } = await stage.bastion.hostKey();
    expect(await stage.refusal([stage.hop()], { trust: await trusted(true) })).toMatchObject({
      code: 'SSH_HOST_KEY_CHANGED',
      reason: 'changed',
      retry: 'never',
      detail: {
        fingerprint,
        known: [
          {
            fingerprint: (await stage.inner.hostKey()).fingerprint,
            file: stage.file('known_hosts'),
            line: 2,
          },
        ],
      },
    });
    const line = await stage.bastion.knownHostsLine();
    await writeFile(stage.file('known_hosts'), `${line}@revoked * ${(await stage.bastion.hostKey()).line}\n`);
    expect(await stage.refusal([stage.hop()], { trust: await trusted(true) })).toMatchObject({
      code: 'SSH_HOST_KEY_CHANGED',
      reason: 'revoked',
    });
  });

  it('before anything is said of a password or a key', async () => {
    await rm(stage.file('known_hosts'));
    const logged = stage.bastion.log.length;
    await stage.refusal([stage.hop({ auth: 'password' })], { password: 'never to be sent' });
    expect(stage.bastion.log.slice(logged)).not.toMatch(/Failed|password|publickey/);
  });
});
