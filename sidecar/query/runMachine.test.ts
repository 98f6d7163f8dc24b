import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transition, type RunEvent, type RunState } from './runMachine.ts';

const ended: RunEvent = { type: 'ended', at: 5, ending: { outcome: 'done' }, transactionStatus: 'I' };
const after = (...events: RunEvent[]): RunState =>
  events.reduce<RunState>((state, event) => transition(state, event), { name: 'waiting' });

describe('a run', () => {
  it('waits, begins and ends', () => {
    expect(after({ type: 'busy', busy: 3 })).toEqual({ name: 'waiting', busy: 3 });
    expect(after({ type: 'busy', busy: 3 }, { type: 'begun' })).toEqual({ name: 'running' });
    expect(after({ type: 'begun' }, ended)).toMatchObject({ name: 'ended', at: 5 });
  });

  it('that is cancelled while it waits does not begin any more', () => {
    expect(after({ type: 'cancel' }, { type: 'begun' })).toEqual({ name: 'cancelling' });
    expect(after({ type: 'cancel' }, { type: 'busy', busy: 1 })).toEqual({ name: 'cancelling' });
  });

  it('stays as it ended, whatever comes', () => {
    const event = fc.oneof(
      fc.constant<RunEvent>({ type: 'begun' }),
      fc.constant<RunEvent>({ type: 'cancel' }),
      fc.constant<RunEvent>({ type: 'busy', busy: 1 }),
      fc.constant<RunEvent>({ ...ended, at: 9 }),
    );
    fc.assert(
      fc.property(fc.array(event), fc.array(event), (before, later) => {
        const end = after(...before, ended);
        expect(later.reduce(transition, end)).toBe(end);
      }),
    );
  });

  it('gives back the very same state where an event means nothing in it', () => {
    const running = after({ type: 'begun' });
    expect(transition(running, { type: 'begun' })).toBe(running);
    expect(transition(running, { type: 'busy', busy: 1 })).toBe(running);
    const cancelling = transition(running, { type: 'cancel' });
    expect(transition(cancelling, { type: 'cancel' })).toBe(cancelling);
  });
});
