import { describe, expect, it } from 'vitest';
import type { Notification } from '#shared/contract/derive.ts';
import { settingsSchema } from '#shared/settings/settings.ts';
import type { Snapshot } from '#shared/session/snapshot.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { WindowMemory } from '../lib/windowMemory.ts';
import { Feed } from './feed.ts';

const snapshotAt = (revision: number): Snapshot => ({
  revision,
  session: {
    id: 's',
    windowId: 'w',
    connectionId: null,
    mode: null,
    address: null,
    username: null,
    status: 'disconnected',
    activeDatabase: null,
    lastStatusChangeAt: null,
    lastConnectedAt: null,
    lastDisconnectedAt: null,
    lastError: null,
  },
  connections: [],
  groups: [],
  documents: [],
  settings: settingsSchema.parse({}),
  runs: [],
  prompts: [],
  transactions: [],
  problems: [],
});

/** A sidecar that answers attach and snapshot as each test lays them out. */
function setUp(attaches: unknown[]) {
  const seen: string[] = [];
  const asked: { method: string; params: unknown }[] = [];
  const snapshots: ((snapshot: Snapshot) => void)[] = [];
  const rpc: Rpc = {
    call: (method, params) => {
      asked.push({ method, params });
      if (method === 'session.attach') return Promise.resolve(attaches.shift() as never);
      return new Promise((resolve) => {
        snapshots.push((snapshot) => resolve({ snapshot } as never));
      });
    },
  };
  const memory = new WindowMemory(sessionStorage);
  const feed = new Feed(
    {
      load: ({ revision }) => void seen.push(`snapshot ${revision}`),
      apply: ({ params }: Notification) => void seen.push((params as { promptId: string }).promptId),
    },
    memory,
  );
  const attach = () => feed.attach(rpc, new AbortController().signal);
  const settle = (revision: number) =>
    feed.notified('credential.settled', { promptId: `change ${revision}`, revision });
  return { feed, memory, seen, asked, snapshots, attach, settle };
}

const admitted = (revision: number) => ({
  outcome: 'admitted',
  token: 'new',
  revision,
  snapshot: snapshotAt(revision),
});

describe('the feed', () => {
  it('takes the snapshot first, then what came meanwhile and is newer', async () => {
    const { attach, settle, seen } = setUp([admitted(5)]);
    const loaded = await attach();
    settle(5);
    settle(6);
    loaded();
    settle(7);
    expect(seen).toEqual(['snapshot 5', 'change 6', 'change 7']);
  });

  it('asks for a new snapshot where a revision is missing, and loses nothing that came after', async () => {
    const { attach, settle, seen, snapshots } = setUp([admitted(1)]);
    (await attach())();
    settle(3);
    settle(4);
    expect(seen).toEqual(['snapshot 1']);
    snapshots[0]?.(snapshotAt(3));
    await Promise.resolve();
    await Promise.resolve();
    expect(seen).toEqual(['snapshot 1', 'snapshot 3', 'change 4']);
  });

  it('counts a notification that it does not know, and says nothing of it', async () => {
    const { attach, feed, settle, seen } = setUp([admitted(1)]);
    (await attach())();
    feed.notified('future.thing', { revision: 2 });
    settle(3);
    expect(seen).toEqual(['snapshot 1', 'change 3']);
  });

  it.each(['TOKEN_EXPIRED', 'INVALID_INSTANCE'])('attaches as a new session after %s', async (reason) => {
    const { attach, memory, asked } = setUp([{ outcome: 'failed', reason }, admitted(1)]);
    memory.token = 'old';
    await attach();
    expect(asked.map(({ params }) => (params as { token?: string }).token)).toEqual(['old', undefined]);
    expect(memory.token).toBe('new');
  });

  it('comes in after a reload as soon as its socket of before is missed, and takes nothing by itself', async () => {
    const taken = { outcome: 'failed', reason: 'ALREADY_ATTACHED' };
    const { attach, asked, memory } = setUp([taken, taken, admitted(1)]);
    memory.token = 'mine';
    await attach();
    expect(asked.map(({ params }) => params)).toEqual(
      [1, 2, 3].map(() => ({ protocolVersion: 1, windowId: memory.windowId, token: 'mine' })),
    );
    const { attach: asksUser, asked: tried } = setUp(Array.from({ length: 9 }, () => taken));
    await expect(asksUser()).rejects.toMatchObject({ code: 'ALREADY_ATTACHED' });
    expect(tried.every(({ params }) => !Object.hasOwn(params as object, 'replace'))).toBe(true);
  });

  it('takes a session over when it is told to, once, and by its name: the token may be void', async () => {
    const { attach, feed, asked, memory } = setUp([admitted(1), admitted(1)]);
    memory.token = 'void';
    feed.takeOver();
    await attach();
    await attach();
    const { windowId } = memory;
    expect(asked.map(({ params }) => params)).toEqual([
      { protocolVersion: 1, windowId, replace: true },
      { protocolVersion: 1, windowId, token: 'new' },
    ]);
  });

  it('shows a token that was refused no second time', async () => {
    const refusals = ['TOKEN_EXPIRED', 'VERSION_MISMATCH'].map((reason) => ({ outcome: 'failed', reason }));
    const { attach, memory } = setUp(refusals);
    memory.token = 'old';
    await expect(attach()).rejects.toMatchObject({ code: 'VERSION_MISMATCH' });
    expect(memory.token).toBeUndefined();
  });

  it('is another window once the session was left to another', async () => {
    const { attach, memory, asked } = setUp([admitted(1)]);
    const { windowId } = memory;
    memory.token = 'old';
    memory.renew();
    await attach();
    expect(asked[0]?.params).toEqual({ protocolVersion: 1, windowId: memory.windowId });
    expect(memory.windowId).not.toBe(windowId);
  });

  it('says how long it has to wait, and does not try again by itself', async () => {
    const { attach } = setUp([{ outcome: 'failed', reason: 'RATE_LIMITED', retryAfterMs: 42_000 }]);
    await expect(attach()).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      facts: { retryAfterMs: 42_000, retry: 'user' },
    });
  });

  it('gives up where the versions differ, and comes again later where the engine is busy', async () => {
    const { attach: first } = setUp([{ outcome: 'failed', reason: 'VERSION_MISMATCH' }]);
    await expect(first()).rejects.toMatchObject({ code: 'VERSION_MISMATCH' });
    const { attach: second } = setUp([{ outcome: 'queued', position: 3 }]);
    await expect(second()).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      message: expect.stringContaining('place in the queue is 3') as unknown,
    });
  });
});
