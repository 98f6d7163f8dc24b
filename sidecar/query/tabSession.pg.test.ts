import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFaultyProxy } from '../test/faultyProxy.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';

let server: TestServer;
let stage: RunStage;

beforeAll(async () => {
  server = await startPostgres();
  await server.query('create database other');
  await server.query('create role writer; grant writer to current_user');
});
afterAll(() => server.close());
beforeEach(async () => {
  // Three backends and the control connection.
  stage = await openRunStage(server, { options: { maxPoolSize: 4, poolWaitMs: 20_000 } });
});
afterEach(() => stage.close());

const pid = (params: object = {}) => stage.value('select pg_backend_pid()', params);
/** What a tab left behind is looked at once its backend has been given back, or kept for good. */
const backends = async (where: string) =>
  Number(
    Object.values(
      (
        await server.query(`select count(*) from pg_stat_activity
        where application_name = 'Hawser' and backend_type = 'client backend' and ${where}`)
      )[0] ?? {},
    )[0],
  );

it('lets go of what lies idle in a database that is renamed, copied or dropped', async () => {
  await server.query('create database doomed');
  const use = (database: string) => stage.run('select 1', { database, tabId: 'there' });
  const outcome = async (text: string) => (await stage.run(text)).ended;
  await use('doomed');
  await stage.run('select 1', { tabId: 'there' });
  expect(await outcome('alter database doomed rename to lost')).toMatchObject({ outcome: 'done' });
  await use('lost');
  await stage.run('select 1', { tabId: 'there' });
  expect(await outcome('/* all of it */ drop database lost')).toMatchObject({ outcome: 'done' });
});

describe('what a session holds', () => {
  it.each([
    ['a setting', "set work_mem = '7MB'", 'show work_mem', '7MB'],
    ['a setting made by a function', "select set_config('work_mem', '9MB', false)", 'show work_mem', '9MB'],
    [
      'a setting with a dot in its name',
      "set app.tenant = '42'",
      "select current_setting('app.tenant', true)",
      '42',
    ],
    ['such a setting made by a function', "select set_config('app.who', 'me', false)", 'show app.who', 'me'],
    ['a role', 'set role writer', 'select current_user', 'writer'],
    ['another user', 'set session authorization writer', 'select session_user', 'writer'],
    ['a temporary table', 'create temp table keep as select 7 as x', 'select x from keep', '7'],
    ['a temporary view', 'create temp view look as select 8 as x', 'select x from look', '8'],
    ['a channel', 'listen news', 'select pg_listening_channels()', 'news'],
    ['a prepared statement', 'prepare p as select 5', 'execute p', '5'],
    ['a cursor', 'declare c cursor with hold for select 6', 'fetch c', '6'],
    ['an advisory lock', 'select pg_advisory_lock(99)', 'select pg_advisory_unlock(99)', 't'],
  ])('stays with its tab: %s', async (_, make, look, found) => {
    await stage.run(make);
    // Other tabs get other backends meanwhile, and see nothing of it.
    for (const tabId of ['a', 'b']) await stage.run('select 1', { tabId });
    expect(await stage.value(look)).toBe(found);
  });

  it('is given up when nothing is left of it', async () => {
    await stage.run("set work_mem = '7MB'; create temp table gone (); set app.x = '1'");
    await stage.run("set work_mem = '8MB'");
    const held = await pid();
    await stage.run('reset work_mem; drop table gone; reset app.x');
    const take = (tabId: string) => stage.value('select pg_backend_pid() from pg_sleep(0.1)', { tabId });
    // It is looked through and cleaned before it can be had again, which takes its time on a busy machine.
    await expect.poll(() => Promise.all(['a', 'b', 'c'].map(take)), { timeout: 20_000 }).toContain(held);
  });

  it('is forgotten when the tab is closed', async () => {
    await stage.run("set work_mem = '7MB'; begin; create table never (); select 1");
    expect(stage.runs.transactions('s')).toMatchObject([{ tabId: 't', status: 'T' }]);
    await stage.runs.close('s', { tabId: 't' });
    expect(stage.runs.transactions('s')).toEqual([]);
    expect(await stage.value('show work_mem')).not.toBe('7MB');
    expect(await stage.value("select to_regclass('never')")).toBeNull();
  });

  it('keeps no backend where the connection itself set something at its start', async () => {
    const own = await openRunStage(server, {
      options: {
        maxPoolSize: 2,
        poolWaitMs: 500,
        startupSql: "set work_mem = '6MB'; create temp table mine ()",
      },
    });
    try {
      for (const tabId of ['a', 'b', 'c']) expect(await own.value('show work_mem', { tabId })).toBe('6MB');
    } finally {
      await own.close();
    }
  });
});

describe('a transaction', () => {
  it('stays open from run to run, and is told with its status', async () => {
    const begun = await stage.run('begin; create table t1 (x int); insert into t1 values (1)');
    expect(begun.ended).toMatchObject({ outcome: 'done', transactionStatus: 'T' });
    const [open] = stage.runs.transactions('s');
    expect(open).toMatchObject({ tabId: 't', status: 'T' });
    expect(await stage.value('select x from t1')).toBe('1');
    expect(stage.runs.transactions('s')).toEqual([open]);
    expect((await stage.run('select 1/0')).ended).toMatchObject({ transactionStatus: 'E' });
    expect((await stage.run('select 1')).ended).toMatchObject({
      outcome: 'failed',
      error: { code: 'TRANSACTION_STATE' },
      transactionStatus: 'E',
    });
    expect((await stage.run('rollback')).ended).toMatchObject({ outcome: 'done', transactionStatus: 'I' });
    expect(stage.runs.transactions('s')).toEqual([]);
  });

  it('keeps its tab in its database, which it may leave otherwise', async () => {
    await stage.run("set work_mem = '7MB'");
    expect(await stage.value('select current_database()', { database: 'other' })).toBe('other');
    expect(await stage.value('show work_mem', { database: 'other' })).not.toBe('7MB');
    await stage.run('begin', { database: 'other' });
    expect((await stage.run('select 1', { database: 'postgres' })).ended).toMatchObject({
      outcome: 'failed',
      error: { code: 'TRANSACTION_STATE', outcome: 'none' },
      transactionStatus: 'T',
    });
    // Nobody said another database: the run stays where the tab is.
    expect(await stage.value('select current_database()')).toBe('other');
  });

  it('is rolled back when its session ends', async () => {
    await stage.run('begin; create table never2 ()');
    const active = stage.start('select pg_sleep(60)', { tabId: 'b' });
    await stage.until(() => stage.runs.summaries('s').some(({ state }) => state === 'running'));
    expect(stage.runs.hasActive('s')).toBe(true);
    await stage.runs.endSession('s');
    expect(stage.runs.hasActive('s')).toBe(false);
    expect(stage.runs.summaries('s')).toEqual([]);
    expect(active.told('query.runEnded')).toMatchObject([{ outcome: 'cancelled' }]);
    expect(await backends("state <> 'idle'")).toBe(0);
    expect(await stage.value("select to_regclass('never2')")).toBeNull();
  });
});

describe('runs and backends', () => {
  it('take their turns within a tab', async () => {
    const first = stage.start('create table turns (n int); select pg_sleep(0.3)');
    const second = stage.start('insert into turns values (1); select count(*) from turns', { keep: true });
    expect(stage.runs.summaries('s').map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    expect(await second.ended()).toMatchObject({ outcome: 'done' });
    expect(first.told('query.runEnded')).toHaveLength(1);
    await stage.run('drop table turns');
  });

  it('of forty tabs at once never use more than they may', async () => {
    let most = 0;
    const runs = Array.from({ length: 40 }, (_, at) =>
      stage.start('select pg_sleep(0.05)', { tabId: `${at}` }),
    );
    const ended = Promise.all(runs.map((run) => run.ended()));
    const isOver = () => runs.every((run) => run.told('query.runEnded').length > 0);
    while (!isOver()) most = Math.max(most, await backends('true'));
    expect(new Set((await ended).map(({ outcome }) => outcome))).toEqual(new Set(['done']));
    expect(most).toBeLessThanOrEqual(4);
    expect(most).toBeGreaterThan(2);
    expect(stage.notifications.some(({ method }) => method === 'query.waiting')).toBe(true);
  });

  it('wait for a backend visibly, and can be cancelled there', async () => {
    const busy = ['a', 'b', 'c'].map((tabId) => stage.start('select pg_sleep(60)', { tabId }));
    const waiting = stage.start('select 1');
    const [told] = await stage.until(() => {
      const news = waiting.told('query.waiting');
      return news.length > 0 ? news : undefined;
    });
    expect(told).toMatchObject({ busy: 3 });
    expect(stage.runs.summaries('s').at(-1)).toMatchObject({ state: 'waiting', busy: 3 });
    await stage.runs.cancel('s', { runId: waiting.runId });
    expect(waiting.told('query.runEnded')).toMatchObject([{ outcome: 'cancelled' }]);
    await Promise.all(busy.map(({ runId }) => stage.runs.cancel('s', { runId })));
    expect(await stage.value('select 1')).toBe('1');
  });

  it('can be cancelled while their backend is still logging in', async () => {
    const proxy = await startFaultyProxy(server);
    const { host, database, username, password } = server;
    // Longer than a test may take: the cancel must not wait for it.
    const options = { connectTimeoutSec: 120 };
    const slow = await openRunStage({ host, port: proxy.port, database, username, password }, { options });
    try {
      const busy = slow.start('select pg_sleep(60)', { tabId: 'a' });
      await slow.until(() => slow.runs.summaries('s')[0]?.state === 'running' || undefined);
      await proxy.setMode({ kind: 'stall' });
      const accepted = proxy.accepted;
      const run = slow.start('select 1');
      await slow.until(() => proxy.accepted > accepted || undefined);
      await slow.runs.cancel('s', { runId: run.runId });
      expect(run.told('query.runEnded')).toMatchObject([{ outcome: 'cancelled' }]);
      await proxy.setMode({ kind: 'pass' });
      await slow.runs.cancel('s', { runId: busy.runId });
    } finally {
      await slow.close();
      await proxy.close();
    }
  });

  it('fail plainly where none comes free', async () => {
    const small = await openRunStage(server, { options: { maxPoolSize: 2, poolWaitMs: 200 } });
    try {
      const busy = small.start('select pg_sleep(60)', { tabId: 'a' });
      const { ended } = await small.run('select 1');
      expect(ended).toMatchObject({ outcome: 'failed', error: { code: 'POOL_EXHAUSTED' } });
      await small.runs.cancel('s', { runId: busy.runId });
    } finally {
      await small.close();
    }
  });

  it('that are lost while they run say so, and the tab goes on with another', async () => {
    await stage.run("set work_mem = '7MB'");
    const held = await pid();
    const run = stage.start('select 1; select pg_sleep(60)');
    await stage.until(() => run.told('query.resultEnded')[0]);
    await server.query(`select pg_terminate_backend(${held})`);
    expect(await run.ended()).toMatchObject({
      outcome: 'lost',
      error: { code: 'SERVER_TERMINATED', outcome: 'unknown' },
      statement: { index: 1 },
      transactionStatus: 'I',
    });
    expect(await stage.value('show work_mem')).not.toBe('7MB');
  });

  it('that are lost between two runs are given back at once', async () => {
    await stage.run('begin');
    const held = await pid();
    await server.query(`select pg_terminate_backend(${held})`);
    await stage.until(() => stage.runs.transactions('s').length === 0 || undefined);
    expect(await pid()).not.toBe(held);
    const busy = ['a', 'b', 'c'].map((tabId) => stage.run('select pg_sleep(0.1)', { tabId }));
    expect((await Promise.all(busy)).map(({ ended }) => ended.outcome)).toEqual(['done', 'done', 'done']);
  });

  it('are cancelled when the user disconnects, with the statement on the server', async () => {
    await server.query('create table written (n int)');
    for (let round = 0; round < 5; round += 1) {
      await stage.run('begin', { tabId: 'b' });
      const runs = [
        stage.start('insert into written select 1 from pg_sleep(60)', { timeoutMs: 50_000 }),
        stage.start('insert into written values (2); select pg_sleep(60)', { tabId: 'b' }),
        stage.start('select 1; select pg_sleep(60)', { tabId: 'c' }),
      ];
      const asleep = () => backends("state = 'active' and query like '%pg_sleep(60)'");
      await stage.until(async () => (await asleep()) === 3 || undefined);
      // There is no backend left for this one.
      const waiting = stage.start('insert into written values (3)', { tabId: 'd' });
      await stage.until(() => waiting.told('query.waiting')[0]);
      runs.push(waiting);
      await stage.connections.disconnect(stage.connectionId);
      const endings = await Promise.all(runs.map((run) => run.ended()));
      for (const ended of endings)
        expect(ended).toMatchObject({
          outcome: 'cancelled',
          error: { code: 'CANCELLED' },
          transactionStatus: 'I',
        });
      expect(endings.map(({ statement }) => statement?.index)).toEqual([0, 1, 1, undefined]);
      await stage.until(async () => (await backends('true')) === 0 || undefined);
      expect(await server.query('select from written')).toEqual([]);
      await stage.connections.connect(stage.connectionId, undefined);
    }
  });

  it('are lost where the user disconnects over a dead link: nobody knows what became of the statement', async () => {
    const proxy = await startFaultyProxy(server);
    const { host, database, username, password } = server;
    const dead = await openRunStage({ host, port: proxy.port, database, username, password });
    try {
      const run = dead.start('select pg_sleep(60)');
      await dead.until(() => dead.runs.summaries('s')[0]?.state === 'running' || undefined);
      await dead.until(async () => (await backends("query like '%pg_sleep(60)'")) === 1 || undefined);
      await proxy.setMode({ kind: 'blackhole' });
      await dead.connections.disconnect(dead.connectionId);
      expect(await run.ended()).toMatchObject({
        outcome: 'lost',
        error: { code: 'CANCELLED', outcome: 'unknown' },
        transactionStatus: 'I',
      });
    } finally {
      await dead.close();
      await proxy.close();
    }
  });

  it('end where their connection was deleted before their turn came, and the tab goes on', async () => {
    const first = stage.start('select pg_sleep(60)');
    const second = stage.start('select 1');
    await stage.until(() => stage.runs.summaries('s')[0]?.state === 'running' || undefined);
    await stage.profiles.delete(stage.connectionId);
    expect(await first.ended()).toMatchObject({ outcome: 'cancelled' });
    expect(await second.ended()).toMatchObject({ outcome: 'failed', error: { code: 'NOT_FOUND' } });
    await stage.runs.close('s', { tabId: 't' });
  });
});
