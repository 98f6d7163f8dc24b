import { describe, expect, it } from 'vitest';
import type { ConnectionRow } from '#shared/connection/status.ts';
import { recentOf } from './recent.ts';

const row = (name: string, lastConnectedAt?: number) =>
  ({ config: { id: name, name, lastConnectedAt }, status: 'disconnected' }) as unknown as ConnectionRow;

describe('the connections that were used last', () => {
  it('are the last five at most, the last one first, and none that was never used', () => {
    const rows = [3, 1, 7, undefined, 2, 6, 5].map((at) => row(`at ${at}`, at));
    expect(recentOf(rows).map(({ config }) => config.name)).toEqual(['at 7', 'at 6', 'at 5', 'at 3', 'at 2']);
    expect(recentOf([row('never')])).toEqual([]);
  });
});
