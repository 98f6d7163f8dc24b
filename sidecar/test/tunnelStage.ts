import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import path from 'node:path';
import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import { AppError } from '#shared/error/appError.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import { openTunnel, type Tunnel, type TunnelRequest } from '../ssh/tunnel.ts';
import { connectTo } from './connectTo.ts';
import { makeKey, SshServer } from './sshServer.ts';
import { tempFolder } from './tempFolder.ts';

type Hop = TunnelRequest['ssh']['hops'][number];

interface TunnelChoice {
  trust?: HostKeyTrust;
  password?: string;
  passphrase?: string;
  limitMs?: number;
}

/** Opens the passphrases of the stage's locked keys. */
export const passphrase = 'open sesame';

/** Two real SSH servers, a home of its own with keys in it, and a target that says back what it hears. */
export class TunnelStage {
  readonly bastion: SshServer;
  readonly inner: SshServer;
  /** What the stages of the last tunnels found. */
  readonly told: { stage: string; facts?: Record<string, unknown> }[] = [];
  readonly #target: Server;
  readonly #home: Awaited<ReturnType<typeof tempFolder>>;
  readonly #realHome = process.env.HOME;
  readonly #opened: Tunnel[] = [];

  private constructor(
    home: Awaited<ReturnType<typeof tempFolder>>,
    target: Server,
    [bastion, inner]: [SshServer, SshServer],
  ) {
    this.#home = home;
    this.#target = target;
    this.bastion = bastion;
    this.inner = inner;
    process.env.HOME = home.path;
  }

  static async start(): Promise<TunnelStage> {
    const home = await tempFolder();
    const file = (name: string) => path.join(home.path, '.ssh', name);
    await mkdir(file('.'), { mode: 0o700 });
    const [keys] = await Promise.all([
      Promise.all([
        makeKey(file('id_plain')),
        makeKey(file('id_agent'), { type: 'ecdsa' }),
        makeKey(file('id_locked'), { passphrase }),
        makeKey(file('id_pem'), { type: 'rsa', passphrase, format: ['-b', '2048', '-m', 'PEM'] }),
        makeKey(file('id_pkcs8'), { type: 'rsa', passphrase, format: ['-b', '2048', '-m', 'PKCS8'] }),
      ]),
      makeKey(file('id_stranger')),
    ]);
    const servers = await Promise.all([SshServer.start({ keys }), SshServer.start({ keys })]);
    const target = createServer((socket) => {
      socket.on('error', () => {});
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    return new TunnelStage(home, target, servers);
  }

  get home(): string {
    return this.#home.path;
  }

  get targetPort(): number {
    return (this.#target.address() as AddressInfo).port;
  }

  /** In `~/.ssh`. */
  file(name: string): string {
    return path.join(this.home, '.ssh', name);
  }

  hop(more: Partial<Hop> = {}, server = this.bastion): Hop {
    return {
      id: `hop of ${server.port}`,
      host: server.host,
      port: server.port,
      username: server.username,
      auth: 'key',
      keyFile: this.file('id_plain'),
      credential: { source: 'session' },
      ...more,
    };
  }

  async open(hops: Hop[] = [this.hop()], choice: TunnelChoice = {}): Promise<Tunnel> {
    const tunnel = await openTunnel({
      ssh: { enabled: true, hops, useSshConfig: true },
      secrets: () => ({
        password: () => Promise.resolve(choice.password),
        passphrase: () => Promise.resolve(choice.passphrase),
      }),
      trust: choice.trust ?? {},
      dial: connectTo,
      limitMs: choice.limitMs ?? 10_000,
      signal: new AbortController().signal,
      stages: {
        run: async (stage, work) => {
          const { value, facts } = await work();
          this.told.push({ stage, ...(facts ? { facts } : {}) });
          return value;
        },
      },
    });
    this.#opened.push(tunnel);
    return tunnel;
  }

  /** Why no tunnel is opened. */
  refusal(hops?: Hop[], choice?: TunnelChoice): Promise<ErrorEnvelope> {
    return refusalOf(this.open(hops, choice));
  }

  /** What comes back from the target. */
  async echo(tunnel: Tunnel, port = this.targetPort): Promise<string> {
    const stream = await tunnel.connect('127.0.0.1', port, AbortSignal.timeout(10_000));
    stream.end('hello');
    let heard = '';
    for await (const chunk of stream) heard += String(chunk);
    return heard;
  }

  /** Both hosts are known, nothing is configured, no tunnel is open. */
  async reset(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((tunnel) => tunnel.close()));
    this.told.splice(0);
    await rm(this.file('config'), { force: true });
    const lines = await Promise.all([this.bastion.knownHostsLine(), this.inner.knownHostsLine()]);
    await writeFile(this.file('known_hosts'), lines.join(''));
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((tunnel) => tunnel.close()));
    if (this.#realHome === undefined) delete process.env.HOME;
    else process.env.HOME = this.#realHome;
    await Promise.all([this.bastion.close(), this.inner.close()]);
    await new Promise((resolve) => this.#target.close(resolve));
    await this.#home.remove();
  }
}

/** What something failed with, as it goes over the wire. */
export async function refusalOf(work: Promise<unknown>): Promise<ErrorEnvelope> {
  const error = await work.then(
    () => new Error('It was not refused'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error.toEnvelope();
  throw error;
}
