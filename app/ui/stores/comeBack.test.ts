import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectionConfigSchema, type ConnectionConfig } from '#shared/connection/config.ts';
import type { ConnectionStatus } from '#shared/connection/status.ts';
import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { ComeBackCommands } from './commands/comeBackCommands.ts';
import { Connections } from './connections.svelte.ts';
import { Toasts } from './toasts.svelte.ts';

const config = (number: number, more: object): ConnectionConfig =>
  connectionConfigSchema.parse({
    id: `00000000-0000-4000-8000-0000000000${String(number).padStart(2, '0')}`,
    name: `c${number}`,
    tls: { mode: 'prefer' },
    createdAt: 0,
    updatedAt: 0,
    ...more,
  });

/** Lets each connect be answered by hand. */
class Doors implements Rpc {
  readonly asked: string[] = [];
  readonly #answers: (() => void)[] = [];

  call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    const { id } = params as { id: string };
    if (method === 'credential.sources') {
      const kept = id === config(4, {}).id ? [{ field: 'password', where: 'keychain' }] : [];
      return Promise.resolve({ sources: [], kept } as unknown as MethodResult<M>);
    }
    this.asked.push(id);
    const refused = id === config(9, {}).id;
    return new Promise((resolve, reject) =>
      this.#answers.push(() =>
        refused ? reject(new AppError('TIMEOUT', 'No.')) : resolve({} as MethodResult<M>),
      ),
    );
  }

  async answerAll(): Promise<void> {
    while (this.#answers.length > 0) {
      this.#answers.shift()?.();
      await Promise.resolve();
      await Promise.resolve();
    }
  }
}

const open = { credential: { source: 'none' } };
const load = (connections: Connections, configs: ConnectionConfig[], status: ConnectionStatus) =>
  connections.load(configs.map((each) => ({ config: each, status })));

function restarted(configs: ConnectionConfig[], before: ConnectionStatus = 'connected') {
  const connections = new Connections();
  load(connections, configs, before);
  const lost = load(connections, configs, 'disconnected');
  const rpc = new Doors();
  const toasts = new Toasts();
  return { lost, rpc, toasts, started: new ComeBackCommands(rpc, { connections, toasts }).start(lost) };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('connections that ended with the engine', () => {
  it('are those that were live, not those that the user had ended', () => {
    expect(restarted([config(1, open)]).lost).toHaveLength(1);
    expect(restarted([config(1, open)], 'reconnecting').lost).toHaveLength(1);
    expect(restarted([config(1, open)], 'disconnected').lost).toEqual([]);
    expect(restarted([config(1, open)], 'error').lost).toEqual([]);
  });

  it('come back where nobody is to be asked for a password', async () => {
    const sample = config(1, { mode: 'embedded' });
    const stored = config(4, { credential: { source: 'keychain' } });
    const filed = config(6, { credential: { source: 'pgpass' } });
    const hop = { id: 'h', host: 'bastion', username: 'jump' };
    const tunnelled = config(8, { ...open, ssh: { enabled: true, hops: [{ ...hop, auth: 'agent' }] } });
    const { rpc, toasts, started } = restarted([
      sample,
      config(2, { credential: { source: 'session' } }),
      config(3, { credential: { source: 'keychain' } }),
      stored,
      config(5, { credential: { source: 'prompt' } }),
      filed,
      config(7, { ...open, ssh: { enabled: true, hops: [{ ...hop, auth: 'password' }] } }),
      tunnelled,
    ]);
    await vi.waitFor(() => expect(rpc.asked).toHaveLength(3));
    await rpc.answerAll();
    await started;
    expect(rpc.asked).toEqual([sample.id, stored.id, filed.id, tunnelled.id]);
    expect(toasts.list[0]?.text).toBe('The engine was restarted; 4 connections are connected again.');
  });

  it('come back three at a time, once each, and only those that did are counted', async () => {
    const all = [1, 2, 3, 4, 9].map((number) => config(number, open));
    const { rpc, toasts, started } = restarted(all);
    await vi.waitFor(() => expect(rpc.asked).toHaveLength(3));
    await rpc.answerAll();
    await started;
    expect(rpc.asked).toEqual(all.map(({ id }) => id));
    expect(toasts.list[0]?.text).toBe('The engine was restarted; 4 connections are connected again.');
  });
});
