import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import type { LinkState } from '../lib/rpc/linkMachine.ts';
import { LinkStatus } from './linkStatus.svelte.ts';

const attached: LinkState = { kind: 'attached', sinceAt: 0 };
const lost = (missing: 'link' | 'host', attempt = 0): LinkState => ({
  kind: 'lost',
  sinceAt: 0,
  attempt,
  missing,
});

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the link as the window sees it', () => {
  it('says nothing of a short restart', () => {
    const link = new LinkStatus();
    link.changed(attached);
    link.changed(lost('link'));
    vi.advanceTimersByTime(600);
    link.changed(attached);
    vi.advanceTimersByTime(5_000);
    expect(link.away).toBe(false);
    expect(link.reason).toBeUndefined();
  });

  it('is away from then on, says why, and is back at once', () => {
    const link = new LinkStatus();
    link.changed(attached);
    link.changed(lost('link'));
    vi.advanceTimersByTime(400);
    link.changed(lost('link', 1));
    vi.advanceTimersByTime(400);
    expect(link.away).toBe(true);
    expect(link.reason).toBe('The engine does not answer.');
    link.changed(lost('host', 2));
    expect(link.reason).toBe('Hawser has ended.');
    link.changed(attached);
    expect(link.reason).toBeUndefined();
  });

  it('says why the engine lets nobody in', () => {
    const link = new LinkStatus();
    const refused = new AppError('DRAINING', 'Hawser is about to end.').toEnvelope();
    link.changed({ ...lost('link'), refused } as LinkState);
    vi.advanceTimersByTime(1_000);
    expect(link.reason).toBe('Hawser is about to end.');
  });

  it('knows that Hawser is about to end only while it is there', () => {
    const link = new LinkStatus();
    link.changed(attached);
    link.draining(5);
    expect(link.drainingUntil).toBe(5);
    link.changed(lost('host'));
    expect(link.drainingUntil).toBeUndefined();
  });

  it('is away at once when the host has not answered for long', () => {
    const link = new LinkStatus();
    link.changed(attached);
    link.changed({ kind: 'silent', sinceAt: 0 });
    expect(link.away).toBe(true);
    expect(link.reason).toBe('Hawser does not answer.');
    link.changed(attached);
    expect(link.away).toBe(false);
  });
});
