import { expect, it } from 'vitest';
import { hedge, type HedgeOptions } from './hedge.ts';

/** Tries that end when the test says so. */
function tries() {
  const started: { win: (value: string) => void; fail: (why: string) => void; signal: AbortSignal }[] = [];
  const start = (signal: AbortSignal) =>
    new Promise<string>((win, reject) => {
      started.push({ win, fail: (why) => reject(new Error(why)), signal });
    });
  return { started, start };
}

function options(more: Partial<HedgeOptions<string>> = {}): HedgeOptions<string> {
  const isFinal = (error: unknown) => error instanceof Error && error.message === 'final';
  return { afterMs: 5, signal: new AbortController().signal, isFinal, discard: () => {}, ...more };
}

async function both(more: Partial<HedgeOptions<string>> = {}) {
  const { started, start } = tries();
  const result = hedge(start, options(more));
  await expect.poll(() => started.length).toBe(2);
  const [first, second] = started;
  if (!first || !second) throw new Error('Two were to be started.');
  return { first, second, result };
}

it('starts no second try where the first ends in time', async () => {
  const { started, start } = tries();
  const result = hedge(start, options({ afterMs: 60_000 }));
  started[0]?.fail('refused');
  await expect(result).rejects.toThrow('refused');
  expect(started).toHaveLength(1);
});

it('gives the quicker one, ends the other, and discards what that still brings', async () => {
  const late: string[] = [];
  const { first, second, result } = await both({ discard: (value) => late.push(value) });
  second.win('quick');
  expect(await result).toBe('quick');
  expect(first.signal.aborted).toBe(true);
  first.win('late');
  await expect.poll(() => late).toEqual(['late']);
});

it('goes on with the first where the second fails, unless that says it all', async () => {
  const one = await both();
  one.second.fail('too many');
  one.first.win('after all');
  expect(await one.result).toBe('after all');
  const other = await both();
  other.second.fail('final');
  await expect(other.result).rejects.toThrow('final');
});

it('ends with the first: on a silent link the second would only keep the next fresh try waiting', async () => {
  const { first, second, result } = await both();
  first.fail('no answer');
  await expect(result).rejects.toThrow('no answer');
  expect(second.signal.aborted).toBe(true);
});

it('ends both at an abort', async () => {
  const stop = new AbortController();
  const { first, second } = await both({ signal: stop.signal });
  stop.abort();
  expect([first.signal.aborted, second.signal.aborted]).toEqual([true, true]);
});
