import { beforeEach, expect, it, vi } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import type { App } from '../../stores/context.ts';
import { Toasts } from '../../stores/toasts.svelte.ts';
import { KeptState, type Entry } from './keptState.svelte.ts';

const entry = (sessionId: string, savedAt: number) => ({ sessionId, savedAt, startedAt: 1 }) as Entry;
const lost = new AppError('CONNECTION_LOST', 'The engine does not answer.');

let pages: { entries: Entry[]; next?: string }[];
let failing: Set<string>;
let toasts: Toasts;
let kept: KeptState;
beforeEach(() => {
  pages = [];
  failing = new Set();
  toasts = new Toasts();
  const call = (method: string, { sessionId }: { sessionId?: string }) => {
    if (failing.has(method)) return Promise.reject(lost);
    if (method === 'sessions.list') return Promise.resolve({ seen: 1, total: 2, ...pages.shift() });
    return Promise.resolve({ session: { sessionId } });
  };
  const files = { choose: () => Promise.resolve('/session.json') };
  kept = new KeptState({ files, rpc: { call }, toasts } as unknown as App);
});

const ids = () => kept.entries.map(({ sessionId }) => sessionId);

it('has what came meanwhile as it is come back to, each session once, and is well after a loss', async () => {
  failing.add('sessions.list');
  await kept.refresh();
  expect(kept.error?.message).toBe('The engine does not answer.');
  failing.clear();
  pages = [{ entries: [entry('b', 20)], next: 'c' }, { entries: [entry('a', 10)] }];
  await kept.refresh();
  expect([ids(), kept.error]).toEqual([['b', 'a'], undefined]);
  // One that is gone on with becomes the newest.
  pages = [{ entries: [entry('a', 40), entry('new', 30)], next: 'b' }];
  await kept.refresh();
  expect(ids()).toEqual(['a', 'new', 'b']);
  expect(kept.session?.sessionId).toBe('b');
  // All were deleted in another window.
  pages = [{ entries: [] }];
  await kept.refresh();
  expect([ids(), kept.session]).toEqual([[], undefined]);
});

it('brings back what could not be deleted, and nothing else', async () => {
  vi.useFakeTimers();
  pages = [{ entries: [entry('b', 20), entry('a', 10)] }];
  await kept.refresh();
  kept.remove(entry('b', 20));
  vi.advanceTimersByTime(4_000);
  kept.remove(entry('a', 10));
  expect(ids()).toEqual([]);
  failing.add('sessions.remove');
  await vi.advanceTimersByTimeAsync(4_500);
  vi.useRealTimers();
  expect(ids()).toEqual(['b']);
  expect(toasts.list.at(-1)?.text).toBe('Not deleted: The engine does not answer.');
});

it('says that an export failed until one does not', async () => {
  const session = { sessionId: 'b', startedAt: 1 };
  failing.add('sessions.export');
  await kept.export(session);
  expect(kept.failed?.text).toBe('Not exported: The engine does not answer.');
  failing.clear();
  kept.failed?.again();
  await expect.poll(() => toasts.list.at(-1)?.text).toBe('Session exported to /session.json');
  expect(kept.failed).toBeUndefined();
});
