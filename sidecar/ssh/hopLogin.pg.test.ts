import { writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SshServer, whyNoSshd, whyNoSshPasswords } from '../test/sshServer.ts';
import { startSshAgent, type SshAgent } from '../test/sshAgent.ts';
import { passphrase, TunnelStage } from '../test/tunnelStage.ts';

const why = whyNoSshd();
if (why !== undefined) process.stderr.write(`Tests of SSH are left out: ${why}.\n`);

let stage: TunnelStage;

describe.skipIf(why !== undefined)('a hop', () => {
  beforeAll(async () => {
    stage = await TunnelStage.start();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.reset());

  describe('logs in', () => {
    it.each<[string, Parameters<TunnelStage['hop']>[0], { passphrase?: string }]>([
      ['by a key', {}, {}],
      ['by a key with a passphrase', { keyFile: '~/.ssh/id_locked' }, { passphrase }],
      ['by a key in PEM with a passphrase', { keyFile: '~/.ssh/id_pem' }, { passphrase }],
      ['by a key in PKCS#8 with a passphrase', { keyFile: '~/.ssh/id_pkcs8' }, { passphrase }],
    ])('%s', async (_how, more, secrets) => {
      expect(await stage.echo(await stage.open([stage.hop(more)], secrets))).toBe('hello');
      const { fingerprint } = await stage.bastion.hostKey();
      expect(stage.told).toMatchObject([
        {
          stage: 'ssh[0]',
          facts: { hostKey: fingerprint, hostKeyAlgorithm: 'ssh-ed25519', method: 'publickey' },
        },
      ]);
    });

    it('through one hop after the other', async () => {
      expect(await stage.echo(await stage.open([stage.hop(), stage.hop({}, stage.inner)]))).toBe('hello');
      expect(stage.told.map(({ stage, facts }) => [stage, facts?.port])).toEqual([
        ['ssh[0]', stage.bastion.port],
        ['ssh[1]', stage.inner.port],
      ]);
      // The second hop saw the first one, not us.
      expect(stage.inner.log).toMatch(/Accepted publickey/);
    });

    it.each([
      ['SSH_PASSPHRASE_REQUIRED', { keyFile: '~/.ssh/id_locked' }, {}],
      ['SSH_PASSPHRASE_WRONG', { keyFile: '~/.ssh/id_locked' }, { passphrase: 'wrong' }],
      ['SSH_PASSPHRASE_WRONG', { keyFile: '~/.ssh/id_pem' }, { passphrase: 'wrong' }],
      ['SSH_PASSPHRASE_WRONG', { keyFile: '~/.ssh/id_pkcs8' }, { passphrase: 'wrong' }],
      ['SSH_PASSPHRASE_REQUIRED', { keyFile: '~/.ssh/id_pkcs8' }, {}],
      ['SSH_KEY_FORMAT', { keyFile: '~/.ssh/known_hosts' }, {}],
      ['SSH_KEY_FORMAT', { keyFile: '~/.ssh/id_plain.pub' }, {}],
      ['FILE_NOT_FOUND', { keyFile: '~/.ssh/nothing' }, {}],
      ['SSH_AUTH_FAILED', { keyFile: '~/.ssh/id_stranger' }, {}],
      ['SSH_AUTH_FAILED', { auth: 'password' as const }, { password: 'any' }],
    ])('or says %s', async (code, more, secrets) => {
      const error = await stage.refusal([stage.hop(more)], secrets);
      expect(error).toMatchObject({ code, detail: { hop: stage.hop().id } });
      if (code === 'SSH_AUTH_FAILED') expect(error.detail).toMatchObject({ allowed: ['publickey'] });
    });
  });

  describe('with an agent', () => {
    const auth = 'agent' as const;
    let agent: SshAgent;
    beforeAll(async () => {
      agent = await startSshAgent();
    });
    afterAll(() => agent.close());
    beforeEach(() => {
      process.env.SSH_AUTH_SOCK = agent.socket;
    });
    afterEach(() => {
      delete process.env.SSH_AUTH_SOCK;
    });

    it('says that there is none, that it is gone, or that it holds no key', async () => {
      expect(await stage.refusal([stage.hop({ auth })])).toMatchObject({
        code: 'SSH_AGENT_UNAVAILABLE',
        reason: 'empty',
      });
      process.env.SSH_AUTH_SOCK = `${agent.socket}.gone`;
      expect(await stage.refusal([stage.hop({ auth })])).toMatchObject({ reason: 'unreachable' });
      delete process.env.SSH_AUTH_SOCK;
      expect(await stage.refusal([stage.hop({ auth })])).toMatchObject({ reason: 'missing' });
    });

    it('offers its keys, of which ~/.ssh/config may choose', async () => {
      for (const name of ['id_stranger', 'id_agent']) await agent.add(stage.file(name));
      expect(await stage.echo(await stage.open([stage.hop({ auth })]))).toBe('hello');
      expect(stage.told[0]?.facts).toMatchObject({ method: 'publickey (agent, 2 keys)' });

      await stage.bastion.configure({ MaxAuthTries: '1' });
      expect(await stage.refusal([stage.hop({ auth })])).toMatchObject({ code: 'SSH_TOO_MANY_KEYS' });
      const only = `Host 127.0.0.1\n  IdentityFile ~/.ssh/id_agent\n  IdentitiesOnly yes\n`;
      await writeFile(stage.file('config'), only);
      expect(await stage.echo(await stage.open([stage.hop({ auth })]))).toBe('hello');
      await stage.bastion.configure({});
    });

    it('uses the one that ~/.ssh/config names, and else the key files of it', async () => {
      process.env.SSH_AUTH_SOCK = '/nowhere';
      await writeFile(stage.file('config'), `Host *\n  IdentityAgent ${agent.socket}\n`);
      await stage.open([stage.hop({ auth })]);
      await writeFile(stage.file('config'), 'Host *\n  IdentityFile ~/.ssh/id_plain\n');
      await stage.open([stage.hop({ auth })]);
      expect(stage.told.map(({ facts }) => facts?.method)).toEqual([
        'publickey (agent, 2 keys)',
        `publickey (${stage.file('id_plain')})`,
      ]);
      await writeFile(stage.file('config'), 'Host *\n  IdentityFile ~/.ssh/id_locked\n');
      expect(await stage.refusal([stage.hop({ auth })])).toMatchObject({ code: 'SSH_PASSPHRASE_REQUIRED' });
    });
  });

  describe.skipIf(whyNoSshPasswords() !== undefined)('with a password', () => {
    const password = 'correct horse';
    let server: SshServer;
    beforeAll(async () => {
      server = await SshServer.start({ account: { name: 'hawser-guest', password } });
    });
    afterAll(() => server.close());
    const guest = () => stage.hop({ auth: 'password', username: 'hawser-guest' }, server);
    beforeEach(async () => writeFile(stage.file('known_hosts'), await server.knownHostsLine()));

    it.each([
      ['password', {}],
      [
        'keyboard-interactive',
        { UsePAM: 'yes', PasswordAuthentication: 'no', KbdInteractiveAuthentication: 'yes' },
      ],
    ])(
      'logs in by %s, sends a wrong one once, and asks for one that is missing',
      async (method, settings) => {
        await server.configure(settings);
        expect(await stage.echo(await stage.open([guest()], { password }))).toBe('hello');
        expect(stage.told[0]?.facts).toMatchObject({ method });
        expect(await stage.refusal([guest()])).toMatchObject({
          code: 'CREDENTIAL_REQUIRED',
          reason: 'sshPassword',
          detail: { hop: guest().id },
        });
        const logged = server.log.length;
        expect(await stage.refusal([guest()], { password: 'wrong' })).toMatchObject({
          code: 'SSH_AUTH_FAILED',
          reason: 'password',
          detail: { tried: [method] },
        });
        const refusals = () => server.log.slice(logged).match(/(Failed password|PAM: \S+ failure) for/g);
        await expect.poll(refusals).toHaveLength(1);
      },
    );
  });
});
