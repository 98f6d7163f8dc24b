import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres, type TestServer } from '../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../test/runStage.ts';

let server: TestServer;
let stage: RunStage;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());
beforeEach(async () => {
  const { host, port, database, username, password } = server;
  stage = await openRunStage({ host, port, database, username, password });
  stage.runs.beginSession('s', 'window');
});
afterEach(() => stage.close());

const list = (sessionId: string, tabId = 't') =>
  stage.runs.ledger.list(sessionId, { connectionId: stage.connectionId, tabId });
const told = (sessionId: string) => stage.runs.ledger.list(sessionId);

/** A loss that its window has been told of. */
async function lose(): Promise<void> {
  await stage.run("set work_mem = '7MB'");
  const pid = await stage.value('select pg_backend_pid()');
  await server.query(`select pg_terminate_backend(${pid})`);
  await stage.until(() => told('s')[0]);
}

describe('a window that comes back after its session has ended', () => {
  it('is told what its tabs held until then, and that it was away for so long', async () => {
    await stage.run("set work_mem = '7MB'; create temp table mine ()");
    await stage.run('begin; create table never ()');
    await stage.run('select 1', { tabId: 'nothing' });
    await stage.runs.endSession('s');
    expect(await server.query("select from pg_stat_activity where state like '%in transaction%'")).toEqual(
      [],
    );
    stage.runs.beginSession('later', 'window');
    expect(told('later')).toMatchObject([
      {
        tabId: 't',
        error: { code: 'TOKEN_EXPIRED', message: expect.stringContaining('away') as unknown },
        lost: [
          { kind: 'transaction', value: 'open' },
          { kind: 'setting', name: 'work_mem', value: '7MB' },
          { kind: 'tempTable', name: 'mine' },
        ],
      },
    ]);
    await stage.runs.replay(
      'later',
      { connectionId: stage.connectionId, tabId: 't' },
      AbortSignal.timeout(30_000),
    );
    expect(await stage.value('show work_mem', { sessionId: 'later' })).toBe('7MB');
  });

  it('while that is still being ended is told, too', async () => {
    await stage.run('begin');
    const ended = stage.runs.endSession('s');
    stage.runs.beginSession('later', 'window');
    await ended;
    expect(told('later')).toMatchObject([{ lost: [{ kind: 'transaction', value: 'open' }] }]);
  });

  it('has again what it has not read, and nothing of what was read or closed', async () => {
    await lose();
    const [entry] = told('s');
    await stage.runs.endSession('s');
    stage.runs.beginSession('second', 'window');
    expect(told('second')).toEqual([entry]);
    stage.runs.ledger.dismiss('second', { connectionId: stage.connectionId, tabId: 't' });
    await stage.run('begin', { sessionId: 'second', tabId: 'closed' });
    await stage.runs.close('second', { tabId: 'closed' });
    await stage.runs.endSession('second');
    stage.runs.beginSession('third', 'window');
    expect(told('third')).toEqual([]);
  });
});

describe('a window that shows a tab of another', () => {
  it('is told what that has lost where it is gone, and takes nothing from it', async () => {
    await lose();
    const [entry] = told('s');
    stage.runs.beginSession('other', 'another window');
    expect(list('other')).toEqual([]);
    await stage.runs.endSession('s');
    expect(list('other')).toEqual([entry]);
    expect(list('other')).toHaveLength(1);
    // Setting it again there gives the other one nothing.
    const of = { connectionId: stage.connectionId, tabId: 't' };
    expect((await stage.runs.replay('other', of, AbortSignal.timeout(30_000))).replayed).toHaveLength(1);
    expect(list('other')).not.toEqual([entry]);
    stage.runs.beginSession('later', 'window');
    expect(told('later')).toEqual([entry]);
    await stage.runs.endSession('other');
    await stage.runs.endSession('later');
    stage.runs.beginSession('last', 'window');
    expect(told('last')).toEqual([entry]);
  });

  it('reads it for all of them', async () => {
    await lose();
    await stage.runs.endSession('s');
    stage.runs.beginSession('other', 'another window');
    list('other');
    stage.runs.beginSession('later', 'window');
    stage.runs.ledger.dismiss('other', { connectionId: stage.connectionId, tabId: 't' });
    expect(told('later')).toEqual([]);
    await stage.runs.endSession('later');
    stage.runs.beginSession('last', 'window');
    expect(told('last')).toEqual([]);
  });
});
