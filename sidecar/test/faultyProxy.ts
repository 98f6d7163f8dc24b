import { createServer, type Server, type Socket } from 'node:net';
import { findFreePort } from '../embedded/freePort.ts';
import { ProxiedLink, type ProxyMode, type ProxyTarget, type Side } from './proxiedLink.ts';

/** A TCP proxy on 127.0.0.1 before a real server, on a free port. */
export async function startFaultyProxy(target: ProxyTarget): Promise<FaultyProxy> {
  const proxy = new FaultyProxy(target, await findFreePort());
  await proxy.setMode({ kind: 'pass' });
  return proxy;
}

export class FaultyProxy {
  readonly host = '127.0.0.1';
  readonly port: number;
  #target: ProxyTarget;
  readonly #links = new Set<ProxiedLink>();
  #mode: ProxyMode = { kind: 'refuse' };
  #server: Server | undefined;
  #accepted = 0;
  #closed = false;

  constructor(target: ProxyTarget, port: number) {
    this.#target = target;
    this.port = port;
  }

  get mode(): ProxyMode {
    return this.#mode;
  }

  /** How many links live now. */
  get links(): number {
    return this.#links.size;
  }

  /** How many links were ever taken: tells whether anybody tried. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Links that are made from now on lead to another server, as after a failover or a change of the name. */
  setTarget(target: ProxyTarget): void {
    this.#target = target;
  }

  /** Resolves when the mode is in force: with `refuse` the port is closed, with all others it is open. */
  async setMode(mode: ProxyMode): Promise<void> {
    if (this.#closed) throw new Error('The proxy is closed.');
    this.#mode = mode;
    for (const link of this.#links) link.setMode(mode);
    if (mode.kind === 'refuse') await this.#unlisten();
    else await this.#listen();
  }

  /** Resets every living link (both sides see ECONNRESET); new ones are taken as the mode says. */
  reset(): void {
    for (const link of [...this.#links]) link.reset();
  }

  /** On every living link this side seems to say no more, though it hears all that the other says. */
  halfClose(side: Side): void {
    for (const link of [...this.#links]) link.finish(side);
  }

  /** Ends every link and the port. Idempotent; nothing is pending afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    this.reset();
    await this.#unlisten();
  }

  async #listen(): Promise<void> {
    if (this.#server) return;
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#take(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: this.port, host: this.host }, resolve);
    });
  }

  /** Does not wait for the links that live on: a server's own `close` would. */
  async #unlisten(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    // The port is given back at once when `close` is called; its callback comes with the end of the last link.
    server?.close();
    await new Promise((resolve) => setImmediate(resolve));
  }

  #take(socket: Socket): void {
    // It was let in before the port was closed.
    if (this.#closed) return void socket.destroy();
    this.#accepted++;
    const link = new ProxiedLink(socket, this.#target, this.#mode, () => this.#links.delete(link));
    this.#links.add(link);
  }
}
