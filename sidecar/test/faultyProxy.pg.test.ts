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
