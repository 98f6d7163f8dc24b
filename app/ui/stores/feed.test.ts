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

  it('attaches as a new session where the old one has ended', async () => {
    const { attach, memory, asked } = setUp([{ outcome: 'failed', reason: 'TOKEN_EXPIRED' }, admitted(1)]);
    memory.token = 'old';
    await attach();
    expect(asked.map(({ params }) => (params as { token?: string }).token)).toEqual(['old', undefined]);
    expect(memory.token).toBe('new');
  });

  it('takes its own place where a socket of before has not been missed yet', async () => {
    const { attach, asked } = setUp([{ outcome: 'failed', reason: 'ALREADY_ATTACHED' }, admitted(1)]);
    await attach();
    expect(asked.at(-1)?.params).toMatchObject({ replace: true });
  });

  it('gives up where the versions differ, and comes again later where the engine is busy', async () => {
    const { attach: first } = setUp([{ outcome: 'failed', reason: 'VERSION_MISMATCH' }]);
    await expect(first()).rejects.toMatchObject({ code: 'VERSION_MISMATCH' });
    const { attach: second } = setUp([{ outcome: 'queued', position: 3 }]);
    await expect(second()).rejects.toMatchObject({ code: 'QUEUE_FULL' });
  });
});
