import type { IncomingMessage } from 'node:http';
import { AppError } from '#shared/error/appError.ts';
import { createAssets } from './assets/assets.ts';
import { strictHeaders } from './assets/policy.ts';
import type { OwnAddress } from './bridge/address.ts';
import { Door } from './bridge/door.ts';
import { refusal, type Reply } from './bridge/reply.ts';
import { Relay } from './bridge/relay.ts';
import { LoopbackServer } from './bridge/server.ts';
import { openSession } from './bridge/session.ts';
import { closeCodes, Sockets } from './bridge/sockets.ts';
import { NativeCalls, type NativeOptions } from './native/nativeCalls.ts';
import { Supervisor } from './sidecar/supervisor.ts';

export interface HostParts {
  /** The program of the sidecar, run by this same Node. */
  sidecarFile: string;
  sidecarArgs: readonly string[];
  /** The built page. */
  uiFolder: string;
  port: number;
  /** How files are chosen; by default without a dialog of the system. */
  native?: NativeOptions;
}

/** Everything between a page and the sidecar, put together: server, door, sockets, relay and supervisor. */
export class Host {
  readonly supervisor: Supervisor;
  readonly #server: LoopbackServer;
  readonly #door: Door;
  readonly #sockets: Sockets;
  readonly #native: NativeCalls;
  #front: (request: IncomingMessage) => Promise<Reply> = () =>
    Promise.resolve(refusal(503, 'Hawser is not ready.'));
  #admitted = 0;
  #onAdmitted: () => void = () => undefined;
  #ending: Promise<void> | undefined;

  /** Listens and starts the sidecar; rejects where the port is taken or the page is not built. */
  static async start(parts: HostParts): Promise<Host> {
    const server = await LoopbackServer.listen(parts.port);
    try {
      return new Host(parts, server);
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  private constructor({ sidecarFile, sidecarArgs, uiFolder, native }: HostParts, server: LoopbackServer) {
    this.#server = server;
    this.#door = new Door(server.port);
    this.supervisor = new Supervisor(process.execPath, [sidecarFile, ...sidecarArgs]);
    this.#native = new NativeCalls(native ?? { dialogs: false });
    const relay = new Relay(this.supervisor, this.#native);
    this.#sockets = new Sockets({
      redeemToken: (token) => this.#door.redeemToken(token),
      whenReady: (signal) => this.supervisor.whenReady(signal),
      connect: (socket) => relay.connect(socket),
    });
    this.#connect(relay);
    this.#serve(uiFolder);
    this.supervisor.start();
  }

  get port(): number {
    return this.#server.port;
  }

  get address(): OwnAddress {
    return this.#server.address;
  }

  get pageWasAdmitted(): boolean {
    return this.#admitted > 0;
  }

  /** The address with a new one-time code in it; the one given before is dead. */
  entrance(lifeMs?: number): string {
    return `${this.address.origin}/#code=${this.#door.issueCode(lifeMs)}`;
  }

  /** Who answers where Hawser is started a second time. */
  onSecondStart(answer: (request: IncomingMessage) => Promise<Reply>): void {
    this.#front = answer;
  }

  /** Resolves when a page comes in, or at an abort. */
  nextAdmission(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#onAdmitted = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Waits for what runs, while the windows stay. Resolves when the sidecar is gone, or at an abort. */
  drain(signal: AbortSignal): Promise<void> {
    return this.supervisor.drain(signal);
  }

  /** Ends the sidecar, the sockets and the server. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    this.#native.close();
    this.#sockets.close();
    await Promise.all([this.supervisor.close(), this.#server.close()]);
  }

  #connect(relay: Relay): void {
    this.supervisor
      .on('frame', (body) => relay.fromSidecar(body))
      .on('oversize', (head) => relay.oversize(head))
      .on('drain', () => relay.drained())
      .on('died', () => relay.lost(restarted(), closeCodes.sidecarRestarted, 'sidecar restarted'))
      .on('gaveUp', (failure) => relay.lost(failure, closeCodes.sidecarGivenUp, 'sidecar given up'));
  }

  #serve(uiFolder: string): void {
    const session = {
      door: this.#door,
      failure: () => this.supervisor.failure,
      onAdmitted: () => {
        this.#admitted += 1;
        this.#onAdmitted();
      },
    };
    this.#server.serve({
      door: this.#door,
      session: (request) => openSession(request, session),
      front: (request) => this.#front(request),
      assets: createAssets(uiFolder, this.address),
      upgrade: (request, stream, head) => this.#sockets.upgrade(request, stream, head),
      headers: strictHeaders(this.address),
    });
  }
}

const restarted = (): AppError =>
  new AppError('SIDECAR_RESTARTED', 'The engine stopped and is started again. Your texts are safe.');
