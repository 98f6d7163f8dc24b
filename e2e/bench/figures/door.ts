import { randomUUID } from 'node:crypto';
import type { MethodResult } from '#shared/contract/derive.ts';
import { tail, type Figure, type FigureTable } from '../figure.ts';
import type { World } from '../world.ts';

const texts = 50;
const rounds = 300;

/** Windows that come and go, beside one that works: 50 texts of 4 KB are in every snapshot. */
export const door: FigureTable = {
  name: 'door',
  title: 'The door',
  async measure(world: World): Promise<Figure[]> {
    const { sidecar, end } = await world.sidecar();
    const text = '-- what somebody typed\n'.repeat(180);
    for (let each = 0; each < texts; each += 1)
      await sidecar.call('document.save', { document: { id: randomUUID(), title: `query ${each}`, text } });
    const attach = async (channel: number, more: object) => {
      const params = { protocolVersion: 1, windowId: `window ${channel}`, ...more };
      const from = performance.now();
      const answer = await sidecar.request({ method: 'session.attach', params, channel });
      const { outcome, token } = answer.result as MethodResult<'session.attach'>;
      if (outcome !== 'admitted') throw new Error(JSON.stringify(answer));
      return { ms: performance.now() - from, token };
    };
    const fresh: number[] = [];
    const back: number[] = [];
    for (let channel = 1; channel <= rounds; channel += 1) {
      const first = await attach(channel, {});
      fresh.push(first.ms);
      await sidecar.request({ method: 'session.detach', params: {}, channel });
      back.push((await attach(channel, { token: first.token })).ms);
      await sidecar.request({ method: 'session.detach', params: {}, channel });
    }
    await end();
    return [
      tail('attach of a new window', fresh, 0.95, 50),
      tail('attach of a window that comes back', back, 0.95, 50),
    ];
  },
};
