import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { runWords } from './runWords.ts';

const at = { startedAt: 1_000, error: undefined, cancelAsked: false };
const running = { ...at, active: true, state: 'running' } as const;
const over = { ...at, active: false } as const;
const closed = (reason: string) =>
  new AppError('CANCELLED', 'Closed.', { outcome: 'unknown', reason }).toEnvelope();

describe('what stands beside Cancel', () => {
  it('is how long a run takes, also while it is cancelled, once that is worth saying', () => {
    expect(runWords(running, 1_100)).toBeUndefined();
    expect(runWords(running, 4_200)).toEqual({ text: '3 s', tone: 'calm' });
    expect(runWords({ ...running, state: 'cancelling', cancelAsked: true }, 4_200)?.text).toBe('3 s');
    expect(runWords({ ...running, state: 'waiting' }, 4_200)?.text).toBe('waiting');
  });

  it('is that a cancel worked, and nothing of a run that ended by itself', () => {
    expect(runWords({ ...over, state: 'cancelled' }, 9_000)?.text).toBe('Cancelled');
    expect(runWords({ ...over, state: 'done' }, 9_000)).toBeUndefined();
    expect(runWords({ ...over, state: 'lost' }, 9_000)).toBeUndefined();
  });

  it('is that the server could not be reached to cancel', () => {
    const words = { text: 'Server not reached', tone: 'warning' };
    expect(runWords({ ...over, state: 'cancelled', error: closed('cancelUnreached') }, 9_000)).toEqual(words);
    expect(runWords({ ...over, state: 'lost', cancelAsked: true }, 9_000)).toEqual(words);
  });

  it('is that the server was told, in vain', () => {
    const words = { text: 'Did not stop', tone: 'warning' };
    expect(runWords({ ...over, state: 'cancelled', error: closed('cancelIgnored') }, 9_000)).toEqual(words);
  });
});
