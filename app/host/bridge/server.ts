import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { isForUs, isFromNoPage, isFromOurPage, ownAddress, pathOf, type OwnAddress } from './address.ts';
import type { Door } from './door.ts';
import { refusal, sendReply, type Reply } from './reply.ts';

const requestMs = 10_000;
const maxConnections = 256;

/** What stands behind the checks. `path` has no query. */
export interface ServerRoutes {
  door: Door;
  session: (request: IncomingMessage) => Promise<Reply>;
  /** Hawser was started a second time. */
  front: (request: IncomingMessage) => Promise<Reply>;
  assets: (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;
  upgrade: (request: IncomingMessage, stream: Duplex, head: Buffer) => void;
  headers: Record<string, string>;
}

/** The loopback server: every request passes its checks of Host, Origin and method before anything else looks at it. */
export class LoopbackServer {
  readonly address: OwnAddress;
  readonly #server: Server;

  private constructor(server: Server, address: OwnAddress) {
    this.#server = server;
    this.address = address;
  }

  /** Listens on 127.0.0.1 (0: a port of the system's choice). Rejects with the system's error where it cannot. */
  static async listen(port: number): Promise<LoopbackServer> {
    const server = createServer({
      requestTimeout: requestMs,
      headersTimeout: requestMs,
      connectionsCheckingInterval: requestMs / 2,
      maxHeaderSize: 16 * 1024,
    });
    server.maxConnections = maxConnections;
    // A connection that cannot be accepted, for want of file descriptors, is refused by the system; we go on.
    server.on('error', () => undefined);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return new LoopbackServer(server, ownAddress((server.address() as AddressInfo).port));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  serve(routes: ServerRoutes): void {
    this.#server.on('request', (request, response) => {
      this.#answer(routes, request, response).catch(() => {
        // The page went away in the middle, or a file vanished under us.
        if (response.headersSent) response.destroy();
        else sendReply(response, refusal(500, 'Hawser could not answer this request.'));
      });
    });
    this.#server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      stream.on('error', () => stream.destroy());
      const allowed =
        pathOf(request) === '/rpc' &&
        isFromOurPage(request, this.address) &&
        routes.door.knowsCookie(request.headers.cookie);
      if (allowed) routes.upgrade(request, stream, head);
      else refuseUpgrade(stream);
    });
    this.#server.on('clientError', (_error, stream) => stream.destroy());
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(routes: ServerRoutes, request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(routes.headers)) response.setHeader(name, value);
    const path = pathOf(request);
    const refused = this.#check(request, path);
    if (refused) sendReply(response, refused);
    else if (path === sessionPath) sendReply(response, await routes.session(request));
    else if (path === frontPath) sendReply(response, await routes.front(request));
    else await routes.assets(request, response, path ?? '');
  }

  #check(request: IncomingMessage, path: string | undefined): Reply | undefined {
    const { method } = request;
    // No other origin has business here, so a browser that asks beforehand (OPTIONS) is told so.
    if (path === undefined || method === 'OPTIONS' || !isForUs(request, this.address))
      return refusal(403, notForUs);
    if (path === frontPath && method === 'POST')
      return isFromNoPage(request) ? undefined : refusal(403, notForUs);
    if (path !== sessionPath) {
      return method === 'GET' || method === 'HEAD' ? undefined : refusal(405, 'Files are only read.');
    }
    if (method !== 'POST') return refusal(405, 'A session is asked for by POST.');
    return isFromOurPage(request, this.address) ? undefined : refusal(403, notForUs);
  }
}

const sessionPath = '/session';
const frontPath = '/front';
const notForUs = 'This request does not come from a page of this Hawser.';

function refuseUpgrade(stream: Duplex): void {
  stream.end(`HTTP/1.1 403 ${STATUS_CODES[403]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
