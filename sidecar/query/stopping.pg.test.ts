import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionOptions } from '#shared/connection/config.ts';
import { startFaultyProxy } from '../test/faultyProxy.ts';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';
import { commitTransaction } from './tabTransactions.ts';

let server: TestServer;
let stage: RunStage;

beforeAll(async () => {
  server = await startPostgres();
  await server.query('create table log (n int)');
});
afterAll(() => server.close());
beforeEach(async () => {
  stage = await openRunStage(server, { options: { maxPoolSize: 3 } });
});
afterEach(() => stage.close());

/** A cancel has settled within 2 s; the rest is for a machine that is busy. */
const settledMs = 4_500;

/** Works over a link that can be made to die in silence, with no heartbeat that would see it. */
async function overLink(
  options: Partial<ConnectionOptions>,
  work: (far: RunStage, die: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const link = await startFaultyProxy(server);
  const { host, port } = link;
  const { database, username, password } = server;
  const far = await openRunStage(
    { host, port, database, username, password },
    { options: { heartbeatIntervalMs: 0, ...options } },
  );
  try {
    await work(far, () => link.setMode({ kind: 'blackhole' }));
  } finally {
    await far.close();
    await link.close();
  }
}

const cancel = (runId: string) => stage.runs.cancel('s', { runId });
const running = () =>
  stage.until(() => stage.runs.summaries('s').some(({ state }) => state === 'running') || undefined);
/** How many statements sleep on the server, told by another connection. */
const sleeping = async () =>
  (await server.query("select from pg_stat_activity where state = 'active' and query like '%pg_sleep(60)'"))
    .length;

describe('a cancel', () => {
  it('ends the statement on the server, and sends nothing more of the run', async () => {
    const run = stage.start('select 1; select pg_sleep(60); insert into log values (1)');
    await stage.until(() => run.told('query.resultEnded')[0]);
    const settled = cancel(run.runId);
    expect(stage.runs.summaries('s')[0]).toMatchObject({ state: 'running' });
    expect(await settled).toEqual({ settled: true });
    expect(run.told('query.runEnded')).toMatchObject([{ outcome: 'cancelled', transactionStatus: 'I' }]);
    expect(await sleeping()).toBe(0);
    expect(await stage.value('select count(*) from log')).toBe('0');
  });

  it('in the moment in which a statement ends keeps the next one from being sent', async () => {
    const run = stage.start('select 1; select pg_sleep(60)');
    const cancelled = new Promise((resolve) =>
      stage.runs.events.on(({ notification: { method } }) => {
        if (method === 'query.resultEnded') resolve(cancel(run.runId));
      }),
    );
    expect(await run.ended()).toMatchObject({ outcome: 'cancelled' });
    expect(await cancelled).toEqual({ settled: true });
    expect(run.told('query.resultStarted')).toHaveLength(1);
  });

  it('of what has ended, or never was, is settled already', async () => {
    const { run } = await stage.run('select 1');
    expect(await cancel(run.runId)).toEqual({ settled: true });
    expect(await cancel('run-nobody')).toEqual({ settled: true });
    expect(run.told('query.runEnded')).toHaveLength(1);
  });

  it('leaves a transaction failed, and the tab with it', async () => {
    const run = stage.start('begin; select pg_sleep(60)');
    await stage.until(() => run.told('query.resultEnded')[0]);
    await cancel(run.runId);
    expect(run.told('query.runEnded')).toMatchObject([{ outcome: 'cancelled', transactionStatus: 'E' }]);
    expect((await stage.run('rollback')).ended).toMatchObject({ outcome: 'done' });
  });

  it('never hits what the tab sends next', async () => {
    for (let round = 0; round < 40; round += 1) {
      const run = stage.start('select pg_sleep(60)');
      if (round % 2 === 0) await running();
      await Promise.all([cancel(run.runId), cancel(run.runId)]);
      const next = await stage.run('select pg_sleep(0.01)');
      expect(next.ended).toMatchObject({ outcome: 'done' });
    }
  });

  it('of a run that waits for its turn ends that one only', async () => {
    const first = stage.start('select pg_sleep(60)');
    const second = stage.start('insert into log values (2)');
    await cancel(second.runId);
    expect(second.told('query.runEnded')).toMatchObject([{ outcome: 'cancelled' }]);
    expect(first.told('query.runEnded')).toEqual([]);
    await cancel(first.runId);
    expect(await stage.value('select count(*) from log')).toBe('0');
  });

  it('in the same moment as the run still tells its begin before its end', async () => {
    const run = stage.start('insert into log values (3)');
    await cancel(run.runId);
    expect(stage.notifications.map(({ method }) => method)).toEqual(['query.runStarted', 'query.runEnded']);
    expect(await stage.value('select count(*) from log')).toBe('0');
  });

  it('of a statement on a server that hangs costs its backend, and settles all the same', async () => {
    const run = stage.start('select pg_sleep(60)');
    await stage.until(async () => (await sleeping()) === 1 || undefined);
    server.pause();
    try {
      await cancel(run.runId);
    } finally {
      server.resume();
    }
    expect(run.told('query.runEnded')).toMatchObject([
      { outcome: 'cancelled', error: { code: 'CANCELLED', outcome: 'unknown' }, transactionStatus: 'I' },
    ]);
    expect(await stage.value('select 1')).toBe('1');
  });

  it.each([
    { what: 'the number of a transaction', before: 'begin; insert into log values (9)', text: 'commit' },
    { what: 'a time limit', before: 'begin', text: 'select 1', options: { statementTimeoutMs: 60_000 } },
    { what: 'what start-up SQL has set', text: 'select 1', options: { startupSql: 'set work_mem = 100' } },
  ])('settles in time while $what is asked for on a dead link', ({ before, text, options = {} }) =>
    overLink(options, async (far, die) => {
      const tab = far.runs.tab('s', 't');
      if (before) await far.run(before);
      await tab.inTurn(async () => {});
      const isHeld = tab.held !== undefined;
      await die();
      const run = far.start(text);
      const isAsking = () => (isHeld ? far.runs.summaries('s').at(-1)?.state === 'running' : tab.held);
      await far.until(() => isAsking() || undefined);
      const from = performance.now();
      await far.runs.cancel('s', { runId: run.runId });
      expect(performance.now() - from).toBeLessThan(settledMs);
      expect(await run.ended()).toMatchObject({ outcome: 'cancelled', transactionStatus: 'I' });
    }),
  );

  it('of a commit settles in time while the number of its transaction is asked for on a dead link', () =>
    overLink({}, async (far, die) => {
      await far.run('begin; insert into log values (9)');
      const tab = far.runs.tab('s', 't');
      await tab.inTurn(async () => {});
      await die();
      const asked = new AbortController();
      const committed = commitTransaction(tab, asked.signal).catch((error: unknown) => error);
      // Nothing but microtasks come before the number is asked for.
      await new Promise((resolve) => setImmediate(resolve));
      const from = performance.now();
      asked.abort(new Error('Cancelled by the test'));
      expect(await committed).toMatchObject({ code: 'CANCELLED', facts: { outcome: 'none' } });
      expect(performance.now() - from).toBeLessThan(settledMs);
    }));

  it('comes with the closing of a tab', async () => {
    const run = stage.start('select pg_sleep(60)');
    const next = stage.start('insert into log values (4)');
    await running();
    await stage.runs.close('s', { tabId: 't' });
    for (const { told } of [run, next].map((each) => ({ told: each.told('query.runEnded') })))
      expect(told).toMatchObject([{ outcome: 'cancelled' }]);
    expect(await stage.value('select count(*) from log')).toBe('0');
  });
});

describe('a time limit', () => {
  const limit = () => stage.value('show statement_timeout');

  it('stops a statement, and counts as no state of the session', async () => {
    const { ended } = await stage.run('select 1; select pg_sleep(60)', { timeoutMs: 1_000 });
    expect(ended).toMatchObject({
      outcome: 'failed',
      error: { code: 'STATEMENT_TIMEOUT', sqlstate: '57014' },
      statement: { index: 1 },
    });
    const pids = await Promise.all(
      ['a', 't'].map((tabId) => stage.value('select pg_backend_pid()', { tabId })),
    );
    expect(await limit()).toBe('0');
    expect(pids).toHaveLength(2);
  });

  it('gives back what was set before, by the connection or by the user', async () => {
    const limited = await openRunStage(server, { options: { statementTimeoutMs: 77_000 } });
    try {
      await limited.run('create temp table pin ()');
      expect(await limited.value('show statement_timeout', { timeoutMs: 5_000 })).toBe('5s');
      expect(await limited.value('show statement_timeout')).toBe('77s');
      await limited.run("set statement_timeout = '66s'");
      expect(await limited.value('show statement_timeout', { timeoutMs: 0 })).toBe('0');
      expect(await limited.value('show statement_timeout')).toBe('66s');
    } finally {
      await limited.close();
    }
  });

  it('survives what the text does to it, and leaves a value that the text set', async () => {
    expect(
      (await stage.run('set statement_timeout = 0; select pg_sleep(60)', { timeoutMs: 200 })).ended,
    ).toMatchObject({
      error: { code: 'STATEMENT_TIMEOUT' },
    });
    await stage.run("select 1; set statement_timeout = '55s'", { timeoutMs: 5_000 });
    expect(await limit()).toBe('55s');
  });

  it('is set and taken back however short the one of the user is', async () => {
    await stage.run('create temp table pin (); set statement_timeout = 1');
    const { ended } = await stage.run('select pg_sleep(0.1)', { timeoutMs: 20_000 });
    expect(ended.outcome).toBe('done');
    await stage.run('set statement_timeout = 1', { timeoutMs: 20_000 });
    expect(await stage.value('show statement_timeout', { timeoutMs: 20_000 })).toBe('20s');
    expect((await stage.run('select pg_sleep(0.1)')).ended.error).toMatchObject({
      code: 'STATEMENT_TIMEOUT',
    });
    await stage.run('reset statement_timeout', { timeoutMs: 20_000 });
    expect(await limit()).toBe('0');
  });

  it('holds for one run only, also where a transaction goes on', async () => {
    await stage.run('begin', { timeoutMs: 5_000 });
    expect(await limit()).toBe('0');
    expect(await stage.value('show statement_timeout', { timeoutMs: 4_000 })).toBe('4s');
    expect(await limit()).toBe('0');
    await stage.run('rollback');
    expect(await limit()).toBe('0');
    await stage.run("begin; set local statement_timeout = '33s'");
    expect(await stage.value('show statement_timeout', { timeoutMs: 4_000 })).toBe('4s');
    expect(await limit()).toBe('33s');
    await stage.run('commit', { timeoutMs: 4_000 });
    expect(await limit()).toBe('0');
  });

  it('is no query, before which a transaction could still be given its kind', async () => {
    const text = 'begin; set transaction isolation level serializable; show transaction_isolation; commit';
    const { ended, rows } = await stage.run(text, { timeoutMs: 5_000 });
    expect(ended.outcome).toBe('done');
    expect(rows[2]).toEqual([['serializable']]);
    await stage.run('begin');
    const later = await stage.run('set transaction isolation level serializable', { timeoutMs: 5_000 });
    expect(later.ended.outcome).toBe('done');
  });

  it('is kept by our own clock where the server hangs', async () => {
    const run = stage.start('select pg_sleep(60)', { timeoutMs: 3_000 });
    await stage.until(async () => (await sleeping()) === 1 || undefined);
    server.pause();
    try {
      expect(await run.ended()).toMatchObject({
        outcome: 'lost',
        error: { code: 'STATEMENT_TIMEOUT', outcome: 'unknown' },
      });
    } finally {
      server.resume();
    }
    expect(await stage.value('select 1')).toBe('1');
  });
});
