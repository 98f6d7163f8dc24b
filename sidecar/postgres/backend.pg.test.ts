import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppError } from '#shared/error/appError.ts';
import { startFaultyProxy } from '../test/faultyProxy.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { Backend } from './backend.ts';
import { ServerSocket } from './serverSocket.ts';
import type { FieldDescription, StatementSink } from './statement.ts';

let server: TestServer;
const open: Backend[] = [];

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  for (const backend of open) await backend.client.end();
  await server.close();
});

async function newBackend({ host, port }: { host: string; port: number } = server): Promise<Backend> {
  const backend = new Backend(
    {
      dial: () =>
        new Promise((resolve, reject) => {
          const socket = new ServerSocket({ host, port });
          socket.once('connect', () => resolve(socket)).once('error', reject);
        }),
      user: server.username,
      database: server.database,
      password: () => server.password,
      applicationName: 'test',
      options: '',
      loginTimeoutMs: 10_000,
      onTimeout: () => new Error('too late'),
    },
    'the test server',
  );
  open.push(backend);
  return backend.open();
}

class Collected implements StatementSink {
  fields: FieldDescription[][] = [];
  rowCount = 0;
  bytes = 0;
  tags: string[] = [];
  notices: string[] = [];
  columns(fields: FieldDescription[]): void {
    this.fields.push(fields);
  }
  rows(bytes: Buffer, count: number): void {
    this.rowCount += count;
    this.bytes += bytes.length;
  }
  ended(tag: string): void {
    this.tags.push(tag);
  }
  notice({ message }: { message: string }): void {
    this.notices.push(message);
  }
}

async function run(backend: Backend, text: string) {
  const sink = new Collected();
  const { error } = await backend.execute(text, sink);
  return { sink, error };
}

describe('a backend', () => {
  it('gives columns, rows as bytes and the tag of a statement', async () => {
    const backend = await newBackend();
    const { sink, error } = await run(backend, 'select n, n::text as t from generate_series(1, 1000) n');
    expect(error).toBeUndefined();
    expect(sink.fields[0]?.map(({ name, typeOid }) => [name, typeOid])).toEqual([
      ['n', 23],
      ['t', 25],
    ]);
    expect(sink.rowCount).toBe(1000);
    expect(sink.tags).toEqual(['SELECT 1000']);
  });

  it('tells the transaction status by the server, not by the text', async () => {
    const backend = await newBackend();
    await run(backend, 'begin');
    expect(backend.transactionStatus).toBe('T');
    const { error } = await run(backend, 'select 1 / 0');
    expect(error?.code).toBe('QUERY_FAILED');
    expect(backend.transactionStatus).toBe('E');
    await run(backend, 'rollback');
    expect(backend.transactionStatus).toBe('I');
  });

  it('places an error in UTF-16 code units, also behind characters outside the basic plane', async () => {
    const backend = await newBackend();
    const text = "select '🚢🚢', wrong_name";
    const { error } = await run(backend, text);
    expect(error?.facts.sqlstate).toBe('42703');
    expect(error?.facts.position).toBe(text.indexOf('wrong_name'));
  });

  it('is cancelled and kept where nobody takes its rows any more: the disk below them may hang', async () => {
    const backend = await newBackend();
    await run(backend, 'begin');
    const sink = new Collected();
    const take = sink.rows.bind(sink);
    sink.rows = (bytes, count) => {
      take(bytes, count);
      backend.pause();
    };
    const ended = backend.execute("select repeat('x', 1000), generate_series(1, 10000000)", sink);
    await expect.poll(() => sink.rowCount).toBeGreaterThan(0);
    await backend.cancel();
    expect((await ended).error?.code).toBe('CANCELLED');
    expect(backend.transactionStatus).toBe('E');
    await run(backend, 'rollback');
    expect((await run(backend, 'select 1')).sink.rowCount).toBe(1);
  });

  it('hands on notices', async () => {
    const backend = await newBackend();
    const { sink } = await run(backend, "do $$ begin raise notice 'ahoy'; end $$");
    expect(sink.notices).toEqual(['ahoy']);
  });

  it('refuses COPY FROM STDIN and COPY TO STDOUT without hanging, and goes on', async () => {
    const backend = await newBackend();
    await run(backend, 'create temp table t (a int)');
    const into = await run(backend, 'copy t from stdin');
    expect(into.error?.code).toBe('COPY_NEEDS_FILE');
    const out = await run(backend, 'copy (select generate_series(1, 3000000)) to stdout');
    expect(out.error?.code).toBe('COPY_NEEDS_FILE');
    const short = await run(backend, 'copy (select 1) to stdout');
    expect(short.error?.code).toBe('COPY_NEEDS_FILE');
    expect(await backend.query('select count(*) from t')).toEqual([['0']]);
  });

  it('cancels what runs, and the next statement is not hit by a late cancel', async () => {
    const backend = await newBackend();
    for (let round = 0; round < 20; round += 1) {
      const running = run(backend, 'select pg_sleep(30)');
      await backend.cancel();
      expect((await running).error?.code).toBe('CANCELLED');
      expect((await run(backend, 'select 1')).error).toBeUndefined();
    }
  });

  it('loses a backend that does not heed its cancel, within 2 s and a little', async () => {
    const backend = await newBackend();
    await run(
      backend,
      `create function pg_temp.stubborn() returns void language plpgsql as $$
       begin
         for i in 1..100 loop
           begin perform pg_sleep(10); exception when query_canceled then null; end;
         end loop;
       end $$`,
    );
    const running = run(backend, 'select pg_temp.stubborn()').catch((error: unknown) => error);
    // Cancelled before it has begun to catch, it would end like any other.
    const asleep = `select 1 from pg_stat_activity where pid = ${backend.pid} and wait_event = 'PgSleep'`;
    await expect.poll(async () => (await server.query(asleep)).length).toBe(1);
    const from = performance.now();
    await backend.cancel();
    expect(performance.now() - from).toBeLessThan(6_000);
    expect(await running).toMatchObject({
      code: 'CANCELLED',
      facts: { outcome: 'unknown', reason: 'cancelIgnored' },
    });
    expect(backend.alive).toBe(false);
  });

  it.each(['blackhole', 'refuse'] as const)(
    'says that the server was not reached with the cancel, where the link is dead (%s)',
    async (kind) => {
      const proxy = await startFaultyProxy(server);
      try {
        const backend = await newBackend(proxy);
        const running = run(backend, 'select pg_sleep(30)').catch((error: unknown) => error);
        const asleep = `select 1 from pg_stat_activity where pid = ${backend.pid} and wait_event = 'PgSleep'`;
        await expect.poll(async () => (await server.query(asleep)).length).toBe(1);
        await proxy.setMode({ kind });
        await backend.cancel();
        expect(await running).toMatchObject({
          code: 'CANCELLED',
          facts: { outcome: 'unknown', reason: 'cancelUnreached' },
        });
        expect(backend.alive).toBe(false);
      } finally {
        await proxy.close();
      }
    },
  );

  it('names the cause when the server ends it: in use, and idle', async () => {
    const [victim, killer] = [await newBackend(), await newBackend()];
    const running = run(victim, 'select pg_sleep(30)');
    const settled = running.catch((error: unknown) => error);
    await killer.query(`select pg_terminate_backend(${victim.pid})`);
    expect(await settled).toMatchObject({ code: 'SERVER_TERMINATED', facts: { outcome: 'unknown' } });

    const idle = await newBackend();
    const lost = new Promise<AppError>((resolve) => idle.lost.on(resolve));
    await killer.query(`select pg_terminate_backend(${idle.pid})`);
    expect((await lost).code).toBe('SERVER_TERMINATED');
    await expect(run(idle, 'select 1')).rejects.toMatchObject({ facts: { outcome: 'none' } });
  });

  it('is not lost for the error of a statement, though that was the last word, and tells no row in its cause', async () => {
    const proxy = await startFaultyProxy(server);
    try {
      const text = "insert into people values ('jane@example.org')";
      await server.query(`create table people (email text unique); ${text}`);
      // ErrorResponse whole, and nothing of the ReadyForQuery behind it.
      const refused = (await server.query(text).catch((error: unknown) => error)) as { length: number };
      const backend = await newBackend(proxy);
      const lost = new Promise<AppError>((resolve) => backend.lost.on(resolve));
      await run(backend, 'begin');
      await proxy.setMode({ kind: 'cut', from: 'server', afterBytes: 1 + refused.length });
      await expect(run(backend, text)).rejects.toMatchObject({
        facts: { sqlstate: '23505', outcome: 'unknown' },
      });
      const cause = await lost;
      expect(cause.code).toBe('CONNECTION_LOST');
      expect(JSON.stringify(cause.toEnvelope())).not.toContain('jane');
    } finally {
      await proxy.close();
    }
  });

  it('lets other work through while millions of rows stream', async () => {
    const backend = await newBackend();
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 1);
    const { sink } = await run(backend, 'select n, n from generate_series(1, 2000000) n');
    clearInterval(ticking);
    expect(sink.rowCount).toBe(2_000_000);
    expect(turns).toBeGreaterThan(20);
  });
});
