import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { whyNoSshd } from '../test/sshServer.ts';
import { passphrase, refusalOf, TunnelStage } from '../test/tunnelStage.ts';

const why = whyNoSshd();
if (why !== undefined) process.stderr.write(`Tests of SSH are left out: ${why}.\n`);

let stage: TunnelStage;

describe.skipIf(why !== undefined)('a tunnel', () => {
  beforeAll(async () => {
    stage = await TunnelStage.start();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.reset());

  it('reaches a socket of the target', async () => {
    const socket = path.join(stage.home, '.s.PGSQL.5432');
    const server = createServer((each) => each.pipe(each));
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    const stream = await (
      await stage.open([stage.hop()])
    ).connect(stage.home, 5432, AbortSignal.timeout(10_000));
    stream.end('by a path');
    let heard = '';
    for await (const chunk of stream) heard += String(chunk);
    expect(heard).toBe('by a path');
    await new Promise((resolve) => server.close(resolve));
  });

  it('carries much, both ways at once, and waits where the reader does', async () => {
    const stream = await (
      await stage.open([stage.hop()])
    ).connect('127.0.0.1', stage.targetPort, AbortSignal.timeout(10_000));
    const bytes = 16 * 1024 * 1024;
    const chunk = Buffer.alloc(64 * 1024, 7);
    const writing = (async () => {
      for (let sent = 0; sent < bytes; sent += chunk.length)
        if (!stream.write(chunk)) await new Promise((resolve) => stream.once('drain', resolve));
      stream.end();
    })();
    let heard = 0;
    for await (const part of stream) heard += (part as Buffer).length;
    await writing;
    expect(heard).toBe(bytes);
  });

  it('follows ~/.ssh/config: names, ports, jumps, and says what it does not follow', async () => {
    await writeFile(
      stage.file('config'),
      [
        'Include more/*.conf',
        'Host target',
        `  HostName ${stage.inner.host}`,
        `  Port ${stage.inner.port}`,
        '  ProxyJump jump',
        'Match exec "touch $HOME/ran"',
        '  User nobody',
        'Host *',
        `  User ${stage.bastion.username}`,
        '  StrictHostKeyChecking no',
      ].join('\n'),
    );
    await mkdir(stage.file('more'), { recursive: true });
    await writeFile(
      stage.file('more/jump.conf'),
      `Host jump\n  HostName ${stage.bastion.host}\n  Port ${stage.bastion.port}\n  IdentityFile %d/.ssh/id_plain\n`,
    );
    expect(await stage.echo(await stage.open([stage.hop({ host: 'target', port: 22 })]))).toBe('hello');
    expect(stage.told.map(({ stage, facts }) => [stage, facts?.port])).toEqual([
      ['ssh[0]', stage.bastion.port],
      ['ssh[1]', stage.inner.port],
    ]);
    expect(stage.told[1]?.facts?.notFollowed).toEqual(['StrictHostKeyChecking no', 'Match exec']);
    await expect(stat(path.join(stage.home, 'ran'))).rejects.toThrow();
    // Not accepted blindly, whatever StrictHostKeyChecking says.
    await rm(stage.file('known_hosts'));
    expect(await stage.refusal([stage.hop({ host: 'target', port: 22 })])).toMatchObject({
      code: 'SSH_HOST_KEY_UNKNOWN',
      detail: { hop: 'jump' },
    });
  });

  it('says what to do where the key of a computer that only ~/.ssh/config knows is locked', async () => {
    const { bastion, inner } = stage;
    const target = `Host target\n  HostName ${inner.host}\n  Port ${inner.port}\n  ProxyJump jump\n`;
    const jump = `Host jump\n  HostName ${bastion.host}\n  Port ${bastion.port}\n  User ${bastion.username}\n`;
    await writeFile(stage.file('config'), `${target}${jump}  IdentityFile ~/.ssh/id_locked\n`);
    const toTarget = stage.hop({ host: 'target', port: 22 });
    const { code, message, hint, actions } = await stage.refusal([toTarget]);
    expect(code).toBe('SSH_PASSPHRASE_REQUIRED');
    expect(message).toContain('only ~/.ssh/config knows');
    expect(hint).toMatch(/^Add jump to this connection as an SSH host before the others.*ssh-add \//);
    expect(actions).toMatchObject([{ id: 'edit' }]);
    // As it is told to, with the passphrase.
    const added = stage.hop({ id: 'added', host: 'jump', port: 22, keyFile: '~/.ssh/id_locked' });
    expect(await stage.echo(await stage.open([added, toTarget], { passphrase }))).toBe('hello');
  });

  it('is told as lost when the bastion goes, with every stream of it', async () => {
    const tunnel = await stage.open([stage.hop(), stage.hop({}, stage.inner)]);
    const stream = await tunnel.connect('127.0.0.1', stage.targetPort, AbortSignal.timeout(10_000));
    const lost = new Promise<{ code: string }>((resolve) => tunnel.lost.on(resolve));
    const broken = new Promise((resolve) => stream.once('error', resolve));
    await stage.bastion.stop();
    expect((await lost).code).toBe('SSH_LOST');
    expect(await broken).toMatchObject({ code: 'SSH_LOST' });
    expect(await refusalOf(stage.echo(tunnel))).toMatchObject({ code: 'SSH_LOST' });
    await stage.bastion.restart();
  });

  it('leaves nothing behind when it is closed', async () => {
    const tunnel = await stage.open([stage.hop(), stage.hop({}, stage.inner)]);
    const stream = await tunnel.connect('127.0.0.1', stage.targetPort, AbortSignal.timeout(10_000));
    expect(stage.bastion.sessionPids().length + stage.inner.sessionPids().length).toBeGreaterThan(0);
    await tunnel.close();
    expect(stream.destroyed).toBe(true);
    await expect
      .poll(() => [...stage.bastion.sessionPids(), ...stage.inner.sessionPids()], { timeout: 10_000 })
      .toEqual([]);
  });

  describe('tells why nothing gets through', () => {
    it('a target that nobody listens at, or that the bastion cannot find', async () => {
      const tunnel = await stage.open([stage.hop()]);
      expect(await refusalOf(stage.echo(tunnel, 1))).toMatchObject({ code: 'SSH_FORWARD_REFUSED' });
      const lost = tunnel.connect('no.such.host.invalid', 5432, AbortSignal.timeout(10_000));
      expect(await refusalOf(lost)).toMatchObject({ code: 'SSH_FORWARD_REFUSED' });
      // The tunnel itself goes on.
      expect(await stage.echo(tunnel)).toBe('hello');
    });

    it('a server that forbids it', async () => {
      await stage.bastion.configure({ AllowTcpForwarding: 'no' });
      expect(await refusalOf(stage.echo(await stage.open([stage.hop()])))).toMatchObject({
        code: 'SSH_FORWARD_DENIED',
      });
      expect(await stage.refusal([stage.hop(), stage.hop({}, stage.inner)])).toMatchObject({
        code: 'SSH_FORWARD_DENIED',
      });
      await stage.bastion.configure({});
    });

    it('a server with which nothing can be agreed', async () => {
      await stage.bastion.configure({ KexAlgorithms: 'sntrup761x25519-sha512@openssh.com' });
      expect(await stage.refusal([stage.hop()])).toMatchObject({ code: 'SSH_ALGORITHMS', retry: 'never' });
      await stage.bastion.configure({});
    });

    it.each<[string, string, (socket: Socket) => void]>([
      ['says nothing', 'SSH_TIMEOUT', () => {}],
      ['closes at once', 'SSH_LOST', (socket) => socket.end()],
      ['is no SSH server', 'PROTOCOL_ERROR', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ])('one that %s', async (_what, code, answer) => {
      const server = createServer((socket) => {
        socket.on('error', () => {}).resume();
        answer(socket);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      expect(await stage.refusal([stage.hop({ port })], { limitMs: 300 })).toMatchObject({ code });
      await new Promise((resolve) => server.close(resolve));
    });
  });
});
