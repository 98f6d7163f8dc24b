import { beforeEach, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import type { DiagnosticEvent } from '#shared/diagnostics/event.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import { DiagnosticsStore } from '../../stores/diagnostics.ts';
import { EventsState } from './eventsState.svelte.ts';

const event = (id: number, more: Partial<DiagnosticEvent> = {}): DiagnosticEvent => ({
  ...{ id, at: id, type: 'query', event: 'runEnded', source: 'user', payload: {} },
  ...more,
});

let asked: { method: string; params: object }[];
let answers: (() => Promise<unknown>)[];
let store: DiagnosticsStore;
let model: EventsState;
beforeEach(() => {
  asked = [];
  answers = [];
  const call = (method: string, params: object) => {
    asked.push({ method, params });
    if (method !== 'diagnostics.list') return Promise.resolve({});
    return answers.shift()?.() ?? Promise.resolve({ events: [], complete: true });
  };
  store = new DiagnosticsStore();
  model = new EventsState({ call } as unknown as Rpc);
});

const answer = (events: DiagnosticEvent[], complete = true) =>
  answers.push(() => Promise.resolve({ events, complete }));
const ids = () => model.events.map(({ id }) => id);

it('takes news in as it comes, newest first, and what came again in its own place', async () => {
  answer([event(2), event(1)]);
  model.follow(store);
  await expect.poll(ids).toEqual([2, 1]);
  store.recorded([event(1, { count: 2 }), event(3), event(4)]);
  expect(ids()).toEqual([4, 3, 2, 1]);
  expect(model.events.at(-1)?.count).toBe(2);
});

it('holds news back while it is paused', async () => {
  const stop = model.follow(store);
  await expect.poll(() => model.loaded).toBe(true);
  model.pause();
  store.recorded([event(1), event(2)]);
  store.recorded([event(2, { count: 2 })]);
  expect([ids(), model.heldCount]).toEqual([[], 2]);
  model.resume();
  expect([ids(), model.heldCount]).toEqual([[2, 1], 0]);
  stop();
  store.recorded([event(3)]);
  expect(ids()).toEqual([2, 1]);
  expect(asked.at(-1)).toEqual({ method: 'diagnostics.watch', params: { on: false } });
});

it('shows of the news what fits, and no answer to an earlier choice', async () => {
  model.follow(store);
  await expect.poll(() => model.loaded).toBe(true);
  let late = (_: unknown) => {};
  answers.push(() => new Promise((resolve) => (late = resolve)));
  model.choose({ type: 'store' });
  answer([event(7, { type: 'store', payload: { file: 'Settings' } })], false);
  model.choose({ text: 'settings' });
  await expect.poll(ids).toEqual([7]);
  late({ events: [event(1)], complete: true });
  store.recorded([event(8), event(9, { type: 'store', payload: { file: 'settings.json' } })]);
  expect(ids()).toEqual([9, 7]);
  answer([event(3, { type: 'store' })]);
  await model.older();
  expect(asked.at(-1)?.params).toMatchObject({ before: 7, type: 'store', text: 'settings' });
  expect([ids(), model.complete]).toEqual([[9, 7, 3], true]);
});

it('is asked for anew, and followed anew, by a window that was attached again', async () => {
  model.follow(store);
  await expect.poll(() => model.loaded).toBe(true);
  answer([event(5)]);
  store.load();
  await expect.poll(ids).toEqual([5]);
  expect(asked.map(({ method }) => method)).toEqual(
    Array(2).fill(['diagnostics.watch', 'diagnostics.list']).flat(),
  );
});

it('leaves out nothing that came while it was asked', async () => {
  let late = (_: unknown) => {};
  answers.push(() => new Promise((resolve) => (late = resolve)));
  model.follow(store);
  store.recorded([event(3)]);
  late({ events: [event(2), event(1)], complete: true });
  await expect.poll(ids).toEqual([3, 2, 1]);
});

it('shows so many, and all others once they are asked for, each once', async () => {
  model.follow(store);
  await expect.poll(() => model.loaded).toBe(true);
  store.recorded(Array.from({ length: 2_100 }, (_, index) => event(index + 1)));
  expect([ids().length, ids().at(-1), model.complete]).toEqual([2_000, 101, false]);
  store.recorded([event(7, { count: 2 })]);
  expect(ids()[0]).toBe(2_100);
  answer([event(100), event(7, { count: 2 })]);
  await model.older();
  expect(ids().slice(-3)).toEqual([101, 100, 7]);
});

it('says why older ones could not be had, beside those that are there', async () => {
  answer([event(5)], false);
  model.follow(store);
  await expect.poll(ids).toEqual([5]);
  answers.push(() => Promise.reject(new AppError('CONNECTION_LOST', 'The engine does not answer.')));
  await model.older();
  expect([ids(), model.error?.message]).toEqual([[5], 'The engine does not answer.']);
});
