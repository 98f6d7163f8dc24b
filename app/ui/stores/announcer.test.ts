import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Announcer } from './announcer.svelte.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const texts = (said: Announcer['polite']) => said.map(({ text }) => text);

describe('what is said aloud', () => {
  it('keeps all that is said at the same moment, each once', () => {
    const announcer = new Announcer();
    announcer.say('billing: connected');
    announcer.say('reports: connected');
    announcer.interrupt('shop: reconnecting');
    announcer.interrupt('search: reconnecting');
    expect(texts(announcer.polite)).toEqual(['billing: connected', 'reports: connected']);
    expect(texts(announcer.assertive)).toEqual(['shop: reconnecting', 'search: reconnecting']);
  });

  it('says the same words again as something new', () => {
    const announcer = new Announcer();
    announcer.say('1 row');
    announcer.say('1 row');
    expect(new Set(announcer.polite.map(({ id }) => id)).size).toBe(2);
  });

  it('leaves nothing behind for whoever reads the page later', () => {
    const announcer = new Announcer();
    announcer.say('billing: connected');
    vi.advanceTimersByTime(60_000);
    expect(announcer.polite).toEqual([]);
  });
});
