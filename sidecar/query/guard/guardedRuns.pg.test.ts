import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../../test/runStage.ts';
import { beginTransaction, commitTransaction, rollbackTransaction } from '../tabTransactions.ts';

let server: TestServer;
let stage: RunStage;

beforeAll(async () => {
  server = await startPostgres();
  await server.query('create schema other; create table other.things (x int); create table t (x int)');
});
afterAll(() => server.close());
beforeEach(async () => {
  await server.query('truncate t');
  stage = await openRunStage(server, { options: { readOnly: 'guarded' } });
});
afterEach(() => stage.close());

const override = (mode: 'off' | 'guarded' | 'strict', sessionId = 's') =>
  stage.connections.readOnly.override(sessionId, stage.connectionId, mode);
const rowsOfT = async () => (await server.query('select x from t order by x')).map(({ x }) => x);
const { signal } = new AbortController();

describe('a guarded run', () => {
  it('spools its rows like any other', async () => {
    const { run, ended } = await stage.run("select i, repeat('x', 20) from generate_series(1, 200000) i");
    expect(ended).toMatchObject({ outcome: 'done', transactionStatus: 'I' });
    const [result] = run.told('query.resultStarted');
    const slice = await stage.runs.rows('s', { resultId: result?.resultId ?? '', offset: 199_999, limit: 5 });
    expect(slice).toMatchObject({ rowCount: 200_000, complete: true, rows: [['200000', 'x'.repeat(20)]] });
    expect(run.told('query.resultEnded')).toMatchObject([{ commandTag: 'SELECT 200000' }]);
  });

  it('refuses one statement with words, and sends neither it nor what follows', async () => {
    const { ended, rows } = await stage.run('select 1; insert into t values (1); select 2');
    expect(ended).toMatchObject({
      outcome: 'failed',
      statement: { index: 1 },
      error: { code: 'READ_ONLY_VIOLATION', reason: 'statementKind', outcome: 'none' },
    });
    expect(rows[0]).toEqual([['1']]);
    expect(await rowsOfT()).toEqual([]);
  });

  it('is told where its errors stand, and leaves the tab as it was', async () => {
    const { ended } = await stage.run('select 1;\nselect nowhere from t');
    expect(ended).toMatchObject({
      outcome: 'failed',
      transactionStatus: 'I',
      error: { code: 'QUERY_FAILED', sqlstate: '42703', position: 17 },
    });
    expect(await stage.value('select 2')).toBe('2');
  });

  it('can be cancelled, and the next is not hit', async () => {
    for (let round = 0; round < 10; round += 1) {
      const run = stage.start('select pg_sleep(60)');
      await stage.until(() => stage.runs.summaries('s').at(-1)?.state === 'running' || undefined);
      await new Promise((resolve) => setTimeout(resolve, round));
      await stage.runs.cancel('s', { runId: run.runId });
      expect(await run.ended()).toMatchObject({ outcome: 'cancelled', transactionStatus: 'I' });
      expect(await stage.value('select 1')).toBe('1');
    }
  });

  it('is ended by its time limit', async () => {
    const { ended } = await stage.run('select pg_sleep(60)', { timeoutMs: 200 });
    expect(ended).toMatchObject({ outcome: 'failed', error: { code: 'STATEMENT_TIMEOUT' } });
  });

  it('whose backend is ended says that it was lost', async () => {
    const run = stage.start('select pg_sleep(60)');
    await stage.until(async () => {
      const found = await server.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(60)'",
      );
      return found.length > 0 || undefined;
    });
    expect(await run.ended()).toMatchObject({ outcome: 'lost', error: { code: 'SERVER_TERMINATED' } });
    expect(await stage.value('select 1')).toBe('1');
  });

  it('shows no transaction of the guard as one of the tab', async () => {
    await stage.run('select 1; select 2');
    expect(stage.notifications.map(({ method }) => method)).not.toContain('transaction.changed');
  });
});

describe('a guarded tab', () => {
  it('keeps the settings that only change how things are found and shown', async () => {
    await stage.run("set search_path = other; set time zone 'Asia/Tokyo'");
    expect(await stage.value('select count(*) from things')).toBe('0');
    expect(await stage.value('show timezone')).toBe('Asia/Tokyo');
    expect(await stage.value('show timezone', { tabId: 'another' })).not.toBe('Asia/Tokyo');
    await stage.run('reset search_path');
    expect((await stage.run('select count(*) from things')).ended.outcome).toBe('failed');
    expect(await stage.value('show timezone')).toBe('Asia/Tokyo');
  });

  it('keeps no setting that the server refuses', async () => {
    const { ended } = await stage.run("set time zone 'Nowhere/At all'");
    expect(ended).toMatchObject({ outcome: 'failed', error: { code: 'QUERY_FAILED' } });
    expect(await stage.value('select 1')).toBe('1');
  });

  it('has one snapshot from BEGIN to COMMIT, and ends it by ROLLBACK', async () => {
    await stage.run('begin');
    expect(stage.runs.transactions('s')).toMatchObject([{ status: 'T' }]);
    expect(await stage.value('select count(*) from t')).toBe('0');
    await server.query('insert into t values (1)');
    expect(await stage.value('select count(*) from t')).toBe('0');
    const { run, ended } = await stage.run('commit');
    expect(ended).toMatchObject({ outcome: 'done', transactionStatus: 'I' });
    expect(run.told('query.resultEnded')).toMatchObject([{ commandTag: 'ROLLBACK' }]);
    expect(await stage.value('select count(*) from t')).toBe('1');
  });

  it('begins and ends by its buttons as by words', async () => {
    await stage.run('set search_path = other');
    const tab = stage.runs.tab('s', 't');
    const begun = await beginTransaction(tab, { tabId: 't', connectionId: stage.connectionId }, signal);
    expect(begun).toMatchObject({ status: 'T' });
    expect(await stage.value('show transaction_read_only')).toBe('on');
    expect(await stage.value('show transaction_isolation')).toBe('repeatable read');
    expect(await stage.value('select count(*) from things')).toBe('0');
    expect((await stage.run('insert into t values (1)')).ended.error?.code).toBe('READ_ONLY_VIOLATION');
    expect(await commitTransaction(tab, signal)).toMatchObject({ status: 'I' });
    expect(await rowsOfT()).toEqual([]);
  });

  it('opens no transaction by itself in manual commit', async () => {
    stage.runs.setAutoCommit('s', { tabId: 't', autoCommit: false });
    expect((await stage.run('select 1')).ended).toMatchObject({ outcome: 'done', transactionStatus: 'I' });
  });
});

describe("a window's own choice", () => {
  it('lets it write, and no other window', async () => {
    override('off');
    expect((await stage.run('insert into t values (1)')).ended.outcome).toBe('done');
    const { runId } = stage.start('insert into t values (2)', { sessionId: 'other', tabId: 'o' });
    const refused = await stage.until(() =>
      stage.notifications.find(
        ({ method, params }) => method === 'query.runEnded' && 'runId' in params && params.runId === runId,
      ),
    );
    expect(refused.params).toMatchObject({ error: { code: 'READ_ONLY_VIOLATION' } });
    expect(await rowsOfT()).toEqual([1]);
  });

  it('holds at once, and leaves nothing on the backends', async () => {
    override('off');
    await stage.run('insert into t values (1)');
    override('guarded');
    expect((await stage.run('insert into t values (2)')).ended.error?.code).toBe('READ_ONLY_VIOLATION');
    expect(await stage.value('show default_transaction_read_only')).toBe('on');
    override('off');
    await stage.run('reset all; insert into t values (3)');
    expect((await stage.run('insert into t values (4)')).ended.outcome).toBe('done');
    expect(await rowsOfT()).toEqual([1, 4]);
  });

  it('does not let loose what waits for its turn', async () => {
    const first = stage.start('select pg_sleep(0.3)');
    const second = stage.start('insert into t values (1)');
    override('off');
    await first.ended();
    expect((await second.ended()).error?.code).toBe('READ_ONLY_VIOLATION');
  });

  it('ends with its session', async () => {
    override('off');
    await stage.runs.endSession('s');
    expect((await stage.run('insert into t values (1)')).ended.error?.code).toBe('READ_ONLY_VIOLATION');
  });

  it('to read only neither goes on in a transaction that can write nor gives it up for a COMMIT', async () => {
    override('off');
    await stage.run('begin; insert into t values (1)');
    override('guarded');
    const tab = stage.runs.tab('s', 't');
    for (const text of ['select 1', 'commit'])
      expect((await stage.run(text)).ended).toMatchObject({
        error: { code: 'READ_ONLY_VIOLATION' },
        transactionStatus: 'T',
      });
    await expect(commitTransaction(tab, signal)).rejects.toMatchObject({ code: 'READ_ONLY_VIOLATION' });
    expect(await rollbackTransaction(tab, signal)).toMatchObject({ status: 'I' });
    expect(await rowsOfT()).toEqual([]);
  });
});
