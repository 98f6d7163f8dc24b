import { beforeEach, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { maxListedText, type HistoryEntry } from '#shared/history/history.ts';
import { Announcer } from '../../stores/announcer.svelte.ts';
import type { App } from '../../stores/context.ts';
import { Toasts } from '../../stores/toasts.svelte.ts';
import { HistoryState } from './historyState.svelte.ts';

const entry = (id: number, text = `select ${id}`) =>
  ({ id, text: text.slice(0, maxListedText), length: text.length, favourite: false }) as HistoryEntry;
const page = (...entries: HistoryEntry[]) => ({ entries, complete: true, damaged: 0 });

let searches: ((answer: ReturnType<typeof page> | Error) => void)[];
let reads: Map<number, (text: string) => void>;
let model: HistoryState;
beforeEach(() => {
  searches = [];
  reads = new Map();
  const call = (method: string, { id = 0 }: { id?: number }) =>
    new Promise((resolve, reject) => {
      if (method === 'history.get') reads.set(id, (text) => resolve({ entry: { ...entry(id, text), text } }));
      else searches.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
    });
  const app = { announcer: new Announcer(), rpc: { call }, toasts: new Toasts() };
  model = new HistoryState(app as unknown as App);
});

const ids = () => model.entries.map(({ id }) => id);
const answer = (...entries: HistoryEntry[]) => searches.shift()?.(page(...entries));

it('asks again for what came while it was being read', async () => {
  void model.refresh();
  void model.refresh();
  expect(searches).toHaveLength(1);
  answer(entry(1));
  await expect.poll(() => searches).toHaveLength(1);
  answer(entry(2), entry(1));
  await expect.poll(ids).toEqual([2, 1]);
  expect(searches).toEqual([]);
});

it('is well again after a loss without being asked to be', async () => {
  void model.refresh();
  searches.shift()?.(new AppError('CONNECTION_LOST', 'The link was lost.'));
  await expect.poll(() => model.error?.message).toContain('lost');
  void model.refresh();
  answer(entry(1));
  await expect.poll(ids).toEqual([1]);
  expect(model.error).toBeUndefined();
});

it('shows all of a long statement, also of one that has just come, and never another one’s', async () => {
  const [long, longer] = [2, 3].map((id) => entry(id, String(id).repeat(3_000)));
  void model.refresh();
  answer(long as HistoryEntry);
  await expect.poll(() => reads.has(2)).toBe(true);
  void model.refresh();
  answer(longer as HistoryEntry, long as HistoryEntry);
  await expect.poll(() => reads.has(3)).toBe(true);
  reads.get(3)?.('3'.repeat(3_000));
  await expect.poll(() => model.shown?.text).toHaveLength(3_000);
  reads.get(2)?.('2'.repeat(3_000));
  await new Promise((taken) => setTimeout(taken));
  expect(model.shown?.text).toBe('3'.repeat(3_000));
});
