import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFaultyProxy, type FaultyProxy } from '../../test/faultyProxy.ts';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../../test/runStage.ts';
import { isCommitting, letGo, slowTables } from '../../test/slowCommit.ts';
import { commitTransaction } from '../tabTransactions.ts';

let server: TestServer;
let proxy: FaultyProxy;
let stage: RunStage;

beforeAll(async () => {
  server = await startPostgres();
  proxy = await startFaultyProxy(server);
  await server.query('create table kept (n int); create role writer; grant writer to current_user');
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});
beforeEach(async () => {
  await proxy.setMode({ kind: 'pass' });
  await server.query('truncate kept');
  const { database, username, password } = server;
  stage = await openRunStage({ host: proxy.host, port: proxy.port, database, username, password });
});
afterEach(() => stage.close());

const never = new AbortController().signal;
const told = () =>
  stage.notifications.flatMap(({ method, params }) => (method === 'connection.ledger' ? [params] : []));
const of = () => ({ connectionId: stage.connectionId, tabId: 't' });
const list = () => stage.runs.ledger.list('s', of());
const status = () => stage.connections.status(stage.connectionId).status;
const replay = (items?: { kind: 'setting' | 'tempTable'; name: string }[]) =>
  stage.runs.replay('s', { ...of(), ...(items ? { items } : {}) }, never);
const end = async (pid: unknown) => server.query(`select pg_terminate_backend(${String(pid)})`);
const pid = () => stage.value('select pg_backend_pid()');
const kept = async () => (await server.query('select n from kept order by n')).map(({ n }) => n);

const everything = `
  set work_mem = '7MB'; set search_path = pg_catalog, "a ""b"; select set_config('app.who', 'o''x\\y', false);
  set role writer; create temp table mine (); listen news; prepare p as select 1;
  declare c cursor with hold for select 1; select pg_advisory_lock(99)`;

describe('a tab whose backend is lost', () => {
  it('is told once what its session held', async () => {
    await stage.run(everything.replace('set role writer;', ''));
    const held = await pid();
    await stage.run('begin; insert into public.kept values (1)');
    await end(held);
    const entry = await stage.until(() => told()[0]);
    expect(entry).toMatchObject({ ...of(), database: 'postgres', error: { code: 'SERVER_TERMINATED' } });
    expect(entry.lost).toEqual(
      expect.arrayContaining([
        { kind: 'transaction', value: 'open' },
        { kind: 'setting', name: 'work_mem', value: '7MB' },
        { kind: 'setting', name: 'app.who', value: "o'x\\y" },
        { kind: 'tempTable', name: 'mine' },
        { kind: 'listen', name: 'news' },
        { kind: 'prepared', name: 'p' },
        { kind: 'cursor', name: 'c' },
        { kind: 'advisoryLock', name: '99', value: '0' },
      ]),
    );
    expect(entry).not.toHaveProperty('commitOutcome');
    expect(entry).not.toHaveProperty('judging');
    expect(list()).toEqual([entry]);
    expect(stage.runs.transactions('s')).toEqual([]);
    expect(status()).toBe('connected');
    expect(await kept()).toEqual([]);
    expect(told()).toHaveLength(1);
  });

  it('is told what it has set in a transaction that was open still, and can have it again', async () => {
    await stage.run("set work_mem = '7MB'");
    const held = await pid();
    await stage.run(`begin; set work_mem = '8MB'; set local lock_timeout = '1s'; set search_path = a, "B";
      savepoint a; set app.who = 'me'; rollback to a`);
    await end(held);
    const { lost } = await stage.until(() => told()[0]);
    expect(lost).toEqual([
      { kind: 'transaction', value: 'open' },
      { kind: 'setting', name: 'work_mem', value: '8MB' },
      { kind: 'setting', name: 'search_path', value: 'a, "B"' },
    ]);
    expect((await replay()).replayed).toHaveLength(2);
    expect(await stage.value('show search_path')).toBe('a, "B"');
  });

  it('is told what was set before a long statement that is cut, whatever came between', async () => {
    const running = stage.run(`set work_mem = '7MB'; begin; set search_path = a; commit;
      begin; set lock_timeout = '1s'; rollback; select pg_sleep(300)`);
    const asleep = "select pid from pg_stat_activity where wait_event = 'PgSleep'";
    await expect.poll(async () => (await server.query(asleep)).length).toBe(1);
    await end((await server.query(asleep))[0]?.pid);
    expect((await running).ended.outcome).toBe('lost');
    const { lost } = await stage.until(() => told()[0]);
    expect(lost).toEqual([
      { kind: 'setting', name: 'work_mem', value: '7MB' },
      { kind: 'setting', name: 'search_path', value: 'a' },
    ]);
  });

  it('is told what it held though its own time limit leaves no time to look', async () => {
    const text = "set work_mem = '7MB'; create temp table mine (); set statement_timeout = 1";
    expect((await stage.run(text)).ended.outcome).toBe('done');
    await stage.runs.tab('s', 't').inTurn(async () => {});
    await end(stage.runs.tab('s', 't').held?.backend.pid);
    const { lost } = await stage.until(() => told()[0]);
    expect(lost).toHaveLength(3);
    expect(lost).toEqual(
      expect.arrayContaining([
        { kind: 'setting', name: 'work_mem', value: '7MB' },
        { kind: 'setting', name: 'statement_timeout', value: '1ms' },
        { kind: 'tempTable', name: 'mine' },
      ]),
    );
  });

  it('is told by itself, and each other tab likewise, when the link is lost with all', async () => {
    await stage.run('begin; insert into kept values (2)');
    await stage.run("set work_mem = '8MB'", { tabId: 'b' });
    await stage.run('select 1', { tabId: 'c' });
    // Its turn comes once it is known what the run before it has left.
    await stage.run('select 1', { tabId: 'b' });
    proxy.reset();
    await stage.until(() => told().length === 2 || undefined);
    expect(told().map(({ tabId, lost }) => [tabId, lost])).toEqual(
      expect.arrayContaining([
        ['t', [{ kind: 'transaction', value: 'open' }]],
        ['b', [{ kind: 'setting', name: 'work_mem', value: '8MB' }]],
      ]),
    );
    await stage.until(() => status() === 'connected' || undefined);
    expect(told()).toHaveLength(2);
    expect(await stage.value('select 1')).toBe('1');
  });

  it('by silence leaves no transaction behind that would keep its locks', async () => {
    const { database, username, password } = server;
    const place = { host: proxy.host, port: proxy.port, database, username, password };
    const options = { heartbeatIntervalMs: 200, heartbeatDeadlineMs: 500 };
    const quick = await openRunStage(place, { options });
    try {
      await quick.run('begin; lock table kept');
      const others = await quick.value('select pg_backend_pid()', { tabId: 'b' });
      await proxy.setMode({ kind: 'blackhole' });
      await quick.until(() => quick.runs.ledger.list('s', { ...of(), connectionId: quick.connectionId })[0]);
      const holders = () =>
        server.query("select from pg_locks where relation = 'kept'::regclass and granted");
      expect(await holders()).not.toEqual([]);
      await proxy.setMode({ kind: 'pass' });
      await quick.until(async () => (await holders()).length === 0 || undefined);
      // What holds nothing is left to the server.
      expect(await server.query(`select from pg_stat_activity where pid = ${others}`)).toHaveLength(1);
    } finally {
      await quick.close();
    }
  });

  it('that held nothing is told nothing, nor is one whose user disconnects or closes it', async () => {
    await stage.run('select 1');
    await end(await pid());
    await stage.run("set work_mem = '7MB'", { tabId: 'b' });
    await stage.runs.close('s', { tabId: 'b' });
    await stage.run("begin; set work_mem = '7MB'");
    await stage.connections.disconnect(stage.connectionId);
    await stage.until(() => stage.runs.transactions('s').length === 0 || undefined);
    expect(told()).toEqual([]);
  });

  it('keeps its entries until they are dismissed or it is closed, the last ones only', async () => {
    for (let n = 0; n < 12; n += 1) {
      await stage.run(`set work_mem = '${n + 1}MB'`);
      await end(await pid());
      await stage.until(() => told().length === n + 1 || undefined);
    }
    expect(list()).toHaveLength(10);
    expect(list().at(-1)?.lost).toEqual([{ kind: 'setting', name: 'work_mem', value: '12MB' }]);
    stage.runs.ledger.dismiss('s', of());
    expect(list()).toEqual([]);
    await stage.run("set work_mem = '7MB'");
    await end(await pid());
    await stage.until(() => list()[0]);
    await stage.runs.close('s', { tabId: 't' });
    expect(list()).toEqual([]);
  });
});

describe('a replay', () => {
  it('sets settings and role again, and nothing else', async () => {
    await stage.run(everything);
    await end(await pid());
    const lost = await stage.until(() => told()[0]);
    expect(lost.replayed).toEqual([]);
    const { replayed, failed } = await replay();
    expect(failed).toBeUndefined();
    expect(replayed.map(({ kind, name }) => [kind, name])).toEqual([
      ['setting', 'search_path'],
      ['setting', 'work_mem'],
      ['setting', 'app.who'],
      ['role', 'role'],
    ]);
    expect(told().at(-1)).toEqual({ ...lost, replayed });
    expect(await stage.value('show work_mem')).toBe('7MB');
    expect(await stage.value('show search_path')).toBe('pg_catalog, "a ""b"');
    expect(await stage.value('show app.who')).toBe("o'x\\y");
    expect(await stage.value('select current_user')).toBe('writer');
    expect(await stage.value("select to_regclass('mine')")).toBeNull();
    expect(await stage.value('select count(*) from pg_listening_channels()')).toBe('0');
    // What is back is back: it is not set a second time, over what the user has set meanwhile.
    await stage.run("set work_mem = '5MB'");
    expect(await replay()).toEqual({ replayed: [] });
    expect(await stage.value('show work_mem')).toBe('5MB');
  });

  it('brings back what was chosen, on the backend that the tab has by now', async () => {
    await stage.run("set work_mem = '7MB'; set app.who = 'me'; create temp table mine ()");
    await end(await pid());
    await stage.until(() => told()[0]);
    await stage.run("set lock_timeout = '3s'");
    const held = await pid();
    await replay([
      { kind: 'setting', name: 'app.who' },
      { kind: 'tempTable', name: 'mine' },
    ]);
    expect(await pid()).toBe(held);
    expect(await stage.value('show app.who')).toBe('me');
    expect(await stage.value('show work_mem')).not.toBe('7MB');
    await stage.run('begin');
    await expect(replay()).rejects.toMatchObject({ code: 'TRANSACTION_STATE' });
    await stage.run('rollback');
    expect((await replay()).replayed).toMatchObject([{ name: 'work_mem' }]);
  });

  it('says what the server does not take', async () => {
    await server.query('create role passing; grant passing to current_user');
    await stage.run("set role passing; set work_mem = '7MB'");
    await server.query('drop role passing');
    await end(await pid());
    await stage.until(() => told()[0]);
    const { replayed, failed } = await replay();
    expect(replayed).toMatchObject([{ kind: 'setting' }]);
    expect(failed).toMatchObject([{ item: { kind: 'role' }, error: { code: 'QUERY_FAILED' } }]);
  });
});

describe('a COMMIT that is lost', () => {
  const verdict = () => stage.until(() => told().find(({ commitOutcome }) => commitOutcome !== undefined));
  /** A COMMIT that waits to be let go, once it is under way. */
  async function slowCommit(n: number) {
    await stage.run(`begin; insert into slow values (${n})`);
    const run = stage.start('commit');
    await stage.until(async () => (await isCommitting(server)) || undefined);
    return run;
  }
  const slow = async () => (await server.query('select n from slow')).map(({ n }) => n);

  beforeAll(() => server.query(slowTables));
  beforeEach(() => server.query('truncate slow'));

  it('with its answer is found to be committed, and its run says at once that this is not known', async () => {
    const run = await slowCommit(3);
    await proxy.setMode({ kind: 'cut', from: 'server', afterBytes: 5 });
    await letGo(server, 3);
    expect(await run.ended()).toMatchObject({
      outcome: 'lost',
      error: { outcome: 'unknown', reason: 'commitLost' },
      transactionStatus: 'I',
    });
    await proxy.setMode({ kind: 'pass' });
    expect(await verdict()).toMatchObject({ commitOutcome: 'committed', lost: [{ kind: 'transaction' }] });
    expect(await slow()).toEqual([3]);
    expect(told()).toHaveLength(1);
    expect(told()[0]).not.toHaveProperty('judging');
  });

  it('on its way is rolled back, with the backend that would wait for it for ever', async () => {
    await stage.run('begin; insert into kept values (4)');
    // So much that the question for the transaction's number comes through, and COMMIT does not.
    await proxy.setMode({ kind: 'cut', from: 'client', afterBytes: 60 });
    const commit = commitTransaction(stage.runs.tab('s', 't'), never);
    await expect(commit).rejects.toMatchObject({ facts: { outcome: 'unknown', reason: 'commitLost' } });
    await proxy.setMode({ kind: 'pass' });
    expect((await verdict()).commitOutcome).toBe('rolledBack');
    expect(await kept()).toEqual([]);
  });

  it('with its backend only is judged over the connection that lives', async () => {
    const run = await slowCommit(5);
    await server.query("select pg_terminate_backend(pid) from pg_stat_activity where query = 'commit'");
    expect(await run.ended()).toMatchObject({ outcome: 'lost', error: { code: 'SERVER_TERMINATED' } });
    expect(await verdict()).toMatchObject({
      commitOutcome: 'rolledBack',
      error: { code: 'SERVER_TERMINATED' },
    });
    expect(status()).toBe('connected');
    expect(await slow()).toEqual([]);
  });

  it('while nobody can be asked is listed as being judged, told so after a while, and judged at last', async () => {
    const run = await slowCommit(6);
    await proxy.setMode({ kind: 'refuse' });
    proxy.reset();
    await run.ended();
    await stage.until(() => list()[0]);
    expect(list()[0]).toMatchObject({ judging: true });
    expect(told()).toEqual([]);
    const early = await stage.until(() => told()[0]);
    expect(early).toMatchObject({ judging: true });
    // It may not be dismissed before it is known what became of it.
    stage.runs.ledger.dismiss('s', of());
    await letGo(server, 6);
    await stage.until(async () => (await slow()).length === 1 || undefined);
    await proxy.setMode({ kind: 'pass' });
    stage.connections.retryNow(stage.connectionId);
    const late = await verdict();
    expect(late).toMatchObject({ id: early.id, commitOutcome: 'committed' });
    expect(late).not.toHaveProperty('judging');
    expect(await slow()).toEqual([6]);
    expect(list()).toEqual([late]);
  });

  it('over a dead link that the user disconnects is judged once he has connected again', async () => {
    await slowCommit(7);
    await proxy.setMode({ kind: 'blackhole' });
    await stage.connections.disconnect(stage.connectionId);
    await stage.until(() => list()[0]);
    expect(list()[0]).toMatchObject({ judging: true });
    // The server goes on by itself.
    await letGo(server, 7);
    await stage.until(async () => (await slow()).length === 1 || undefined);
    await proxy.setMode({ kind: 'pass' });
    await stage.connections.connect(stage.connectionId, undefined);
    expect((await verdict()).commitOutcome).toBe('committed');
  });

  it('of a transaction that has written nothing stays unknown, and says that nothing is at stake', async () => {
    await stage.run('begin; select 1');
    await proxy.setMode({ kind: 'cut', from: 'client', afterBytes: 60 });
    await stage.run('commit');
    expect(await verdict()).toMatchObject({ commitOutcome: 'unknown', unknownReason: 'nothingWritten' });
  });
});
