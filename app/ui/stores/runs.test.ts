import { describe, expect, it, vi } from 'vitest';
import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { RunSummary } from '#shared/query/result.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { RunsStore, type QueryNotification } from './runs.svelte.ts';
import { SentTexts } from './sentTexts.ts';

interface Call {
  readonly method: MethodName;
  readonly params: unknown;
  resolve(value: unknown): void;
  reject(error: AppError): void;
}

/** The far end of the wire, answered by hand. */
class Script implements Rpc {
  readonly calls: Call[] = [];

  call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    return new Promise((resolve, reject) => {
      this.calls.push({ method, params, resolve: (value) => resolve(value as MethodResult<M>), reject });
    });
  }

  last(method: MethodName): Call | undefined {
    return this.calls.findLast((each) => each.method === method);
  }
}

const ids = { runId: 'r1', connectionId: 'c1', tabId: 't1' };
const statement = { index: 0, from: 0, to: 8 };
const columns = [{ name: 'n', typeOid: 23, typeName: 'integer' }];
const started: QueryNotification = { method: 'query.runStarted', params: { ...ids, at: 1_000 } };
const resultStarted = (resultId: string, given = columns): QueryNotification => ({
  method: 'query.resultStarted',
  params: { runId: 'r1', resultId, statement, columns: given, firstRows: given.length ? [['1'], ['2']] : [] },
});
const resultEnded = (resultId: string, commandTag: string, rowCount: number): QueryNotification => ({
  method: 'query.resultEnded',
  params: { runId: 'r1', resultId, commandTag, rowCount, elapsedMs: 4 },
});
const ended = (outcome: 'done' | 'failed' | 'cancelled', error?: AppError): QueryNotification => ({
  method: 'query.runEnded',
  params: {
    runId: 'r1',
    outcome,
    transactionStatus: 'I',
    ...(error ? { error: error.toEnvelope(), statement } : {}),
  },
});

function setUp(...notifications: QueryNotification[]) {
  const script = new Script();
  const runs = new RunsStore(script, new SentTexts({ sent: {} }));
  notifications.forEach((each) => runs.apply(each));
  return { script, runs };
}
const request = { tabId: 't1', connectionId: 'c1', text: 'select 1', from: 5, start: { line: 1, column: 6 } };

describe('the runs of a tab', () => {
  it('show what the notifications tell, rows included', () => {
    const { runs } = setUp(started, resultStarted('a'), resultEnded('a', 'SELECT 2', 2), ended('done'));
    const tab = runs.tab('t1');
    expect(tab?.panels).toEqual(['result:a', 'messages']);
    expect(tab?.result?.row(1)).toEqual(['2']);
    expect(tab?.result?.commandTag).toBe('SELECT 2');
    expect(runs.statusOf('t1')).toMatchObject({ state: 'done', rows: 2, complete: true, elapsedMs: 4 });
    expect(runs.isBusy('t1')).toBe(false);
  });

  it('are busy from the request on, though the answer changes nothing', async () => {
    const { runs, script } = setUp();
    void runs.run(request);
    expect(runs.isBusy('t1')).toBe(true);
    script.last('query.run')?.resolve({ runId: 'r1' });
    await Promise.resolve();
    expect(runs.tab('t1')?.run).toBeUndefined();
    runs.apply(started);
    const { tabId: _, ...origin } = request;
    expect(runs.tab('t1')?.run?.origin).toEqual(origin);
    expect(runs.isBusy('t1')).toBe(true);
  });

  it.each(['failed', 'cancelled'] as const)('count what was left out when they have %s', async (outcome) => {
    const { runs, script } = setUp();
    void runs.run({ ...request, text: 'select 1; select 2; select 3' });
    [started, resultStarted('a'), ended(outcome)].forEach((each) => runs.apply(each));
    const run = runs.tab('t1')?.run;
    expect(run?.skipped).toBe('some');
    const statements = [0, 10, 20].map((from) => ({ from, to: from + 8 }));
    script.last('query.split')?.resolve({ statements });
    await vi.waitFor(() => expect(run?.skipped).toBe(2));
  });

  it('leave nothing out where nothing stood behind', () => {
    const { runs, script } = setUp();
    void runs.run({ ...request, text: 'select 1; ' });
    [started, resultStarted('a'), ended('cancelled')].forEach((each) => runs.apply(each));
    expect(runs.tab('t1')?.run?.skipped).toBe(0);
    expect(script.last('query.split')).toBeUndefined();
  });

  it('send nothing twice while one is under way', () => {
    const { runs, script } = setUp();
    void runs.run(request);
    void runs.run(request);
    expect(script.calls).toHaveLength(1);
  });

  it('let what comes meanwhile wait, and take it back at a word', async () => {
    const { runs } = setUp(started);
    const first = runs.waitForTurn({ ...request, text: 'select 2' });
    const second = runs.waitForTurn({ ...request, text: 'select 3' });
    expect(await first).toBe('takenBack');
    expect(runs.tab('t1')?.next?.text).toBe('select 3');
    runs.tab('t1')?.takeBackNext();
    expect(await second).toBe('takenBack');
    expect(runs.tab('t1')?.next).toBeUndefined();
  });

  it.each([
    ['done', 'come'],
    ['failed', 'dropped'],
    ['cancelled', 'dropped'],
  ] as const)('that have %s let what waits be %s', async (outcome, expected) => {
    const { runs } = setUp(started);
    const turn = runs.waitForTurn(request);
    runs.apply(ended(outcome));
    expect(await turn).toBe(expected);
  });

  it('run nothing after a restart of the engine', async () => {
    const { runs } = setUp(started);
    const turn = runs.waitForTurn(request);
    runs.load([]);
    expect(await turn).toBe('dropped');
  });

  it('send the limit along, and once more with the statement that was stopped, alone', () => {
    const { runs, script } = setUp();
    const text = 'select 1;\n  select 2; select 3';
    void runs.run({ ...request, text, database: 'archive', timeoutMs: 10_000 });
    expect(script.last('query.run')?.params).toMatchObject({ timeoutMs: 10_000 });
    runs.apply(started);
    const stopped = { index: 1, from: 12, to: 20 };
    const error = new AppError('STATEMENT_TIMEOUT', 'Stopped.').toEnvelope();
    runs.apply({
      method: 'query.runEnded',
      params: { runId: 'r1', outcome: 'failed', transactionStatus: 'I', error, statement: stopped },
    });
    expect(runs.requestAgain('t1')).toMatchObject({ text, database: 'archive', timeoutMs: 10_000 });
    expect(runs.requestStopped('t1')).toEqual({
      tabId: 't1',
      connectionId: 'c1',
      database: 'archive',
      from: 17,
      text: 'select 2',
      start: { line: 2, column: 3 },
    });
  });

  it('go once more to where they were refused, not to where the run before went', async () => {
    const { runs, script } = setUp(started, ended('done'));
    const refused = runs.run({ ...request, connectionId: 'c2', database: 'archive' });
    script.last('query.run')?.reject(new AppError('NOT_CONNECTED', 'Not connected.'));
    await refused;
    expect(runs.requestAgain('t1')).toMatchObject({ connectionId: 'c2', database: 'archive' });
  });

  it('show a refusal where the results would be, until something else is run', async () => {
    const { runs, script } = setUp();
    const running = runs.run(request);
    script.last('query.run')?.reject(new AppError('NOT_CONNECTED', 'Not connected.'));
    await running;
    expect(runs.tab('t1')?.panel).toBe('error');
    expect(runs.isBusy('t1')).toBe(false);
    runs.apply(started);
    expect(runs.tab('t1')?.panel).toBeUndefined();
  });

  it('show the error of a run first, and the earlier results beside it', () => {
    const error = new AppError('QUERY_FAILED', 'relation "x" does not exist', {
      position: 3,
      sqlstate: '42P01',
    });
    const { runs } = setUp(
      started,
      resultStarted('a'),
      resultEnded('a', 'SELECT 2', 2),
      ended('failed', error),
    );
    const tab = runs.tab('t1');
    expect(tab?.panels).toEqual(['result:a', 'error', 'messages']);
    expect(tab?.panel).toBe('error');
    tab?.choose('result:a');
    expect(tab?.result?.id).toBe('a');
  });

  it('stand for statements without rows by what the server says', () => {
    const { runs } = setUp(started, resultStarted('a', []), resultEnded('a', 'UPDATE 3', 3), ended('done'));
    expect(runs.tab('t1')?.panels).toEqual(['outcome', 'messages']);
    expect(runs.tab('t1')?.panel).toBe('outcome');
  });

  it('wait visibly and go on', () => {
    const { runs } = setUp(started, { method: 'query.waiting', params: { runId: 'r1', busy: 9 } });
    expect(runs.tab('t1')?.run).toMatchObject({ state: 'waiting', busy: 9 });
    runs.apply(resultStarted('a'));
    expect(runs.tab('t1')?.run?.state).toBe('running');
  });

  it('are cancelling from the word of the user until the run ends', async () => {
    const { runs, script } = setUp(started, resultStarted('a'));
    void runs.cancel('t1');
    void runs.cancel('t1');
    expect(runs.tab('t1')?.cancelling).toBe(true);
    expect(script.calls.filter(({ method }) => method === 'query.cancel')).toHaveLength(1);
    runs.apply(ended('cancelled', new AppError('CANCELLED', 'Cancelled.')));
    expect(runs.tab('t1')?.cancelling).toBe(false);
    script.last('query.cancel')?.resolve({ settled: true });
    await Promise.resolve();
    expect(runs.tab('t1')?.run?.state).toBe('cancelled');
  });

  it('can be cancelled again where the first word did not get through', async () => {
    const { runs, script } = setUp(started);
    const cancelling = runs.cancel('t1');
    script.last('query.cancel')?.reject(new AppError('SIDECAR_RESTARTED', 'Lost.'));
    await cancelling;
    expect(runs.tab('t1')?.cancelling).toBe(false);
  });
});

describe('the runs after an attach', () => {
  const summary: RunSummary = {
    ...ids,
    state: 'done',
    startedAt: 1_000,
    notices: [],
    noticeCount: 0,
    results: [
      {
        resultId: 'a',
        statement,
        columns,
        rowCount: 500,
        complete: true,
        bytes: 9,
        commandTag: 'SELECT 500',
      },
    ],
  };

  it('go to the database that they were sent to when they are run once more', () => {
    const script = new Script();
    const texts = new SentTexts({ sent: {} });
    texts.remember('r1', 'select 1');
    const runs = new RunsStore(script, texts);
    runs.load([{ ...summary, from: 0, database: 'archive' }]);
    runs.recall(() => 'select 1');
    expect(runs.requestAgain('t1')).toMatchObject({ text: 'select 1', database: 'archive' });
  });

  it('are there again, and their rows are fetched when looked at', () => {
    const { runs, script } = setUp();
    runs.load([summary]);
    const result = runs.tab('t1')?.result;
    expect(result?.rowCount).toBe(500);
    result?.want(0, 20);
    expect(script.last('query.rows')?.params).toEqual({ resultId: 'a', offset: 0, limit: 200 });
  });

  it('keep the rows that are here when the same result comes with a new snapshot', () => {
    const { runs } = setUp(started, resultStarted('a'));
    const before = runs.tab('t1')?.result;
    runs.load([summary]);
    expect(runs.tab('t1')?.result).toBe(before);
    expect(before?.row(0)).toEqual(['1']);
    expect(before?.rowCount).toBe(500);
  });

  it('say that they are lost when the sidecar knows nothing of them, and leave what is seen', () => {
    const { runs } = setUp(started, resultStarted('a'));
    runs.load([]);
    const run = runs.tab('t1')?.run;
    expect(run?.state).toBe('lost');
    expect(run?.error).toMatchObject({ code: 'SIDECAR_RESTARTED', outcome: 'unknown' });
    expect(run?.result('a')?.gone?.code).toBe('RESULT_CLOSED');
    expect(run?.result('a')?.row(0)).toEqual(['1']);
    expect(runs.isBusy('t1')).toBe(false);
  });

  it('leave a finished run as it ended; only its rows are gone', () => {
    const { runs } = setUp(started, resultStarted('a'), resultEnded('a', 'SELECT 2', 2), ended('done'));
    runs.load([]);
    expect(runs.tab('t1')?.run?.state).toBe('done');
    expect(runs.tab('t1')?.panel).toBe('result:a');
    expect(runs.tab('t1')?.result?.gone?.code).toBe('RESULT_CLOSED');
  });
});

describe('a tab that is closed', () => {
  it('frees its results here and in the sidecar', () => {
    const { runs, script } = setUp(started, resultStarted('a'));
    runs.closeTab('t1');
    expect(runs.tab('t1')).toBeUndefined();
    expect(script.last('query.close')?.params).toEqual({ tabId: 't1' });
  });
});
