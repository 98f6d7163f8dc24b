import { expect, it } from 'vitest';
import { systemClock } from '../lib/clock.ts';
import { Backend } from '../postgres/backend.ts';
import type { LoginOptions } from '../postgres/backendClient.ts';
import { TabSession, type TabSessionDeps } from './tabSession.ts';

it('goes on with the next turn where one has failed, and says so in the log', async () => {
  const warnings: unknown[] = [];
  const log = { warn: (facts: object) => warnings.push(facts) };
  const session = { sessionId: 's', tabId: 't' };
  const tab = new TabSession(session, { clock: systemClock, log } as unknown as TabSessionDeps);
  const turns: string[] = [];
  const fault = new Error('a fault of our own');
  await tab.inTurn(() => Promise.reject(fault));
  await tab.inTurn(() => {
    throw fault;
  });
  await tab.inTurn(() => Promise.resolve(void turns.push('next')));
  expect(turns).toEqual(['next']);
  expect(warnings).toEqual([
    { ...session, error: fault },
    { ...session, error: fault },
  ]);
});

it('answers what it was asked to do, even where what follows fails', async () => {
  const fault = new Error('a fault of our own');
  const lease = () => Promise.resolve({ backend: new Backend({} as LoginOptions, 'no server') });
  const deps = {
    clock: systemClock,
    log: { warn: () => {} },
    connections: { rows: () => [], requireLive: () => ({}), readOnly: { of: () => 'off' }, lease },
    left: { learn: () => Promise.resolve() },
    journal: {
      holds: () => {
        throw fault;
      },
    },
  };
  const tab = new TabSession({ sessionId: 's', tabId: 't' }, deps as unknown as TabSessionDeps);
  const never = new AbortController().signal;
  const place = { connectionId: 'c' };
  expect(await tab.perform(never, (acquire) => acquire(place).then(() => 'done'))).toBe('done');
  const refused = tab.perform(never, () => Promise.reject(new Error('refused')));
  await expect(refused).rejects.toThrow('refused');
});
