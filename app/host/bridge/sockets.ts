import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { maxFrameBytes } from '#shared/contract/protocol.ts';
import type { PageSocket } from './channel.ts';

/** Close codes that the page tells apart. */
export const closeCodes = {
  goingAway: 1001,
  unsupported: 1003,
  tryLater: 1013,
  sidecarRestarted: 4001,
  sidecarGivenUp: 4002,
  notAdmitted: 4003,
  pageTooSlow: 4004,
} as const;

/** A page shows its token at once; what does not is no page of ours. */
const firstFrameMs = 5000;
/** Two of these without a pong and the page is taken for dead; the first may be the one that a sleeping machine missed. */
const heartbeatMs = 15_000;
/** What may wait for a page that does not read. A page asks for slices of 2 MB, so this is far more than it can want. */
const maxWaitingBytes = 16 * 1024 * 1024;
/** How long a closing handshake may take before the socket is cut. */
const closingMs = 2000;
/** Windows of one user; each may hold `maxWaitingBytes`. */
const maxSockets = 32;

export interface SocketsOptions {
  /** True once for a token that was issued. */
  redeemToken: (token: string) => boolean;
  /** Resolves when the sidecar takes messages; resolves false when it never will. */
  whenReady: (signal: AbortSignal) => Promise<boolean>;
  connect: (socket: PageSocket) => { receive: (text: string) => void; closed: () => void };
}

/** The WebSockets of all windows: the first frame, limits, heartbeats and closing. Messages are the relay's business. */
export class Sockets {
  readonly #options: SocketsOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
  });
  readonly #open = new Set<Admission>();

  constructor(options: SocketsOptions) {
    this.#options = options;
  }

  /** Takes over an upgrade request whose sender has been checked. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, stream, head, (socket) => {
      if (this.#open.size >= maxSockets) return socket.close(closeCodes.tryLater, 'too many windows');
      const admission = new Admission(socket, this.#options);
      this.#open.add(admission);
      socket.once('close', () => this.#open.delete(admission));
    });
  }

  close(): void {
    for (const admission of this.#open) admission.close(closeCodes.goingAway, 'Hawser ends');
    this.#server.close();
  }
}

/** One socket: waits for its token, then for the sidecar, then hands over its messages. */
class Admission implements PageSocket {
  readonly #socket: WebSocket;
  readonly #options: SocketsOptions;
  readonly #ended = new AbortController();
  #firstFrame: NodeJS.Timeout;
  #state:
    { kind: 'expectingToken' } | { kind: 'waiting' } | { kind: 'open'; receive: (text: string) => void } = {
    kind: 'expectingToken',
  };

  constructor(socket: WebSocket, options: SocketsOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#firstFrame = setTimeout(() => this.close(closeCodes.notAdmitted, 'no token came'), firstFrameMs);
    socket.on('message', (data, isBinary) => this.#message(data, isBinary));
    // What breaks the protocol of WebSockets is answered and closed by the library; `close` follows.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(this.#firstFrame);
      this.#ended.abort();
    });
    this.#watchHeartbeat();
  }

  send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(text);
    if (this.#socket.bufferedAmount > maxWaitingBytes) this.close(closeCodes.pageTooSlow, 'page too slow');
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(code: number, reason: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.close(code, reason);
    // The page's half of the closing handshake has to be read, too.
    this.#socket.resume();
    // A page that does not read would keep the closing handshake waiting.
    const timer = setTimeout(() => this.#socket.terminate(), closingMs);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #message(data: RawData, isBinary: boolean): void {
    // What was read together with the frame that closed the socket comes to nothing.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (isBinary) return this.close(closeCodes.unsupported, 'text frames only');
    // One buffer each: that is the library's default kind of message.
    const text = (data as Buffer).toString('utf8');
    switch (this.#state.kind) {
      case 'open':
        return this.#state.receive(text);
      case 'waiting':
        return this.close(closeCodes.notAdmitted, 'a message came before the answer to the token');
      case 'expectingToken':
        clearTimeout(this.#firstFrame);
        this.#state = { kind: 'waiting' };
        if (this.#options.redeemToken(tokenOf(text))) void this.#admit();
        else this.close(closeCodes.notAdmitted, 'the token is not known');
    }
  }

  /** The page hears that it is admitted only when there is a sidecar to talk to, so nothing has to be kept for later. */
  async #admit(): Promise<void> {
    const ready = await this.#options.whenReady(this.#ended.signal);
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (!ready) {
      this.close(closeCodes.sidecarGivenUp, 'sidecar given up');
      return;
    }
    const { receive, closed } = this.#options.connect(this);
    this.#state = { kind: 'open', receive };
    this.#socket.once('close', closed);
    this.send(JSON.stringify({ ok: true }));
  }

  #watchHeartbeat(): void {
    let missed = 0;
    this.#socket.on('pong', () => (missed = 0));
    const timer = setInterval(() => {
      // A socket that is held back for the sidecar's sake cannot hear its pongs; one that is closing has its own end.
      if (this.#socket.isPaused || this.#socket.readyState !== this.#socket.OPEN) return;
      if (missed >= 2) return this.#socket.terminate();
      missed += 1;
      this.#socket.ping();
    }, heartbeatMs);
    this.#socket.once('close', () => clearInterval(timer));
  }
}

function tokenOf(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    const token = typeof value === 'object' && value !== null && 'token' in value ? value.token : undefined;
    return typeof token === 'string' ? token : '';
  } catch {
    return '';
  }
}
