import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { RunsStore } from './runs.svelte.ts';
import { SentTexts } from './sentTexts.ts';

const request = { tabId: 't1', connectionId: 'c1', text: 'insert', from: 0, start: { line: 1, column: 1 } };
const { tabId: _, ...origin } = request;
const timedOut = new AppError('TIMEOUT', 'Hawser did not answer in time.');

/** Calls are kept, and settled by hand. */
function setUp() {
  const calls: { method: string; params: unknown; reject: (error: AppError) => void }[] = [];
  const rpc: Rpc = {
    call: (method, params, signal) =>
      new Promise((_resolve, reject) => {
        calls.push({ method, params, reject });
        signal?.addEventListener('abort', () => reject(new AppError('CANCELLED', 'Cancelled.')));
      }),
  };
  return { calls, runs: new RunsStore(rpc, new SentTexts({ sent: {} })) };
}

describe('what is about to be run', () => {
  it('shows at once, and can be cancelled without a word', async () => {
    const { runs } = setUp();
    const found = runs.prepare(
      't1',
      (signal) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new AppError('CANCELLED', 'Cancelled.')));
        }),
    );
    expect(runs.isBusy('t1')).toBe(true);
    await runs.cancel('t1');
    expect(await found).toBeUndefined();
    expect(runs.isBusy('t1')).toBe(false);
    expect(runs.tab('t1')?.launch).toBeUndefined();
  });

  it('says what kept it from being sent, until the next thing is asked for', async () => {
    const { runs } = setUp();
    expect(await runs.prepare('t1', () => Promise.reject(timedOut))).toBeUndefined();
    expect(runs.tab('t1')?.launch).toMatchObject({ kind: 'notRun', error: timedOut });
    expect(runs.isBusy('t1')).toBe(false);
    expect(await runs.prepare('t1', () => Promise.resolve('found'))).toBe('found');
    expect(runs.tab('t1')?.launch).toBeUndefined();
  });

  it('was sent, but is not answered: whether it runs is not known, and it shows where it does', async () => {
    const { calls, runs } = setUp();
    const sent = runs.run(request);
    calls[0]?.reject(timedOut);
    expect((await sent)?.facts.outcome).toBe('unknown');
    runs.apply({
      method: 'query.runStarted',
      params: { runId: 'r1', tabId: 't1', connectionId: 'c1', at: 1 },
    });
    expect(runs.tab('t1')?.run?.origin).toEqual(origin);
    expect(calls.some(({ method }) => method === 'query.cancel')).toBe(false);
  });

  it('is cancelled once it begins, where it was taken back on its way', async () => {
    const { calls, runs } = setUp();
    const sent = runs.run(request);
    void runs.cancel('t1');
    await sent;
    expect(runs.isBusy('t1')).toBe(false);
    runs.apply({
      method: 'query.runStarted',
      params: { runId: 'r1', tabId: 't1', connectionId: 'c1', at: 1 },
    });
    expect(calls.at(-1)).toMatchObject({ method: 'query.cancel', params: { runId: 'r1' } });
  });
});
