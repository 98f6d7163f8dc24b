import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionOptions } from '#shared/connection/config.ts';
import { commitTransaction } from './tabTransactions.ts';
import { startPgbouncer, whyNoPgbouncer, type Pooler, type PoolerOptions } from '../test/pgbouncer.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';

const why = whyNoPgbouncer();
if (why !== undefined) process.stderr.write(`The tests behind a pooler are left out: ${why}.\n`);

let server: TestServer;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  server = await startPostgres();
  await server.query('create table t (x int)');
});
afterAll(() => server.close());
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
  await server.query('truncate t');
});

async function pooler(options: PoolerOptions): Promise<Pooler> {
  const made = await startPgbouncer(server, options);
  open.push(made);
  return made;
}

async function stageBehind(
  place: Parameters<typeof openRunStage>[0],
  options: Partial<ConnectionOptions> = {},
): Promise<RunStage> {
  const stage = await openRunStage(place, { options });
  open.push(stage);
  return stage;
}

const infoOf = (stage: RunStage) => stage.connections.status(stage.connectionId).info;

/** What somebody else finds who comes to the same connection of the server, the only one that there is. */
async function strangerSees(place: Pooler): Promise<unknown> {
  const [row] = await place.query(`select
    (select json_agg(name) from pg_settings
      where source = 'session' and name not in ('application_name', 'client_encoding', 'DateStyle', 'TimeZone',
        'IntervalStyle', 'standard_conforming_strings')) as set,
    current_setting('statement_timeout') as statement_timeout,
    current_setting('default_transaction_read_only') as read_only,
    current_setting('search_path') as search_path,
    (select count(*)::int from pg_prepared_statements) as prepared`);
  return row;
}

const untouched = {
  set: null,
  statement_timeout: '0',
  read_only: 'off',
  search_path: '"$user", public',
  prepared: 0,
};

describe.skipIf(why !== undefined)('behind a pooler', () => {
  it.each(['transaction', 'session'] as const)(
    'in %s mode it is known, and so is what it refuses',
    async (mode) => {
      const stage = await stageBehind(await pooler({ mode }), { statementTimeoutMs: 60_000 });
      expect(infoOf(stage)).toMatchObject({
        pooled: true,
        refusedSettings: ['statement_timeout'],
      });
      const pids = await server.query<{ pid: number }>('select pid from pg_stat_activity');
      expect(pids.map(({ pid }) => pid)).toContain(infoOf(stage)?.backendPid);
      expect(await stage.value('select 1')).toBe('1');
    },
  );

  it('is not believed to be there where there is none', async () => {
    const info = infoOf(await stageBehind(server, { statementTimeoutMs: 60_000 }));
    expect(info).not.toHaveProperty('pooled');
    expect(info).not.toHaveProperty('refusedSettings');
    expect(info?.rolePowers).toContain('superuser');
  });

  it.each([{ ignoredParameters: [] }, { ignoredParameters: ['options'] }])(
    'limits hold and stay with us, with $ignoredParameters ignored',
    async ({ ignoredParameters }) => {
      const place = await pooler({ mode: 'transaction', poolSize: 1, ignoredParameters });
      const options = { statementTimeoutMs: 2_000, lockTimeoutMs: 200, idleInTransactionTimeoutMs: 60_000 };
      const stage = await stageBehind(place, options);
      const sleep = await stage.run('select pg_sleep(30)');
      expect(sleep.ended).toMatchObject({ outcome: 'failed', error: { code: 'STATEMENT_TIMEOUT' } });
      const shown = `select concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'),
        current_setting('idle_in_transaction_session_timeout'))`;
      expect(await stage.value(shown)).toBe('2s 200ms 1min');
      expect(await stage.value(shown, { timeoutMs: 5_000 })).toBe('5s 200ms 1min');
      expect(
        await stage.value(`begin isolation level serializable; ${shown}; show transaction_isolation`),
      ).toBe('serializable');
      expect(await stage.value(shown)).toBe('2s 200ms 1min');
      await stage.run('rollback');
      expect(await strangerSees(place)).toEqual(untouched);
    },
  );

  it('what must run outside of a transaction does, with the timer alone', async () => {
    const place = await pooler({ mode: 'transaction', poolSize: 1 });
    const stage = await stageBehind(place, { statementTimeoutMs: 20_000 });
    const commits = `do $$ begin insert into t values (1); commit; insert into t values (2); rollback; end $$`;
    const { ended } = await stage.run(`vacuum t; ${commits}; create database made; drop database made`);
    expect(ended).toMatchObject({ outcome: 'done' });
    expect(await server.query('select x from t')).toEqual([{ x: 1 }]);
    const slow = await stage.run('do $$ begin perform pg_sleep(30); end $$', { timeoutMs: 300 });
    expect(slow.ended).toMatchObject({ outcome: 'failed', error: { code: 'STATEMENT_TIMEOUT' } });
  });

  it('what a transaction changes the meaning of means what it does without a limit', async () => {
    const place = await pooler({ mode: 'transaction', poolSize: 1 });
    const stage = await stageBehind(place, { statementTimeoutMs: 20_000 });
    for (const text of ['lock table t', 'declare c cursor for select 1'])
      expect((await stage.run(text)).ended, text).toMatchObject({ error: { sqlstate: '25P01' } });
    for (const text of ['reindex (concurrently) table t', 'set constraints all deferred'])
      expect((await stage.run(text)).ended, text).toMatchObject({ outcome: 'done' });
    const { run } = await stage.run('set local work_mem = 100');
    expect(run.told('query.notice').flatMap(({ notices }) => notices)).toMatchObject([
      { severity: 'WARNING', sqlstate: '25P01' },
    ]);
  });

  it('a COPY goes through in both directions, and one that ends early leaves the connection well', async () => {
    const place = await pooler({ mode: 'transaction', poolSize: 1 });
    const stage = await stageBehind(place, { statementTimeoutMs: 20_000 });
    const into = await stage.run(
      'copy t from stdin;\n7\n8\n\\.\ncopy t to stdout; copy t from stdin;\nno number\n\\.',
    );
    expect(into.run.told('query.resultEnded').map(({ commandTag }) => commandTag)).toEqual([
      'COPY 2',
      'COPY 2',
      '',
    ]);
    expect(into.rows[1]).toEqual([['7'], ['8']]);
    expect(into.ended.error).toMatchObject({ sqlstate: '22P02' });
    const endless = stage.start('copy (select generate_series(1, 100000000)) to stdout');
    await stage.until(() => endless.told('query.progress')[0]);
    await stage.runs.cancel('s', { runId: endless.runId });
    expect(await endless.ended()).toMatchObject({ outcome: 'cancelled' });
    expect(await stage.value('select count(*) from t')).toBe('2');
    expect(await strangerSees(place)).toEqual(untouched);
  });

  it('errors stand where the user wrote them', async () => {
    const stage = await stageBehind(await pooler({ mode: 'transaction' }), { statementTimeoutMs: 5_000 });
    const { ended } = await stage.run('select 1;\nselect nowhere from t');
    expect(ended.error).toMatchObject({ sqlstate: '42703', position: 17 });
  });

  it('every result is the own statement, and each commits by itself', async () => {
    const stage = await stageBehind(await pooler({ mode: 'transaction' }), { lockTimeoutMs: 5_000 });
    const { run, ended } = await stage.run('insert into t values (1); insert into t values (2/0); select 1');
    expect(run.told('query.resultEnded').map(({ commandTag }) => commandTag)).toEqual(['INSERT 0 1', '']);
    expect(ended).toMatchObject({ outcome: 'failed', error: { sqlstate: '22012' }, transactionStatus: 'I' });
    expect(await server.query('select x from t')).toEqual([{ x: 1 }]);
  });

  it('a statement is cancelled, and the next is not hit', async () => {
    const stage = await stageBehind(await pooler({ mode: 'transaction', poolSize: 3 }));
    const run = stage.start('select pg_sleep(60)');
    const asleep =
      "select 1 from pg_stat_activity where query like 'select pg_sleep(60)%' and state = 'active'";
    await stage.until(async () => (await server.query(asleep)).length > 0 || undefined);
    await stage.runs.cancel('s', { runId: run.runId });
    expect(await run.ended()).toMatchObject({ outcome: 'cancelled' });
    expect(await stage.value('select 2')).toBe('2');
    expect(await server.query(asleep)).toEqual([]);
  });

  it('tabs share what the pooler has, whatever they leave behind', async () => {
    const place = await pooler({ mode: 'transaction', poolSize: 1 });
    const stage = await stageBehind(place, { statementTimeoutMs: 10_000 });
    for (const tabId of ['a', 'b', 'c']) expect(await stage.value('select 1', { tabId })).toBe('1');
    const tab = stage.runs.tab('s', 'a');
    expect(tab.held).toBeUndefined();
    expect(await strangerSees(place)).toEqual(untouched);
  });

  it('a transaction in manual commit has its limits from the start, and its number', async () => {
    const place = await pooler({ mode: 'transaction', poolSize: 1 });
    const stage = await stageBehind(place, { lockTimeoutMs: 700, autoCommit: false });
    const { ended } = await stage.run('insert into t values (1)');
    expect(ended).toMatchObject({ outcome: 'done', transactionStatus: 'T' });
    expect(await stage.value('show lock_timeout')).toBe('700ms');
    expect(await stage.value("set local lock_timeout = '1s'; show lock_timeout")).toBe('1s');
    const { signal } = new AbortController();
    const committed = await commitTransaction(stage.runs.tab('s', 't'), signal);
    expect(committed).toMatchObject({ status: 'I', xid: expect.stringMatching(/^\d+$/) as string });
    expect(await server.query('select x from t')).toEqual([{ x: 1 }]);
    expect(await strangerSees(place)).toEqual(untouched);
  });

  it('what a lost transaction had set is not set again', async () => {
    const place = await pooler({ mode: 'transaction', poolSize: 1 });
    const stage = await stageBehind(place);
    await stage.run("begin; set work_mem = '9MB'");
    const end = "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'";
    await server.query(end);
    await stage.until(() => stage.notifications.find(({ method }) => method === 'connection.ledger'));
    const { connectionId } = stage;
    const again = stage.runs.replay('s', { connectionId, tabId: 't' }, new AbortController().signal);
    await expect(again).rejects.toMatchObject({ code: 'TRANSACTION_STATE' });
    expect(await strangerSees(place)).toEqual(untouched);
  });

  it('what needs a session is sent, and said to be unsure', async () => {
    const stage = await stageBehind(await pooler({ mode: 'transaction', poolSize: 1 }));
    const told = (run: { run: { told(method: 'query.notice'): { notices: { message: string }[] }[] } }) =>
      run.run.told('query.notice').flatMap(({ notices }) => notices.map(({ message }) => message));
    for (const text of [
      "set work_mem = '5MB'",
      'create temp table tt (a int)',
      'listen news',
      'prepare p as select 1',
    ])
      expect(told(await stage.run(text)), text).toEqual([expect.stringContaining('A pooler stands before')]);
    for (const text of [
      'select 1',
      'begin; set local work_mem to 100; rollback',
      'create table u (a int); drop table u',
    ])
      expect(told(await stage.run(text)), text).toEqual([]);
  });
});

describe.skipIf(why !== undefined)('read-only behind a pooler', () => {
  it.each(['guarded', 'strict'] as const)(
    '%s refuses a write, keeps its limit, and leaves nothing',
    async (readOnly) => {
      const place = await pooler({ mode: 'transaction', poolSize: 1 });
      const stage = await stageBehind(place, { readOnly, statementTimeoutMs: 2_000 });
      expect(infoOf(stage)).toMatchObject({ pooled: true, readOnly });
      const write = await stage.run('insert into t values (1)');
      expect(write.ended.error).toMatchObject({ code: 'READ_ONLY_VIOLATION', outcome: 'none' });
      expect(await stage.value('show transaction_read_only')).toBe('on');
      expect(await stage.value('show statement_timeout')).toBe('2s');
      const slow = await stage.run('select pg_sleep(30)');
      expect(slow.ended.error).toMatchObject({ code: 'STATEMENT_TIMEOUT' });
      await stage.run("set search_path to pg_catalog; set timezone to 'Asia/Tokyo'");
      expect(await stage.value('show search_path')).toBe('pg_catalog');
      await stage.run('begin; select 1');
      expect(await stage.value('show statement_timeout')).toBe('2s');
      await stage.run('commit');
      expect(await strangerSees(place)).toEqual(untouched);
      expect(await server.query('select x from t')).toEqual([]);
    },
  );

  it('a window that chose to write writes, and changes no setting', async () => {
    const place = await pooler({ mode: 'transaction', poolSize: 1 });
    const stage = await stageBehind(place, { readOnly: 'guarded' });
    stage.connections.readOnly.override('s', stage.connectionId, 'off');
    expect((await stage.run('insert into t values (1)')).ended.outcome).toBe('done');
    stage.connections.readOnly.override('s', stage.connectionId, 'guarded');
    expect((await stage.run('insert into t values (2)')).ended.error?.code).toBe('READ_ONLY_VIOLATION');
    expect(await server.query('select x from t')).toEqual([{ x: 1 }]);
    expect(await strangerSees(place)).toEqual(untouched);
  });
});

describe.skipIf(why !== undefined)("the user's own start-up settings behind a pooler", () => {
  const definition = ({ host, port, database, username }: Pooler, options: object) => ({
    name: 'behind',
    ...{ host, port, database, username, options },
    tls: { mode: 'disable' },
    credential: { source: 'session' },
  });
  const secrets = () => ({ password: server.password });

  async function connectError(place: Pooler, options: object): Promise<unknown> {
    const { connections } = await stageBehind(server);
    const { id } = (await connections.save(definition(place, options), secrets())).config;
    return connections.connect(id, undefined).catch((error: unknown) => error);
  }

  it.each([
    { what: 'refused', ignoredParameters: [] },
    { what: 'dropped without a word', ignoredParameters: ['options'] },
  ])('end the login where they are $what', async ({ ignoredParameters }) => {
    const place = await pooler({ mode: 'transaction', ignoredParameters });
    for (const options of [{ searchPath: 'pg_catalog' }, { timeZone: 'Asia/Tokyo' }, { role: 'pg_monitor' }])
      expect(await connectError(place, options)).toMatchObject({
        code: 'STARTUP_PARAMETER',
        facts: { hint: expect.stringContaining('track_extra_parameters') as string },
      });
  });

  it('end the login where they are SQL', async () => {
    const place = await pooler({ mode: 'transaction', poolSize: 1 });
    expect(await connectError(place, { startupSql: 'set work_mem = 100' })).toMatchObject({
      code: 'STARTUP_PARAMETER',
    });
    expect(await strangerSees(place)).toEqual(untouched);
  });

  it('are seen to by a test of the connection, too', async () => {
    const place = await pooler({ mode: 'transaction' });
    const { connections } = await stageBehind(server);
    const test = (options: object) =>
      connections.test(
        { config: definition(place, options), secrets: secrets() },
        { signal: new AbortController().signal, onStage: () => {} },
      );
    expect(await test({ readOnly: 'guarded', statementTimeoutMs: 1_000 })).toMatchObject({ ok: true });
    const refused = { ok: false, error: { code: 'STARTUP_PARAMETER' } };
    expect(await test({ searchPath: 'a' })).toMatchObject(refused);
    expect(await test({ startupSql: 'select 1' })).toMatchObject(refused);
  });
});
