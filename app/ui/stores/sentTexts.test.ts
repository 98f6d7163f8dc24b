import { describe, expect, it } from 'vitest';
import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import type { RunSummary } from '#shared/query/result.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { WindowMemory } from '../lib/windowMemory.ts';
import { RunsStore } from './runs.svelte.ts';
import { SentTexts } from './sentTexts.ts';

/** What a browser keeps for one window over a reload. */
function storage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> & { size: () => number } {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    size: () => items.size,
  };
}

/** Takes every request and answers none: what is asked for is all that counts here. */
class Silent implements Rpc {
  readonly asked: unknown[] = [];

  call<M extends MethodName>(_: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    this.asked.push(params);
    return new Promise(() => undefined);
  }
}

const start = { line: 2, column: 1 };
const document = 'select 0;\nselect 1;\nselect 2;';
const facts = { runId: 'r1', connectionId: 'c1', tabId: 't1' };
const summary: RunSummary = {
  ...facts,
  from: 10,
  state: 'done',
  startedAt: 1,
  notices: [],
  noticeCount: 0,
  results: [],
};

function afterReload(documentText: string) {
  const kept = storage();
  const before = new RunsStore(new Silent(), new SentTexts(new WindowMemory(kept)));
  void before.run({ tabId: 't1', connectionId: 'c1', text: 'select 1', from: 10, start });
  before.apply({ method: 'query.runStarted', params: { ...facts, at: 1, from: 10 } });
  const rpc = new Silent();
  const runs = new RunsStore(rpc, new SentTexts(new WindowMemory(kept)));
  runs.load([summary]);
  runs.recall(() => documentText);
  return { runs, rpc, kept };
}

describe('the text of a run after a reload', () => {
  it('is sent with its place, and cut out of its document again', () => {
    const { runs } = afterReload(document);
    expect(runs.tab('t1')?.run?.origin).toMatchObject({ from: 10, text: 'select 1', start });
    expect(runs.canRunAgain('t1')).toBe(true);
    expect(runs.isTextGone('t1')).toBe(false);
  });

  it('is sent again as it was', () => {
    const { runs, rpc } = afterReload(`${document} -- more`);
    const request = runs.requestAgain('t1');
    if (request) void runs.run(request);
    expect(rpc.asked).toEqual([{ connectionId: 'c1', tabId: 't1', text: 'select 1', from: 10 }]);
  });

  it.each([document.replace('select 1', 'select 9'), `-- new${document}`, 'select 0;\nsel', ''])(
    'is not known where the document is now %j',
    (text) => {
      const { runs } = afterReload(text);
      expect(runs.tab('t1')?.run?.origin).toBeUndefined();
      expect(runs.canRunAgain('t1')).toBe(false);
      expect(runs.isTextGone('t1')).toBe(true);
    },
  );

  it('is forgotten with its tab', () => {
    const { runs, kept } = afterReload(document);
    const before = kept.size();
    runs.closeTab('t1');
    expect(kept.size()).toBe(before - 1);
  });
});
