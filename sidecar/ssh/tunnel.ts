import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import type { AppError } from '#shared/error/appError.ts';
import { asError } from '../lib/asError.ts';
import { atMost } from '../lib/deadline.ts';
import { Emitter } from '../lib/emitter.ts';
import { chainOf, type Hop } from './hops.ts';
import { HopClient, type HopStream } from './hopClient.ts';
import type { HopSecrets } from './login.ts';
import { tunnelClosed } from './sshErrors.ts';

/** Where the stages of connecting are told, each with its time. */
interface Stages {
  run<T>(stage: string, work: () => Promise<{ value: T; facts?: Record<string, unknown> }>): Promise<T>;
}

export interface TunnelRequest {
  ssh: NonNullable<ConnectionConfig['ssh']>;
  secrets: (hopId: string) => HopSecrets;
  /** Host keys that the user has looked at. */
  trust: HostKeyTrust;
  /** Opens the socket to the first hop, and tells its stages. */
  dial: (host: string, port: number) => Promise<Socket>;
  /** For each hop. */
  limitMs: number;
  signal: AbortSignal;
  stages: Stages;
}

/** What is still on its way may reach the first hop, but is not waited for longer. */
const closeGraceMs = 500;

/**
 * The SSH connections through which all streams of one connection go, hop within hop. Nothing listens on this computer:
 * a stream is a channel of the last hop, which nobody else can use.
 */
export class Tunnel {
  /** One of the hops is gone, and with it every stream. Told once. */
  readonly lost = new Emitter<AppError>();
  readonly #socket: Socket;
  readonly #clients: HopClient[];
  readonly #streams = new Set<Duplex>();
  readonly #limitMs: number;
  #over: AppError | undefined;

  constructor(socket: Socket, clients: HopClient[], limitMs: number) {
    this.#socket = socket;
    this.#clients = clients;
    this.#limitMs = limitMs;
    for (const client of clients) client.lost.on((error) => this.#lose(error));
  }

  /** Through which computers it goes, in words. */
  get via(): string[] {
    return this.#clients.map(({ hop }) => hop.name);
  }

  /** A stream to the target as the last hop sees it; a host that is a path is a socket's there. */
  async connect(host: string, port: number, signal: AbortSignal): Promise<Duplex> {
    const last = this.#clients.at(-1);
    if (this.#over || !last) throw this.#over ?? tunnelClosed();
    const target = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
    const stream = await last.forward(target, this.#limitMs, signal);
    if (this.#over) stream.destroy(this.#over);
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    return stream;
  }

  /** Every stream ends at once; the hops are told. Idempotent. */
  async close(): Promise<void> {
    if (!this.#over) {
      this.#over = tunnelClosed();
      for (const stream of this.#streams) stream.destroy();
      for (const client of [...this.#clients].reverse()) client.close();
      if (!this.#socket.closed) await atMost(closeGraceMs, once(this.#socket, 'close')).catch(() => {});
    }
    this.#destroy();
  }

  #lose(error: AppError): void {
    if (this.#over) return;
    this.#over = error;
    for (const stream of [...this.#streams]) stream.destroy(error);
    this.#destroy();
    this.lost.emit(error);
  }

  #destroy(): void {
    for (const client of [...this.#clients].reverse()) client.destroy();
    this.#socket.destroy();
  }
}

/** Goes from hop to hop. Rejects with what the first one that fails says; nothing stays open then. */
export async function openTunnel(request: TunnelRequest): Promise<Tunnel> {
  const { ssh, dial, limitMs, signal, stages } = request;
  const chain = await chainOf(ssh).catch((error: unknown) =>
    stages.run<Hop[]>('ssh[0]', () => Promise.reject(asError(error))),
  );
  const [first] = chain;
  if (!first) throw tunnelClosed();
  const socket = await dial(first.host, first.port);
  const clients: HopClient[] = [];
  try {
    for (const [index, hop] of chain.entries()) {
      const client = await stages.run(`ssh[${index}]`, async () => {
        const before = clients.at(-1);
        const stream: HopStream = before
          ? await before.forward({ host: hop.host, port: hop.port }, limitMs, signal)
          : socket;
        const opened = await HopClient.open(hopRequest(request, hop, stream));
        return { value: opened, facts: opened.facts };
      });
      clients.push(client);
    }
    signal.throwIfAborted();
    return new Tunnel(socket, clients, limitMs);
  } catch (error) {
    for (const client of clients.reverse()) client.destroy();
    socket.destroy();
    throw error;
  }
}

const hopRequest = ({ secrets, trust, limitMs, signal }: TunnelRequest, hop: Hop, stream: HopStream) => ({
  hop,
  stream,
  secrets: secrets(hop.id),
  trust,
  limitMs,
  signal,
});
