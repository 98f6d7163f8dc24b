import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../../test/runStage.ts';

/** The connection itself comes about under it, also on a machine that is busy. */
const limitMs = 1_000;
/** The socket is destroyed 2 s after the limit; the rest is for a machine that is busy. */
const endLimitMs = limitMs + 2_500 + 3_000;
const sleep = 'select pg_sleep(60)';

let server: TestServer;
let stage: RunStage;

beforeAll(async () => {
  server = await startPostgres();
  await server.query(`
    create function sleeps() returns void language sql set statement_timeout = 0 as '${sleep}';
    create function wakes() returns void language sql as $$ select set_config('statement_timeout', '0', false) $$`);
});
afterAll(() => server.close());
beforeEach(async () => {
  stage = await openRunStage(server, { options: { statementTimeoutMs: limitMs } });
});
afterEach(() => stage.close());

const asleep = () =>
  server.query(`select from pg_stat_activity where application_name = 'Hawser' and state = 'active'
    and (query like '%sleep%' or wait_event = 'PgSleep')`);

/** Runs a text that is to be stopped, and gives how it ended. */
async function stopped(text: string, on = stage) {
  const from = performance.now();
  const { ended } = await on.run(text);
  expect(ended.error).toMatchObject({ code: 'STATEMENT_TIMEOUT' });
  expect(performance.now() - from).toBeLessThan(endLimitMs);
  await stage.until(async () => (await asleep()).length === 0 || undefined, 10_000);
  return ended;
}

describe("the connection's own time limit", () => {
  it.each([
    ['SET in the same text', [`set statement_timeout = 0; ${sleep}`]],
    ['SET in a run before', ['set statement_timeout = 0', sleep]],
    ['set_config', ["select set_config('statement_timeout', '0', false)", sleep]],
    ['RESET', ['reset statement_timeout', `reset all; ${sleep}`]],
    ['DISCARD ALL', [`discard all`, sleep]],
    ['a function that sets it as it runs', ['select sleeps()']],
    ['a function that sets it for later', [`do 'begin perform wakes(); end'; ${sleep}`]],
    ['SET in a transaction', [`begin; set statement_timeout = 0; ${sleep}`]],
    ['SET LOCAL in a run of the transaction', ['begin; set local statement_timeout = 0', sleep]],
    ['a transaction that leaves it behind', [`begin; set statement_timeout = 0; commit; ${sleep}`]],
  ])('is not evaded by %s', async (_, texts) => {
    for (const text of texts.slice(0, -1)) expect((await stage.run(text)).ended.outcome).toBe('done');
    expect(await stopped(texts.at(-1) ?? '')).toMatchObject({
      outcome: 'failed',
      error: { sqlstate: '57014' },
    });
  });

  it('is not evaded by a savepoint that takes the limit back', async () => {
    const text = `begin; savepoint a; set statement_timeout = 0; select 1/0; rollback to a; set statement_timeout = 0`;
    expect((await stage.run(text, { stopOnError: false })).ended).toMatchObject({ transactionStatus: 'T' });
    expect(await stopped(sleep)).toMatchObject({ outcome: 'failed', transactionStatus: 'E' });
  });

  it('ends with its backend what does not heed a cancel', async () => {
    const text = `do $$ begin loop begin perform pg_sleep(60);
      exception when query_canceled then null; end; end loop; end $$`;
    expect(await stopped(text)).toMatchObject({ outcome: 'lost', error: { outcome: 'unknown' } });
    expect(await stage.value('select 1')).toBe('1');
  });

  it('gives way to the limit of a run, also where that is none', async () => {
    expect((await stage.run('select pg_sleep(2)', { timeoutMs: 20_000 })).ended.outcome).toBe('done');
    expect((await stage.run('begin; select pg_sleep(2); commit', { timeoutMs: 0 })).ended.outcome).toBe(
      'done',
    );
    await stopped(sleep);
  });

  it('leaves a stricter one that the user has set, and says which was over', async () => {
    const patient = await openRunStage(server, { options: { statementTimeoutMs: 30_000 } });
    try {
      await patient.run("set statement_timeout = '900ms'");
      expect(await patient.value('show statement_timeout')).toBe('900ms');
      expect((await stopped(sleep, patient)).error?.message).not.toContain('30 s');
      await patient.run("reset statement_timeout; begin; set local statement_timeout = '800ms'");
      expect(await patient.value('show statement_timeout')).toBe('800ms');
    } finally {
      await patient.close();
    }
    expect((await stopped(sleep)).error?.message).toContain('1 s');
  });

  it("is no state of the tab's, whatever was done to it", async () => {
    const small = await openRunStage(server, {
      options: { statementTimeoutMs: 30_000, maxPoolSize: 2, poolWaitMs: 2_000 },
    });
    try {
      for (const [tabId, text] of Object.entries({
        a: 'set statement_timeout = 0',
        b: "set statement_timeout = '30s'; select 1",
        c: 'begin; set statement_timeout = 0; commit',
        d: 'select 1',
      }))
        expect((await small.run(text, { tabId })).ended.outcome).toBe('done');
    } finally {
      await small.close();
    }
  });

  it.each(['0', '30s', '10min'])(
    'holds, and pins no tab, where start-up SQL sets it to %s',
    async (value) => {
      const options = { statementTimeoutMs: 30_000, maxPoolSize: 2, poolWaitMs: 2_000 };
      const started = await openRunStage(server, {
        options: { ...options, startupSql: `set statement_timeout = '${value}'` },
      });
      try {
        for (const tabId of ['a', 'b', 'a'])
          expect(await started.value('show statement_timeout', { tabId })).toBe('30s');
      } finally {
        await started.close();
      }
    },
  );

  it('is no query, before which a transaction could still be given its kind', async () => {
    const text = 'begin; set transaction isolation level serializable; show transaction_isolation; commit';
    await stage.run('set statement_timeout = 0');
    const { ended, rows } = await stage.run(text);
    expect(ended.outcome).toBe('done');
    expect(rows[2]).toEqual([['serializable']]);
  });
});
