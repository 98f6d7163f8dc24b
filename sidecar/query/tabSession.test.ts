import { expect, it } from 'vitest';
import { systemClock } from '../lib/clock.ts';
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
