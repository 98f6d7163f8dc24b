import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';
import { beginTransaction, commitTransaction, rollbackTransaction } from './tabTransactions.ts';

let server: TestServer;
let stage: RunStage;

beforeAll(async () => {
  server = await startPostgres();
  await server.query('create table kept (n int)');
});
afterAll(() => server.close());
beforeEach(async () => {
  stage = await openRunStage(server, { options: { maxPoolSize: 4 } });
  await server.query('truncate kept');
});
afterEach(() => stage.close());

const never = new AbortController().signal;
const tab = () => stage.runs.tab('s', 't');
const begin = (more: object = {}) =>
  beginTransaction(tab(), { tabId: 't', connectionId: stage.connectionId, ...more }, never);
const commit = () => commitTransaction(tab(), never);
const rollback = () => rollbackTransaction(tab(), never);
const kept = async () => (await server.query('select n from kept order by n')).map(({ n }) => n);
const changes = () =>
  stage.notifications.flatMap(({ method, params }) => (method === 'transaction.changed' ? [params] : []));

describe('a transaction of a tab', () => {
  it('is begun, written in, and committed under the number that the server knows it by', async () => {
    expect(await begin()).toEqual({ status: 'T', sinceAt: expect.any(Number) as number });
    expect((await stage.run('insert into kept values (1)')).ended.transactionStatus).toBe('T');
    expect(await kept()).toEqual([]);
    const { status, xid } = await commit();
    expect(status).toBe('I');
    expect(await server.query(`select pg_xact_status('${xid}') as is`)).toEqual([{ is: 'committed' }]);
    expect(await kept()).toEqual([1]);
  });

  it('is rolled back without a trace', async () => {
    await begin();
    await stage.run('insert into kept values (2)');
    expect(await rollback()).toEqual({ status: 'I' });
    expect(await kept()).toEqual([]);
  });

  it.each([
    [{ isolation: 'serializable' }, 'serializable', 'off'],
    [{ isolation: 'repeatableRead', readOnly: true }, 'repeatable read', 'on'],
    [{ isolation: 'read committed', readOnly: false }, 'read committed', 'off'],
  ])('is of the kind that was asked for: %j', async (more, isolation, readOnly) => {
    await begin(more);
    expect(await stage.value('show transaction_isolation')).toBe(isolation);
    expect(await stage.value('show transaction_read_only')).toBe(readOnly);
  });

  it('needs a connection on a new tab, and goes where the tab was afterwards', async () => {
    await expect(begin({ connectionId: undefined })).rejects.toMatchObject({
      code: 'NO_CONNECTION_SELECTED',
    });
    await server.query('create database elsewhere');
    await stage.run('select 1', { database: 'elsewhere' });
    await begin({ connectionId: undefined });
    expect(await stage.value('select current_database()')).toBe('elsewhere');
  });

  it('is not begun twice, and without one there is nothing to end', async () => {
    expect(await commit()).toEqual({ status: 'I' });
    expect(await rollback()).toEqual({ status: 'I' });
    await begin();
    await expect(begin()).rejects.toMatchObject({ code: 'TRANSACTION_STATE' });
    expect(tab().transactionStatus).toBe('T');
  });

  it('that has failed is not committed, only rolled back', async () => {
    await begin();
    await stage.run('insert into kept values (3); select 1/0');
    await expect(commit()).rejects.toMatchObject({ code: 'TRANSACTION_STATE', facts: { outcome: 'none' } });
    expect(tab().transactionStatus).toBe('E');
    expect(await rollback()).toEqual({ status: 'I' });
  });

  it('that the server refuses to commit is told with the reason, and is over', async () => {
    await server.query(
      'create table late (n int unique deferrable initially deferred); insert into late values (1)',
    );
    await begin();
    await stage.run('insert into late values (1)');
    await expect(commit()).rejects.toMatchObject({ code: 'QUERY_FAILED', facts: { sqlstate: '23505' } });
    expect(tab().transactionStatus).toBe('I');
  });

  it('waits for the run before it, and gives up when its caller does', async () => {
    await begin();
    const run = stage.start('insert into kept select 4 from pg_sleep(0.3)');
    const stop = new AbortController();
    const given = rollbackTransaction(tab(), stop.signal);
    stop.abort(new Error('given up'));
    const done = commit();
    await expect(given).rejects.toThrow('given up');
    expect((await done).status).toBe('I');
    expect(run.told('query.runEnded')).toHaveLength(1);
    expect(await kept()).toEqual([4]);
  });

  it('is told whenever it begins, fails or ends', async () => {
    const of = { tabId: 't', connectionId: stage.connectionId };
    await stage.run('begin; select 1; select 1/0');
    await stage.run('rollback');
    await begin();
    await stage.runs.close('s', { tabId: 't' });
    expect(changes()).toEqual([
      { ...of, status: 'T', sinceAt: expect.any(Number) as number },
      { ...of, status: 'E', sinceAt: expect.any(Number) as number },
      { ...of, status: 'I' },
      { ...of, status: 'T', sinceAt: expect.any(Number) as number },
      { ...of, status: 'I' },
    ]);
  });
});

describe('manual commit', () => {
  const manual = () => stage.runs.setAutoCommit('s', { tabId: 't', autoCommit: false });

  it('opens a transaction with the first statement of a run', async () => {
    manual();
    const first = await stage.run('insert into kept values (5); insert into kept values (6)');
    expect(first.ended).toMatchObject({ outcome: 'done', transactionStatus: 'T' });
    expect(first.run.told('query.resultEnded')).toHaveLength(2);
    expect(await kept()).toEqual([]);
    expect(stage.runs.tabs('s')).toEqual([{ tabId: 't', autoCommit: false }]);
    expect((await commit()).xid).toBeDefined();
    expect(await kept()).toEqual([5, 6]);
  });

  it('begins another one after COMMIT within a text', async () => {
    manual();
    const text = 'insert into kept values (7); commit; insert into kept values (8)';
    expect((await stage.run(text)).ended.transactionStatus).toBe('T');
    await rollback();
    expect(await kept()).toEqual([7]);
  });

  it('lets the text begin its own transaction', async () => {
    manual();
    const { run, ended } = await stage.run(
      'begin isolation level serializable; show transaction_isolation; rollback',
    );
    expect(ended).toMatchObject({ outcome: 'done', transactionStatus: 'I' });
    expect(run.told('query.notice')).toEqual([]);
  });

  it('lets through what cannot run in a transaction, and says what to do within one', async () => {
    manual();
    expect((await stage.run('vacuum kept; create database apart')).ended).toMatchObject({
      outcome: 'done',
      transactionStatus: 'I',
    });
    await stage.run('insert into kept values (9)');
    const { ended } = await stage.run('vacuum kept');
    expect(ended).toMatchObject({
      outcome: 'failed',
      error: {
        code: 'TRANSACTION_STATE',
        sqlstate: '25001',
        hint: expect.stringMatching(/^Commit/) as string,
      },
      transactionStatus: 'E',
    });
  });

  it('leaves what is open as it is when it is turned off, and time limits as they are', async () => {
    manual();
    await stage.run('insert into kept values (10)', { timeoutMs: 5_000 });
    stage.runs.setAutoCommit('s', { tabId: 't', autoCommit: true });
    expect(await stage.value('show statement_timeout')).toBe('0');
    expect(tab().transactionStatus).toBe('T');
    await commit();
    await stage.run('insert into kept values (11)');
    expect(await kept()).toEqual([10, 11]);
  });

  it('is the default of a tab where its connection says so', async () => {
    const own = await openRunStage(server, { options: { autoCommit: false } });
    try {
      expect((await own.run('insert into kept values (12)')).ended.transactionStatus).toBe('T');
      own.runs.setAutoCommit('s', { tabId: 'b', autoCommit: true });
      expect((await own.run('select 1', { tabId: 'b' })).ended.transactionStatus).toBe('I');
    } finally {
      await own.close();
    }
  });
});
