import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startFaultyProxy, type FaultyProxy } from './faultyProxy.ts';
import { startPostgres, type TestServer } from './postgresServer.ts';

let server: TestServer;
let proxy: FaultyProxy;
const clients: pg.Client[] = [];

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());
beforeEach(async () => {
  proxy = await startFaultyProxy(server);
});
afterEach(async () => {
  await proxy.close();
  expect(proxy.links).toBe(0);
  for (const client of clients.splice(0)) await client.end().catch(() => {});
});

async function connectThrough(): Promise<pg.Client> {
  const { username: user, password, database } = server;
  const client = new pg.Client({ host: proxy.host, port: proxy.port, user, password, database });
  client.on('error', () => {});
  clients.push(client);
  await client.connect();
  return client;
}

/** Whether a promise is settled after a while. */
const settles = (promise: Promise<unknown>, ms = 200): Promise<boolean> =>
  Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), ms)),
  ]);

const one = [{ one: 1 }];

test('pass hands everything on, large results too', async () => {
  const client = await connectThrough();
  const { rows } = await client.query(
    "select sum(length(x)) as n from (select repeat('x', 1000) x from generate_series(1, 9)) t",
  );
  expect(rows).toEqual([{ n: '9000' }]);
  const large = await client.query("select repeat('y', 5000) as y from generate_series(1, 2000)");
  expect(large.rows).toHaveLength(2000);
});

test('refuse closes the port for new links and leaves the living one', async () => {
  const client = await connectThrough();
  await proxy.setMode({ kind: 'refuse' });
  await expect(connectThrough()).rejects.toThrow('ECONNREFUSED');
  expect((await client.query('select 1 as one')).rows).toEqual(one);
  await proxy.setMode({ kind: 'pass' });
  await connectThrough();
});

test('reset breaks every living link', async () => {
  const client = await connectThrough();
  const running = client.query('select pg_sleep(30)');
  const broken = expect(running).rejects.toThrow('ECONNRESET');
  proxy.reset();
  await broken;
});

test('a stalled link goes on where it stopped', async () => {
  const client = await connectThrough();
  await proxy.setMode({ kind: 'stall' });
  const answer = client.query('select 1 as one');
  expect(await settles(answer)).toBe(false);
  await proxy.setMode({ kind: 'pass' });
  expect((await answer).rows).toEqual(one);
});

test('a blackhole swallows for ever, and new links work once it is over', async () => {
  const client = await connectThrough();
  await proxy.setMode({ kind: 'blackhole' });
  const lost = client.query('select 1');
  lost.catch(() => {});
  const unanswered = connectThrough();
  unanswered.catch(() => {});
  expect(await settles(Promise.race([lost, unanswered]))).toBe(false);
  await proxy.setMode({ kind: 'pass' });
  expect(await settles(lost)).toBe(false);
  expect((await (await connectThrough()).query('select 1 as one')).rows).toEqual(one);
});

test('latency delays each way and keeps the order', async () => {
  const client = await connectThrough();
  await proxy.setMode({ kind: 'latency', ms: 60 });
  const start = performance.now();
  const { rows } = await client.query('select i from generate_series(1, 20000) i');
  // Timers may fire a millisecond early by the other clock.
  expect(performance.now() - start).toBeGreaterThan(115);
  expect(rows.map(({ i }: { i: number }) => i)).toEqual(Array.from({ length: 20000 }, (_, i) => i + 1));
});

test.each([false, true])('cut ends the link after exactly as many bytes (reset: %s)', async (reset) => {
  const socket = connect(proxy.port, proxy.host);
  await proxy.setMode({ kind: 'cut', from: 'server', afterBytes: 1, reset });
  // An SSLRequest: the server answers with one byte, N.
  socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
  expect(await readToEnd(socket)).toEqual({ bytes: 1, code: reset ? 'ECONNRESET' : undefined });
});

test('jitter keeps the order too', async () => {
  const client = await connectThrough();
  const delays = [0.9, 0.1, 0.5, 0];
  await proxy.setMode({ kind: 'latency', ms: 5, jitterMs: 40, random: () => delays.shift() ?? 0.3 });
  const { rows } = await client.query('select i from generate_series(1, 20000) i');
  expect(rows.map(({ i }: { i: number }) => i)).toEqual(Array.from({ length: 20000 }, (_, i) => i + 1));
  expect(delays).toEqual([]);
});

test('chop hands every byte on alone', async () => {
  const socket = connect(proxy.port, proxy.host);
  const chunks: number[] = [];
  socket.on('data', (data) => chunks.push(data.length));
  await proxy.setMode({ kind: 'chop' });
  // An unsupported version of the protocol: the server says so in an error of many bytes.
  socket.write(Buffer.from([0, 0, 0, 8, 0, 1, 0, 0]));
  await readToEnd(socket);
  const bytes = chunks.reduce((sum, length) => sum + length, 0);
  expect(bytes).toBeGreaterThan(40);
  // The receiver may find a few of them together.
  expect(chunks.length).toBeGreaterThan(bytes / 4);
  const client = await connectThrough();
  expect((await client.query('select 1 as one')).rows).toEqual(one);
});

test('corrupt flips bits at the rate asked for, the same ones by the same seed', async () => {
  const client = await connectThrough();
  const text = 'x'.repeat(2000);
  const flips = async (): Promise<string> => {
    let at = 0;
    // Every hundredth byte; the second call in a row chooses the bit.
    const random = () => ((at += 1) % 100 === 0 ? 0 : 0.5);
    await proxy.setMode({ kind: 'corrupt', rate: 0.01, from: 'client', random });
    const { rows } = await client.query<{ got: string }>('select $1::text as got', [text]).catch(() => ({
      rows: [{ got: '' }],
    }));
    await proxy.setMode({ kind: 'pass' });
    return rows[0]?.got ?? '';
  };
  const first = await flips();
  expect(first).toHaveLength(2000);
  expect([...first].filter((letter) => letter !== 'x').length).toBeGreaterThan(10);
  expect(await flips()).toBe(first);
});

test.each(['client', 'server'] as const)('half of a link is closed: the %s says no more', async (side) => {
  const socket = connect({ port: proxy.port, host: proxy.host, allowHalfOpen: true });
  let heard = '';
  socket.on('data', (data) => (heard += data.toString('latin1')));
  const ssl = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
  socket.write(ssl);
  await expect.poll(() => heard).toBe('N');
  proxy.halfClose(side);
  // A server that hears the end goes, and so the client hears it in both cases.
  await once(socket, 'end');
  // Only where the end was made up does the server still listen.
  if (side === 'server') socket.write(ssl);
  expect(heard).toBe('N');
  socket.destroy();
});

test('garbage answers without asking the server', async () => {
  await proxy.setMode({ kind: 'garbage', bytes: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') });
  await expect(connectThrough()).rejects.toThrow();
  expect(proxy.accepted).toBe(1);
});

test('a server that is down resets the link', async () => {
  await proxy.close();
  proxy = await startFaultyProxy({ host: '127.0.0.1', port: 1 });
  await expect(connectThrough()).rejects.toThrow('ECONNRESET');
});

function readToEnd(socket: Socket): Promise<{ bytes: number; code: string | undefined }> {
  return new Promise((resolve) => {
    let bytes = 0;
    let code: string | undefined;
    socket.on('data', (data) => (bytes += data.length));
    socket.on('error', (error: NodeJS.ErrnoException) => (code = error.code));
    socket.on('close', () => resolve({ bytes, code }));
  });
}
