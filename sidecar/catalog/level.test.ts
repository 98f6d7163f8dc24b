import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { Level, type Loaded } from './level.ts';

/** Readings that end when the test says so, and a clock that it sets. */
function readings() {
  const begun: { end: (value: string) => void; fail: () => void; signal: AbortSignal }[] = [];
  const time = { now: 1_000 };
  const load = (signal: AbortSignal) =>
    new Promise<Loaded>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      begun.push({
        end: (value) => resolve({ value, bytes: 1, fetchedAt: time.now }),
        fail: () => reject(new AppError('LOCK_NOT_AVAILABLE', 'Locked.')),
        signal,
      });
    });
  const level = new Level();
  const fill = (more: { signal?: AbortSignal; patienceMs?: number } = {}) =>
    level.fill(load, { now: () => time.now, ...more });
  return { begun, level, fill, time };
}

describe('a level', () => {
  it('is read once, however many ask', async () => {
    const { begun, level, fill } = readings();
    const asked = [fill(), fill(), fill()];
    begun[0]?.end('a');
    await Promise.all(asked);
    expect(begun).toHaveLength(1);
    expect([level.copy?.value, level.stale]).toEqual(['a', false]);
  });

  it('that got old while it was read is read again for those who asked later', async () => {
    const { begun, level, fill } = readings();
    const first = fill();
    level.markStale();
    const second = fill();
    begun[0]?.end('before');
    await first;
    expect([level.copy?.value, level.stale]).toEqual(['before', true]);
    await expect.poll(() => begun.length).toBe(2);
    begun[1]?.end('after');
    await second;
    expect([level.copy?.value, level.stale]).toEqual(['after', false]);
  });

  it('waits after failures, twice as long each time up to 30 s, and the user passes once', async () => {
    const { begun, level, fill, time } = readings();
    const waits: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const filled = fill();
      begun[round]?.fail();
      await filled;
      waits.push(level.backoffAt(time.now));
      time.now += 60_000;
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(level.error?.code).toBe('LOCK_NOT_AVAILABLE');
    const last = fill();
    begun[7]?.fail();
    await last;
    expect(level.backoffAt(time.now)).toBe(30_000);
    level.renew();
    expect(level.backoffAt(time.now)).toBe(0);
    const again = fill();
    begun[8]?.end('there');
    await again;
    expect([level.error, level.backoffAt(time.now)]).toEqual([undefined, 0]);
  });

  it('is no longer read when the last who waits for it has gone', async () => {
    const { begun, level, fill } = readings();
    const [one, other] = [new AbortController(), new AbortController()];
    const asked = [fill({ signal: one.signal }), fill({ signal: other.signal })];
    one.abort(new Error('gone'));
    await expect(asked[0]).rejects.toThrow('gone');
    expect(begun[0]?.signal.aborted).toBe(false);
    other.abort(new Error('gone too'));
    await expect(asked[1]).rejects.toThrow('gone too');
    expect(begun[0]?.signal.aborted).toBe(true);
    // Nothing was learned of the server, so nothing is held against it.
    await expect.poll(() => level.loading).toBe(false);
    expect([level.error, level.backoffAt(0)]).toEqual([undefined, 0]);
  });

  it('goes on being read for those who were given the copy of before', async () => {
    const { begun, level, fill } = readings();
    await fill({ patienceMs: 1 });
    expect([level.loading, level.isPromised, begun[0]?.signal.aborted]).toEqual([true, true, false]);
    begun[0]?.end('new');
    await expect.poll(() => level.copy?.value).toBe('new');
  });
});
