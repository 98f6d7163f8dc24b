import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { delayBefore, initialLink, transition, type LinkEvent, type LinkState } from './linkMachine.ts';

const after = (...events: LinkEvent[]): LinkState => events.reduce(transition, initialLink);
const failed = (at: number): LinkEvent => ({ kind: 'failed', at, delayMs: 100, missing: 'link' });
const error = new AppError('INTERNAL', 'The engine ended five times.').toEnvelope();

describe('the link machine', () => {
  it('remembers since when the link is lost, over all attempts', () => {
    expect(after({ kind: 'attached', at: 1 }, failed(10), { kind: 'trying' }, failed(50))).toEqual({
      kind: 'lost',
      sinceAt: 10,
      attempt: 1,
      missing: 'link',
      nextTryAt: 150,
    });
  });

  it('has no countdown while an attempt is under way', () => {
    expect(after(failed(10), { kind: 'trying' })).not.toHaveProperty('nextTryAt');
  });

  it('counts attempts anew after it was attached', () => {
    const state = after(failed(1), { kind: 'trying' }, { kind: 'attached', at: 5 }, failed(9));
    expect(state).toMatchObject({ kind: 'lost', sinceAt: 9, attempt: 0 });
  });

  it('stays given up, or replaced, until the user asks', () => {
    const over = after({ kind: 'gaveUp', error, at: 7 });
    expect(transition(over, failed(1))).toBe(over);
    expect(transition(over, { kind: 'attached', at: 1 })).toBe(over);
    expect(after({ kind: 'replaced' }, failed(1))).toEqual({ kind: 'replaced' });
    expect(transition(over, { kind: 'restarted' })).toEqual(initialLink);
  });

  it('keeps why the engine refused, until another attempt says something else', () => {
    const refused = new AppError('DRAINING', 'It is about to end.').toEnvelope();
    const state = after({ ...failed(1), refused } as LinkEvent, { kind: 'trying' });
    expect(state).toMatchObject({ kind: 'lost', refused });
    expect(transition(state, failed(9))).not.toHaveProperty('refused');
  });
});

describe('the pause before an attempt', () => {
  it('doubles from a tenth of a second to five seconds, with at most half of it left to chance', () => {
    expect([0, 1, 2, 10].map((attempt) => delayBefore(attempt, 1))).toEqual([100, 200, 400, 5_000]);
    expect(delayBefore(10, 0)).toBe(2_500);
  });
});
