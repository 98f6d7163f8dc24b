import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerSocket } from './serverSocket.ts';

let server: Server;
beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

async function pair(): Promise<{ socket: ServerSocket; peer: Socket }> {
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = new ServerSocket({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  const [peer] = await accepted;
  return { socket, peer };
}

/** Different everywhere, so that a part that is lost, doubled or out of its order is seen. */
const much = Buffer.alloc(3_000_000).map((_, at) => (at * 31 + (at >> 8) * 7) & 0xff);

async function takeAll(peer: Socket, taken: readonly Buffer[]): Promise<Buffer> {
  peer.end(much);
  await expect.poll(() => taken.reduce((sum, { length }) => sum + length, 0)).toBe(much.length);
  return Buffer.concat(taken);
}

describe('a socket to a server', () => {
  it('is a stream as long as nobody borrows', async () => {
    const { socket, peer } = await pair();
    const taken: Buffer[] = [];
    socket.on('data', (bytes: Buffer) => taken.push(bytes));
    const ended = once(socket, 'end');
    expect((await takeAll(peer, taken)).equals(much)).toBe(true);
    await ended;
  });

  it('lends the same buffer for each read, and ends as a stream does', async () => {
    const { socket, peer } = await pair();
    const taken: Buffer[] = [];
    const rooms = new Set<ArrayBufferLike>();
    const streamed: Buffer[] = [];
    socket.on('data', (bytes: Buffer) => streamed.push(bytes));
    socket.lendTo((bytes) => {
      taken.push(Buffer.from(bytes));
      rooms.add(bytes.buffer);
      return true;
    });
    const ended = once(socket, 'end');
    expect((await takeAll(peer, taken)).equals(much)).toBe(true);
    await ended;
    expect(rooms.size).toBe(1);
    expect(streamed).toEqual([]);
  });

  it('gives all in its order, paused at any read, whoever takes it', async () => {
    const { socket, peer } = await pair();
    const taken: Buffer[] = [];
    const pauseNow = (): void => {
      if (taken.length % 3 !== 0) return;
      socket.pause();
      setImmediate(() => socket.resume());
    };
    socket.on('data', (bytes: Buffer) => {
      taken.push(bytes);
      pauseNow();
    });
    socket.lendTo((bytes) => {
      if (taken.length % 2 === 0) return false;
      taken.push(Buffer.from(bytes));
      pauseNow();
      return true;
    });
    expect((await takeAll(peer, taken)).equals(much)).toBe(true);
  });

  it('lends nothing while it is paused, and what waits in the stream comes first', async () => {
    const { socket, peer } = await pair();
    const lent: string[] = [];
    const streamed: string[] = [];
    // Read into the stream before anybody listens, as a server does that speaks at once.
    peer.write('first ');
    await once(socket, 'readable');
    socket.on('data', (bytes: Buffer) => streamed.push(bytes.toString()));
    socket.pause();
    socket.lendTo((bytes) => {
      lent.push(bytes.toString());
      return true;
    });
    peer.write('second');
    await new Promise((resolve) => peer.write('', resolve));
    expect([lent, streamed]).toEqual([[], []]);
    socket.resume();
    await expect.poll(() => [...streamed, ...lent].join('')).toBe('first second');
    expect(streamed.join('')).toMatch(/^first /);
    socket.destroy();
  });
});
