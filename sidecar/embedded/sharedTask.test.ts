import { expect, test } from 'vitest';
import { SharedTask } from './sharedTask.ts';

interface Work {
  task: SharedTask<string>;
  signal: AbortSignal;
  say: (words: string) => void;
  finish: (result: string) => void;
}

/** A task whose end the test decides. */
function work(): Work {
  let [signal, say, finish]: [AbortSignal?, Work['say']?, Work['finish']?] = [];
  const task = new SharedTask<string>((given, tell) => {
    [signal, say] = [given, tell];
    return new Promise((resolve, reject) => {
      finish = resolve;
      given.addEventListener('abort', () => reject(given.reason as Error));
    });
  });
  if (!signal || !say || !finish) throw new Error('the work did not begin at once');
  return { task, signal, say, finish };
}

const quiet = () => {};

test('every caller gets the one result and hears what it is busy with, the late one too', async () => {
  const { task, say, finish } = work();
  const heard: string[] = [];
  const first = task.join({
    signal: new AbortController().signal,
    onActivity: (words) => heard.push(`1 ${words}`),
  });
  say('digging');
  const second = task.join({
    signal: new AbortController().signal,
    onActivity: (words) => heard.push(`2 ${words}`),
  });
  say('filling');
  finish('done');
  expect(await Promise.all([first, second])).toEqual(['done', 'done']);
  expect(heard).toEqual(['1 digging', '2 digging', '1 filling', '2 filling']);
});

test('a caller leaves with his own reason and the work goes on for the others', async () => {
  const { task, signal, finish } = work();
  const leaving = new AbortController();
  const left = task.join({ signal: leaving.signal, onActivity: quiet });
  const stayed = task.join({ signal: new AbortController().signal, onActivity: quiet });
  leaving.abort(new Error('had enough'));
  await expect(left).rejects.toThrow('had enough');
  expect(signal.aborted).toBe(false);
  expect(task.open).toBe(true);
  finish('done');
  expect(await stayed).toBe('done');
  expect(task.open).toBe(false);
});

test('when the last caller leaves the work is aborted', async () => {
  const { task, signal } = work();
  const leaving = new AbortController();
  const left = task.join({ signal: leaving.signal, onActivity: quiet });
  leaving.abort(new Error('had enough'));
  await expect(left).rejects.toThrow('had enough');
  expect(signal.aborted).toBe(true);
  expect(task.open).toBe(false);
});

test('a caller whose signal has fired already does not join', async () => {
  const { task, signal } = work();
  const fired = AbortSignal.abort(new Error('too late'));
  await expect(async () => task.join({ signal: fired, onActivity: quiet })).rejects.toThrow('too late');
  expect(signal.aborted).toBe(false);
});
