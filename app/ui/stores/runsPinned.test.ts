import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { RunsStore, type QueryNotification } from './runs.svelte.ts';
import { SentTexts } from './sentTexts.ts';

const columns = [{ name: 'n', typeOid: 23, typeName: 'integer' }];
const text = 'select 1; select 2; select 3';

function setUp() {
  const calls: { method: string; params: unknown }[] = [];
  const rpc: Rpc = {
    call: (method, params) => {
      calls.push({ method, params });
      return new Promise(() => undefined);
    },
  };
  const runs = new RunsStore(rpc, new SentTexts({ sent: {} }));
  const last = (method: string) => calls.findLast((each) => each.method === method)?.params;
  /** A run with a grid for each of these ids. */
  const give = (runId: string, resultIds: readonly string[], failed = false) => {
    void runs.run({ tabId: 't1', connectionId: 'c1', text, from: 0, start: { line: 1, column: 1 } });
    const statement = (index: number) => ({ index, from: index * 10, to: index * 10 + 8 });
    const error = new AppError('QUERY_FAILED', 'no').toEnvelope();
    const notifications: QueryNotification[] = [
      { method: 'query.runStarted', params: { runId, connectionId: 'c1', tabId: 't1', at: 1 } },
      ...resultIds.flatMap((resultId, index): QueryNotification[] => [
        {
          method: 'query.resultStarted',
          params: { runId, resultId, statement: statement(index), columns, firstRows: [['1']] },
        },
        {
          method: 'query.resultEnded',
          params: { runId, resultId, commandTag: 'SELECT 1', rowCount: 1, elapsedMs: 1 },
        },
      ]),
      {
        method: 'query.runEnded',
        params: failed
          ? {
              runId,
              outcome: 'failed',
              error,
              statement: { index: 1, from: 10, to: 18 },
              transactionStatus: 'I',
            }
          : { runId, outcome: 'done', transactionStatus: 'I' },
      },
    ];
    for (const each of notifications) runs.apply(each);
  };
  const panels = () => runs.tab('t1')?.panels;
  return { runs, give, last, panels };
}

describe('results of a tab', () => {
  it('stay where they are pinned, and go with the next run where not', () => {
    const { runs, give, last, panels } = setUp();
    give('r1', ['a', 'b']);
    runs.tab('t1')?.pin('b', true);
    give('r2', ['c']);
    expect(last('query.run')).toMatchObject({ keep: ['b'] });
    expect(panels()).toEqual(['result:b', 'result:c', 'messages']);
    expect(runs.tab('t1')?.panel, 'what is new is in front').toBe('result:c');
    runs.tab('t1')?.choose('result:b');
    expect(runs.tab('t1')?.shownRun?.id).toBe('r1');
    runs.tab('t1')?.pin('b', false);
    give('r3', ['d']);
    expect(last('query.run')).not.toHaveProperty('keep');
    expect(panels()).toEqual(['result:d', 'messages']);
  });

  it('are pinned where a returning window finds them beside a later run', () => {
    const { runs, panels } = setUp();
    const summary = (runId: string, resultId: string) => ({
      ...{ runId, connectionId: 'c1', tabId: 't1', state: 'done' as const, startedAt: 1 },
      ...{ notices: [], noticeCount: 0 },
      results: [
        { resultId, statement: { index: 0, from: 0, to: 8 }, columns, rowCount: 1, complete: true, bytes: 1 },
      ],
    });
    runs.load([summary('r1', 'a'), summary('r2', 'b')]);
    expect(panels()).toEqual(['result:a', 'result:b', 'messages']);
    expect([...(runs.tab('t1')?.pinned ?? [])]).toEqual(['a']);
    runs.load([summary('r2', 'b')]);
    expect(runs.tab('t1')?.resultOf('result:a')?.gone, 'its rows are no longer held').toBeDefined();
  });

  it('are closed one by one, and the next one comes to the front', () => {
    const { runs, give, last, panels } = setUp();
    give('r1', ['a', 'b', 'c']);
    const tab = runs.tab('t1');
    tab?.choose('result:b');
    runs.closeResults('t1', tab?.run?.results.filter(({ id }) => id === 'b') ?? []);
    expect(last('query.close')).toEqual({ resultId: 'b' });
    expect(panels()).toEqual(['result:a', 'result:c', 'messages']);
    expect(tab?.panel).toBe('result:c');
  });

  it('leave what a run that stopped did not run to be run from there on', () => {
    const { runs, give } = setUp();
    give('r1', ['a'], true);
    expect(runs.requestRest('t1', 'here')).toMatchObject({ text: 'select 2; select 3', from: 10 });
    expect(runs.requestRest('t1', 'behind')).toMatchObject({ text: '; select 3', from: 18 });
    give('r2', ['a']);
    expect(runs.requestRest('t1', 'behind')).toBeUndefined();
  });
});
