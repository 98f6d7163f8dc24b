import { describe, expect, it } from 'vitest';
import { connectionConfigSchema } from '#shared/connection/config.ts';
import { AppError } from '#shared/error/appError.ts';
import type { ConnectionStatus } from '#shared/connection/status.ts';
import { Connections } from './connections.svelte.ts';

const config = connectionConfigSchema.parse({
  id: '00000000-0000-4000-8000-000000000001',
  name: 'billing',
  tls: { mode: 'prefer' },
  createdAt: 0,
  updatedAt: 0,
});
const { id } = config;

function changed(...statuses: ConnectionStatus[]): Connections {
  const connections = new Connections();
  connections.load([{ config, status: 'disconnected' }]);
  let previous: ConnectionStatus = 'disconnected';
  for (const [index, status] of statuses.entries()) {
    connections.statusChanged({ connectionId: id, status, previous, at: index });
    previous = status;
  }
  return connections;
}

describe('the connections', () => {
  it('take over how slow the server is, and forget it with the next report', () => {
    const connections = changed('connected');
    const slow = { connectionId: id, status: 'degraded', previous: 'connected', at: 1 } as const;
    connections.statusChanged({ ...slow, responseMs: 1_400 });
    expect(connections.get(id)?.responseMs).toBe(1_400);
    connections.statusChanged({ ...slow, status: 'connected', previous: 'degraded' });
    expect(connections.get(id)?.responseMs).toBeUndefined();
  });

  it('can be waited for while they are made, until that ended somehow or nobody waits any more', async () => {
    const connections = changed('connecting');
    const made = connections.untilMade(id, AbortSignal.timeout(5_000));
    connections.statusChanged({ connectionId: id, status: 'connecting', previous: 'connecting', at: 1 });
    connections.statusChanged({ connectionId: id, status: 'error', previous: 'connecting', at: 2 });
    await made;
    await connections.untilMade(id, AbortSignal.timeout(5_000));
    const leaving = new AbortController();
    const left = changed('connecting').untilMade(id, leaving.signal);
    leaving.abort();
    await expect(left).rejects.toThrow('aborted');
  });

  it('remember the last loss, and that it is made good', () => {
    const lost = changed('connected', 'reconnecting', 'reconnecting');
    expect(lost.presentLossAt(id)).toBe(1);
    const back = changed('connected', 'reconnecting', 'connected');
    expect(back.presentLossAt(id)).toBeUndefined();
    expect(back.lossSince(id, 0)).toBe(1);
  });

  it('know the first loss from a time on, however many came after it', () => {
    const often = changed('connected', 'reconnecting', 'connected', 'reconnecting', 'connected');
    expect([0, 1, 2, 3, 4].map((from) => often.lossSince(id, from))).toEqual([1, 1, 3, 3, undefined]);
  });

  it('know what caused a loss, whatever goes wrong on the way back', () => {
    const connections = changed('connected');
    const error = (code: 'SERVER_TERMINATED' | 'AUTH_FAILED', message: string) =>
      new AppError(code, message).toEnvelope();
    const report = { connectionId: id, at: 1 } as const;
    connections.statusChanged({
      ...report,
      status: 'reconnecting',
      previous: 'connected',
      error: error('SERVER_TERMINATED', 'The server was shut down.'),
    });
    connections.statusChanged({
      ...report,
      status: 'error',
      previous: 'reconnecting',
      error: error('AUTH_FAILED', 'The password was refused.'),
    });
    expect(connections.presentLossWhy(id)).toBe('The server was shut down.');
    connections.statusChanged({ ...report, status: 'connected', previous: 'error' });
    expect(connections.presentLossWhy(id)).toBeUndefined();
  });

  it('find a loss that the window could not hear of in the next snapshot', () => {
    const connections = changed('connected');
    connections.load([{ config, status: 'reconnecting', sinceAt: 7 }]);
    expect(connections.presentLossAt(id)).toBe(7);
  });

  it('take no failed or ended connect for a loss', () => {
    expect(changed('connecting', 'error').lossSince(id, 0)).toBeUndefined();
    expect(changed('connected', 'disconnected').lossSince(id, 0)).toBeUndefined();
  });
});
