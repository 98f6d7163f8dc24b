import { expect, it } from 'vitest';
import type { Clock } from '../lib/clock.ts';
import { WriteQueue } from './writeQueue.ts';

/** Time that passes where a test says so. */
class HandClock implements Clock {
  at = 0;
  #planned: { at: number; run: () => void }[] = [];
  now = () => this.at;
  monotonic = () => this.at;
  after = (ms: number, run: () => void) => {
    const plan = { at: this.at + ms, run };
    this.#planned.push(plan);
    return () => void (this.#planned = this.#planned.filter((each) => each !== plan));
  };
  async pass(ms: number): Promise<void> {
    const until = this.at + ms;
    for (;;) {
      const next = this.#planned.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      this.at = next?.at ?? until;
      if (!next) return;
      this.#planned = this.#planned.filter((each) => each !== next);
      next.run();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function queueWith(answers: boolean[] = []) {
  const clock = new HandClock();
  const written: [string, number][] = [];
  const queue = new WriteQueue(clock, (key) => {
    written.push([key, clock.at]);
    return Promise.resolve(answers.shift() ?? true);
  });
  return { clock, written, queue };
}

it('a file is written a second after its last change, and changes without end put that off to five', async () => {
  const { clock, written, queue } = queueWith();
  queue.changed('a');
  await clock.pass(900);
  queue.changed('a');
  await clock.pass(999);
  expect(written).toEqual([]);
  await clock.pass(1);
  expect(written).toEqual([['a', 1_900]]);
  for (let turn = 0; turn < 60; turn++) {
    queue.changed('b');
    await clock.pass(100);
  }
  expect(written.slice(1)).toEqual([['b', 6_900]]);
  queue.changed('c', { soon: true });
  await clock.pass(0);
  expect(written.at(-1)).toEqual(['c', 7_900]);
});

it('what could not be written is tried again, and holds the others back, for the disk is the same', async () => {
  const { clock, written, queue } = queueWith([false]);
  queue.changed('a', { soon: true });
  await clock.pass(10);
  queue.changed('b', { soon: true });
  await clock.pass(4_000);
  expect(written).toEqual([['a', 0]]);
  await clock.pass(1_100);
  expect(written.map(([key]) => key).sort()).toEqual(['a', 'a', 'b']);
});

it('one is written at a time, a change meanwhile afterwards, and nothing that was dropped', async () => {
  const clock = new HandClock();
  const ends: (() => void)[] = [];
  const written: string[] = [];
  const queue = new WriteQueue(clock, (key) => {
    written.push(key);
    return new Promise((resolve) => ends.push(() => resolve(true)));
  });
  for (const key of ['a', 'b', 'c']) queue.changed(key, { soon: true });
  await clock.pass(10);
  queue.changed('a');
  const dropped = queue.drop('b');
  expect(written).toEqual(['a']);
  ends.shift()?.();
  await dropped;
  await clock.pass(10);
  expect(written).toEqual(['a', 'c']);
  ends.shift()?.();
  const flushed = queue.flush();
  await new Promise((resolve) => setImmediate(resolve));
  ends.shift()?.();
  await flushed;
  expect(written).toEqual(['a', 'c', 'a']);
  queue.close();
  queue.changed('a', { soon: true });
  await clock.pass(10_000);
  expect(written).toHaveLength(3);
});

it('two who wait for all to be written begin nothing side by side, and both wait for the end', async () => {
  const clock = new HandClock();
  let [under, most] = [0, 0];
  const ends: (() => void)[] = [];
  const queue = new WriteQueue(clock, () => {
    most = Math.max(most, (under += 1));
    return new Promise((resolve) => ends.push(() => (under--, resolve(true))));
  });
  for (const key of ['a', 'b', 'c']) queue.changed(key);
  const seen: string[] = [];
  const flushed = ['one', 'other'].map((name) => queue.flush().then(() => seen.push(`${name} ${under}`)));
  for (let count = 0; count < 3; count += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([]);
    expect(ends).toHaveLength(1);
    ends.shift()?.();
  }
  await Promise.all(flushed);
  expect([seen.sort(), most]).toEqual([['one 0', 'other 0'], 1]);
});

it('a write that rejects is one that failed: nobody waits for it for ever, and it is tried again', async () => {
  const clock = new HandClock();
  let tries = 0;
  const queue = new WriteQueue(clock, () =>
    (tries += 1) === 1 ? Promise.reject(new Error('no')) : Promise.resolve(true),
  );
  queue.changed('a', { soon: true });
  await clock.pass(10);
  queue.changed('b', { soon: true });
  await clock.pass(6_000);
  expect(tries).toBe(3);
  await queue.flush();
});
