import { describe, expect, it } from 'vitest';
import { reconnectSchema } from '#shared/connection/config.ts';
import { retryPolicy, type RetryQuestion } from './retryPolicy.ts';

const question: RetryQuestion = {
  code: 'CONNECTION_LOST',
  never: false,
  attempt: 1,
  failingForMs: 0,
  wasConnected: true,
};
const ask = (more: Partial<RetryQuestion>, options = {}, random = () => 1) =>
  retryPolicy(reconnectSchema.parse(options), random)({ ...question, ...more });

describe('the wait before the next attempt', () => {
  it('doubles from 100 ms to 2 s, and to 10 s after ten minutes', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((attempt) => ask({ attempt }));
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
    expect(ask({ attempt: 400, failingForMs: 11 * 60_000 })).toBe(10_000);
  });

  it('is spread over its whole length, so that many clients do not come at once', () => {
    expect(ask({ attempt: 6 }, {}, () => 0)).toBe(0);
    expect(ask({ attempt: 6 }, {}, () => 0.25)).toBe(500);
  });

  it('is none where only the user can help, where it was never connected, or where it is switched off', () => {
    for (const code of ['AUTH_FAILED', 'AUTH_REJECTED', 'DATABASE_NOT_FOUND', 'TLS_CERT_INVALID'] as const)
      expect(ask({ code })).toBeUndefined();
    expect(ask({ wasConnected: false })).toBeUndefined();
    expect(ask({ never: true })).toBeUndefined();
    expect(ask({}, { enabled: false })).toBeUndefined();
    expect(ask({ attempt: 4 }, { maxAttempts: 3 })).toBeUndefined();
  });

  it('is 5 s for a full server, at most three times where it was never connected', () => {
    const full = (attempt: number, wasConnected: boolean) =>
      ask({ code: 'TOO_MANY_CONNECTIONS', attempt, wasConnected });
    expect([1, 2, 3, 4].map((attempt) => full(attempt, false))).toEqual([5_000, 5_000, 5_000, undefined]);
    // The attempts before it met a server that was away, and its return brings all its clients at once.
    expect([1, 4, 40].map((attempt) => full(attempt, true))).toEqual([5_000, 5_000, 5_000]);
  });
});
