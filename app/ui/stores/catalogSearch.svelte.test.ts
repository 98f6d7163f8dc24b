import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connectionConfigSchema } from '#shared/connection/config.ts';
import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { WindowMemory } from '../lib/windowMemory.ts';
import { CatalogStore } from './catalog.ts';
import { CatalogSearch } from './catalogSearch.svelte.ts';
import { Connections } from './connections.svelte.ts';
import { Documents } from './documents.svelte.ts';

const [closed, open] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];

const config = (id: string) =>
  connectionConfigSchema.parse({
    id,
    name: 'one of two',
    database: 'app',
    credential: { source: 'session' },
    tls: { mode: 'prefer' },
    createdAt: 1,
    updatedAt: 2,
  });

/** Answers a search when it is told to. */
class Sidecar implements Rpc {
  readonly asked = new Map<string, (total: number) => void>();

  call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    if (method !== 'catalog.search') return Promise.resolve({} as MethodResult<M>);
    const { connectionId, database } = params as MethodInput<'catalog.search'>;
    return new Promise((resolve) => {
      const answer = (total: number) =>
        resolve({ hits: [], total, stale: false } as unknown as MethodResult<M>);
      this.asked.set(`${connectionId} ${database}`, answer);
    });
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('looks through each database that somebody is in or has looked into, and shows each answer as it comes', async () => {
  const rpc = new Sidecar();
  const connections = new Connections();
  connections.load([
    { config: config(closed), status: 'disconnected' },
    { config: config(open), status: 'connected' },
  ]);
  const documents = new Documents(rpc, new WindowMemory(sessionStorage));
  const catalog = new CatalogStore(rpc);
  catalog.schemas({ connectionId: open, database: 'looked at' });
  documents.open({ connectionId: open, database: 'archive' });
  const search = new CatalogSearch({ rpc, catalog, connections, documents }, 10);
  search.look('x');
  await vi.advanceTimersByTimeAsync(200);
  expect([...rpc.asked.keys()]).toEqual([
    `${open} archive`,
    `${open} app`,
    `${open} looked at`,
    `${closed} app`,
  ]);
  rpc.asked.get(`${closed} app`)?.(3);
  await vi.advanceTimersByTimeAsync(0);
  expect(search.found.map(({ place, total }) => [place.connectionId, total])).toEqual([[closed, 3]]);
  expect(search.busy).toBe(true);
  for (const answer of rpc.asked.values()) answer(1);
  await vi.advanceTimersByTimeAsync(0);
  expect(search.found.map(({ place }) => place.database)).toEqual(['archive', 'app', 'looked at', 'app']);
  expect(search.busy).toBe(false);
  search.look('');
  expect(search.found).toEqual([]);
});
