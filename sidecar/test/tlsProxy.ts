import { connect, createServer, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import type { ProxyTarget } from './proxiedLink.ts';

/** What somebody between client and server says to the request for TLS; all other bytes go on as they are. */
export type TlsAnswer = 'pass' | 'N' | 'close after S' | 'inject after S';

export interface TlsProxy {
  readonly port: number;
  answer: TlsAnswer;
  /** The first bytes that each link sent, after its request for TLS where there was one. */
  readonly firstWords: ('TLS' | 'startup' | 'cancel' | 'handshake')[][];
  close(): void;
}

const requestCodes: Record<number, 'TLS' | 'cancel'> = { 80877103: 'TLS', 80877102: 'cancel' };

/** Stands before a server and watches, or meddles with, how encryption is agreed on. */
export async function startTlsProxy(target: ProxyTarget): Promise<TlsProxy> {
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const words: TlsProxy['firstWords'][number] = [];
    proxy.firstWords.push(words);
    const upstream = connect(target.port, target.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.pipe(client);
    client.on('data', (bytes) => {
      const word = words.at(-1) === 'TLS' && bytes[0] === 0x16 ? 'handshake' : wordOf(bytes);
      // The login is over then, and what follows is none of its first words.
      if (words.length === 0 || words.at(-1) === 'TLS') words.push(word);
      if (word !== 'TLS' || proxy.answer === 'pass') upstream.write(bytes);
      else if (proxy.answer === 'N') client.write('N');
      else if (proxy.answer === 'close after S') client.end('S');
      else client.write('SE');
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const proxy: TlsProxy = {
    port: (listener.address() as { port: number }).port,
    answer: 'pass',
    firstWords: [],
    close: () => {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return proxy;
}

const wordOf = (bytes: Buffer): 'TLS' | 'cancel' | 'startup' =>
  (bytes.length >= 8 ? requestCodes[bytes.readUInt32BE(4)] : undefined) ?? 'startup';

/** Somebody in between who opens the encryption with a certificate of his own, and talks to the server over another one. */
export async function startTlsMiddleman(
  target: ProxyTarget,
  { cert, key }: { cert: string; key: string },
): Promise<{ port: number; close: () => void }> {
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const upstream = connect(target.port, target.host);
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}));
    client.once('data', (request) => {
      client.pause();
      upstream.write(request);
      upstream.once('data', () => {
        client.write('S');
        const here = new TLSSocket(client, { isServer: true, cert, key });
        const there = connectTls({ socket: upstream, rejectUnauthorized: false });
        for (const socket of [here, there]) socket.on('error', () => {});
        here.pipe(there).pipe(here);
      });
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const close = () => {
    listener.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (listener.address() as { port: number }).port, close };
}
