import { flushSync } from 'svelte';
import { expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { CatalogStore } from './catalog.ts';
import type { CatalogLevel } from './catalogLevel.ts';

const place = { connectionId: 'c', database: 'shop' };
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** Shows the time of an answer as the sidebar does: rows are worked out from it, and what they need is asked for. */
function show() {
  const asked: unknown[] = [];
  const answers: unknown[] = [];
  const seen: unknown[] = [];
  const rpc: Rpc = {
    call: (_method, params) => {
      asked.push(params);
      const answer = answers.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as never);
    },
  };
  const store = new CatalogStore(rpc);
  const end = $effect.root(() => {
    let level: CatalogLevel | undefined;
    const shown = $derived.by(() => {
      level = store.schemas(place);
      return level.error?.message ?? level.answer?.fetchedAt;
    });
    $effect(() => {
      seen.push(shown);
      level?.want();
    });
  });
  const settle = async () => {
    flushSync();
    await turn();
    flushSync();
    return seen.at(-1);
  };
  return { store, asked, answers, seen, settle, end };
}

it('is asked for once it is to be seen, and again once it is out of date, while the old answer stays', async () => {
  const { store, asked, answers, seen, settle, end } = show();
  answers.push({ fetchedAt: 1 }, { fetchedAt: 2 }, new AppError('INTERNAL', 'lost'));
  expect(await settle()).toBe(1);
  store.invalidated({ connectionId: 'other' });
  store.invalidated({ ...place, database: 'elsewhere' });
  expect(await settle()).toBe(1);
  store.invalidated(place);
  expect(await settle()).toBe(2);
  store.invalidated({ connectionId: 'c' });
  expect(await settle()).toBe('lost');
  expect(store.schemas(place).answer).toEqual({ fetchedAt: 2 });
  expect(asked).toEqual([place, place, place]);
  expect(new Set(seen)).toEqual(new Set([undefined, 1, 2, 'lost']));
  end();
});

it('is read anew at the user’s word', async () => {
  const { store, asked, answers, settle, end } = show();
  answers.push({ fetchedAt: 1 }, { fetchedAt: 2 });
  await settle();
  await store.schemas(place).refresh();
  expect(await settle()).toBe(2);
  expect(asked.at(-1)).toEqual({ ...place, refresh: true });
  end();
});
