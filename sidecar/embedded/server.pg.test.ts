import { readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { ask, clientOf, EmbeddedFolders, embeddedServer, patient } from '../test/embeddedFolder.ts';
import { isAlive, listProcesses } from '../test/processes.ts';
import type { EmbeddedServer } from './server.ts';

const folders = new EmbeddedFolders();
const servers: EmbeddedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});
afterAll(() => folders.remove());

function serverOn(folder: string): EmbeddedServer {
  const server = embeddedServer(folder);
  servers.push(server);
  return server;
}

const failureOf = async (start: Promise<unknown>): Promise<AppError> => {
  const error: unknown = await start.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error(`expected an AppError, got ${String(error)}`);
  return error;
};

/** Processes that work in or for a folder. */
const workingIn = (folder: string) =>
  listProcesses().filter(({ commandLine }) => commandLine.includes(folder));

test('the first start makes the shop, says what it does, and serves every caller by one server', async () => {
  const folder = await folders.empty();
  const server = serverOn(folder);
  const words: string[] = [];
  const [address, again] = await Promise.all([
    server.start({ signal: patient.signal, onActivity: (activity) => words.push(activity) }),
    server.start(patient),
  ]);
  expect(words).toEqual([
    'Preparing a PostgreSQL server',
    'Making the sample shop',
    'Starting the PostgreSQL server',
  ]);
  expect(again).toEqual(address);
  expect(address).toMatchObject({ host: '127.0.0.1', database: 'shop', username: 'postgres' });
  expect(server.running).toBe(true);
  expect((await stat(path.join(folder, 'password'))).mode & 0o777).toBe(0o600);
  expect((await stat(path.join(folder, 'data'))).mode & 0o777).toBe(0o700);
  expect(await readdir(folder)).toEqual(['data', 'password', 'server.log']);
  await expect(clientOf({ ...address, password: 'guessed' })).rejects.toThrow(
    'password authentication failed',
  );
});

test('no argument of any process holds the password', async () => {
  const server = serverOn(await folders.withSample());
  const { password } = await server.start(patient);
  expect(listProcesses().filter(({ commandLine }) => commandLine.includes(password))).toEqual([]);
});

test('the server listens on loopback only and keeps its data safe', async () => {
  const server = serverOn(await folders.withSample());
  const address = await server.start(patient);
  const rows = await ask(
    address,
    "select name, setting from pg_settings where name in ('listen_addresses', 'unix_socket_directories', 'fsync', 'password_encryption') order by name",
  );
  expect(rows.map(({ setting }) => setting)).toEqual(['on', '127.0.0.1', 'scram-sha-256', '']);
});

test('data and password survive stop and start, and stopping leaves no process', async () => {
  const folder = await folders.withSample();
  const server = serverOn(folder);
  const first = await server.start(patient);
  const pids = Object.values(server.pids) as number[];
  await ask(first, "insert into categories (name, slug) values ('Music', 'music')");
  await server.stop();
  await server.stop();
  expect(server.running).toBe(false);
  expect(pids.filter(isAlive)).toEqual([]);
  expect(workingIn(folder)).toEqual([]);
  const second = await server.start(patient);
  expect(second.password).toBe(first.password);
  expect(await ask(second, "select id from categories where slug = 'music'")).toEqual([{ id: 25 }]);
});

test('reset throws the data away and the next start makes the shop anew', async () => {
  const folder = await folders.withSample();
  const server = serverOn(folder);
  const first = await server.start(patient);
  await server.reset();
  expect(await readdir(folder)).toEqual([]);
  const patience = new AbortController();
  const words: string[] = [];
  const anew = server.start({
    signal: patience.signal,
    onActivity: (activity) => {
      words.push(activity);
      // Seen often enough elsewhere, and it takes seconds.
      if (activity.startsWith('Making')) patience.abort(new Error('seen enough'));
    },
  });
  await expect(anew).rejects.toThrow('seen enough');
  expect(words).toEqual(['Preparing a PostgreSQL server', 'Making the sample shop']);
  await server.stop();
  expect((await readFile(path.join(folder, 'password'), 'utf8')).trim()).not.toBe(first.password);
});

test('a killed server is told of, leaves no busy backend, and the next start recovers its data', async () => {
  const folder = await folders.withSample();
  const server = serverOn(folder);
  const address = await server.start(patient);
  await ask(address, "update orders set note = 'kept' where id = 1");
  const client = await clientOf(address);
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  // It never waits for anything, so it would not notice by itself that its postmaster is gone.
  const busy = client.query(
    "select count(*) from generate_series(1, 100000000000) i where md5(i::text) = ''",
  );
  busy.catch(() => {});
  const told = new Promise<AppError>((resolve) => server.events.on(({ error }) => resolve(error)));
  process.kill(server.pids.server ?? 0, 'SIGKILL');
  const error = await told;
  expect(error.code).toBe('EMBEDDED_FAILED');
  expect(error.message).toContain('SIGKILL');
  expect(server.running).toBe(false);
  expect(isAlive(rows[0]?.pid ?? 0)).toBe(false);
  await client.end().catch(() => {});
  expect(await ask(await server.start(patient), 'select note from orders where id = 1')).toEqual([
    { note: 'kept' },
  ]);
});

test('a start right after the server was killed waits until its remains are gone', async () => {
  const server = serverOn(await folders.withSample());
  await server.start(patient);
  const killed = server.pids.server ?? 0;
  process.kill(killed, 'SIGKILL');
  while (server.running) await new Promise((resolve) => setTimeout(resolve, 1));
  const address = await server.start(patient);
  expect(server.pids.server).not.toBe(killed);
  expect(await ask(address, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('settings of the user’s own clients do not reach the server', async () => {
  vi.stubEnv('PGCLIENTENCODING', 'LATIN1');
  vi.stubEnv('PGDATESTYLE', 'German');
  const server = serverOn(await folders.withSample());
  const [row] = await ask(
    await server.start(patient),
    "select reset_val from pg_settings where name = 'DateStyle'",
  );
  vi.unstubAllEnvs();
  expect(row).toEqual({ reset_val: 'ISO, MDY' });
});

test('servers of several folders run side by side', async () => {
  const running = await Promise.all(
    [0, 1, 2].map(async () => serverOn(await folders.withSample()).start(patient)),
  );
  expect(new Set(running.map(({ port }) => port)).size).toBe(3);
  for (const address of running) {
    expect(await ask(address, 'select inet_server_port() as port')).toEqual([{ port: address.port }]);
  }
});

test('data of another major version is refused with the way out', async () => {
  const folder = await folders.withSample();
  await writeFile(path.join(folder, 'data', 'PG_VERSION'), '15\n');
  const error = await failureOf(serverOn(folder).start(patient));
  expect(error).toMatchObject({ code: 'EMBEDDED_FAILED' });
  expect(error.message).toContain('PostgreSQL 15');
  expect(error.facts.hint).toContain('Reset');
});

test('damaged data is not thrown away unasked', async () => {
  const folder = await folders.withSample();
  await rm(path.join(folder, 'data', 'PG_VERSION'));
  const error = await failureOf(serverOn(folder).start(patient));
  expect(error).toMatchObject({
    code: 'EMBEDDED_FAILED',
    facts: { hint: expect.stringContaining('Reset') as string },
  });
  expect(await readdir(path.join(folder, 'data'))).toContain('base');
});

test('a server that does not start tells its last words', async () => {
  const folder = await folders.withSample();
  await writeFile(path.join(folder, 'data', 'postgresql.conf'), "shared_buffers = 'much'\n");
  const server = serverOn(folder);
  const error = await failureOf(server.start(patient));
  expect(error.code).toBe('EMBEDDED_FAILED');
  expect(error.facts.detail).toContain('shared_buffers');
  expect(server.running).toBe(false);
  expect(server.pids).toEqual({ server: undefined, guard: undefined });
});

test('a pid file that names a living stranger does not keep the server from starting', async () => {
  const folder = await folders.withSample();
  const server = serverOn(folder);
  await server.start(patient);
  const file = path.join(folder, 'data', 'postmaster.pid');
  const lines = (await readFile(file, 'utf8')).split('\n');
  process.kill(server.pids.server ?? 0, 'SIGKILL');
  await server.stop();
  // As after a restart of the machine: the id belongs to somebody else by now, here to this very test.
  await writeFile(file, [process.pid, ...lines.slice(1)].join('\n'));
  expect(await ask(await server.start(patient), 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a start that everybody gave up leaves nothing, and the next one makes the whole shop', async () => {
  const folder = await folders.empty();
  const server = serverOn(folder);
  const patience = new AbortController();
  const start = server.start({
    signal: patience.signal,
    onActivity: (words) => {
      if (words.startsWith('Making')) setTimeout(() => patience.abort(new Error('enough')), 200);
    },
  });
  await expect(start).rejects.toThrow('enough');
  await server.stop();
  expect(workingIn(folder)).toEqual([]);
  expect(await readdir(folder)).toEqual(['password']);
  const address = await server.start(patient);
  expect(await ask(address, 'select count(*)::int as n from order_lines')).toEqual([{ n: 200_000 }]);
});

test('one caller who gives up does not take the start from another', async () => {
  const server = serverOn(await folders.withSample());
  const hasty = new AbortController();
  const given = server.start({ ...patient, signal: hasty.signal });
  const kept = server.start(patient);
  hasty.abort(new Error('too slow'));
  await expect(given).rejects.toThrow('too slow');
  expect(await ask(await kept, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('stop during a start ends it, and a start after it waits its turn', async () => {
  const server = serverOn(await folders.withSample());
  const interrupted = failureOf(server.start(patient));
  const stopped = server.stop();
  const next = server.start(patient);
  expect((await interrupted).code).toBe('CANCELLED');
  await stopped;
  expect(await ask(await next, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(server.running).toBe(true);
});
