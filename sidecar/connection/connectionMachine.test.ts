import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConnectionInfo } from '#shared/connection/status.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import type { ErrorCode } from '#shared/error/codes.ts';
import { initialState, transition, type ConnectionEvent, type ConnectionState } from './connectionMachine.ts';
import { retryPolicy } from './retryPolicy.ts';
import { reconnectSchema } from '#shared/connection/config.ts';

const info = { id: 'c' } as ConnectionInfo;
const errorOf = (code: ErrorCode): ErrorEnvelope => ({ code, message: code, retry: 'auto', actions: [] });
const retry = retryPolicy(reconnectSchema.parse({}), () => 0.5);

const names = [
  'connect',
  'disconnect',
  'retryNow',
  'stopRetry',
  'due',
  'activity',
  'opened',
  'failed',
  'refused',
  'lost',
  'slow',
  'steady',
] as const;
type Name = (typeof names)[number];

function eventOf(name: Name, epoch: number): ConnectionEvent {
  switch (name) {
    case 'connect':
    case 'disconnect':
    case 'retryNow':
    case 'stopRetry':
      return { type: name };
    case 'activity':
      return { type: name, epoch, words: 'starting' };
    case 'opened':
      return { type: name, epoch, info };
    case 'refused':
      return { type: 'failed', epoch, error: errorOf('AUTH_FAILED') };
    case 'failed':
    case 'lost':
      return { type: name, epoch, error: errorOf('CONNECTION_LOST') };
    case 'slow':
      return { type: name, epoch, ms: 1_500, answered: true };
    default:
      return { type: name, epoch };
  }
}

const step = (state: ConnectionState, event: ConnectionEvent, now = 1) =>
  transition(state, event, { now, retry });
const run = (...steps: Name[]) => {
  let state: ConnectionState = initialState;
  const effects = [];
  for (const name of steps) {
    const next = step(state, eventOf(name, state.epoch));
    effects.push(...next.effects);
    state = next.state;
  }
  return { state, effects };
};

/** An expectation for loops of millions, where expect() itself would take most of the time. */
function hold(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}

describe('the life of a connection', () => {
  it('opens once however often it is asked to connect', () => {
    const { effects } = run('connect', 'connect', 'opened', 'connect');
    expect(effects.filter(({ type }) => type === 'open')).toHaveLength(1);
  });

  it('does not try again by itself where it was never connected', () => {
    expect(run('connect', 'failed').state.name).toBe('error');
  });

  it('comes back after a loss, attempt by attempt, until it is there', () => {
    const lost = run('connect', 'opened', 'lost');
    expect(lost.state).toMatchObject({ name: 'reconnecting', attempt: 1, nextRetryAt: 51 });
    expect(lost.effects.at(-1)).toMatchObject({ type: 'wait', ms: 50 });
    const again = run('connect', 'opened', 'lost', 'due', 'failed');
    expect(again.state).toMatchObject({ name: 'reconnecting', attempt: 2, nextRetryAt: 101 });
    expect(run('connect', 'opened', 'lost', 'due', 'failed', 'retryNow', 'opened').state.name).toBe(
      'connected',
    );
  });

  it('stops at once where only the user can help, and when the user says so', () => {
    expect(run('connect', 'opened', 'lost', 'due', 'refused').state).toMatchObject({ name: 'error' });
    for (const trying of [[], ['due']] as const)
      expect(run('connect', 'opened', 'lost', ...trying, 'stopRetry').state).toMatchObject({
        name: 'error',
        stopped: true,
        sinceAt: run('connect', 'opened', 'lost').state.sinceAt,
      });
  });

  it('is degraded while its beats are slow', () => {
    expect(run('connect', 'opened', 'slow').state.name).toBe('degraded');
    expect(run('connect', 'opened', 'slow', 'steady').state.name).toBe('connected');
    expect(run('connect', 'opened', 'slow', 'lost').state.name).toBe('reconnecting');
  });

  it('tells again how slow, where that has changed notably, at most once a second', () => {
    const { state: fresh } = run('connect', 'opened');
    const { epoch } = fresh;
    const after = (beats: [ms: number, answered: boolean, now: number][]) =>
      beats.reduce(
        ({ state, told }, [ms, answered, now]) => {
          const next = step(state, { type: 'slow', epoch, ms, answered }, now);
          return { state: next.state, told: [...told, ...next.effects.map(({ type }) => [type, ms])] };
        },
        { state: fresh, told: [] as unknown[] },
      );
    const beats: Parameters<typeof after>[0] = [
      [1_100, false, 0],
      [1_900, true, 500],
      [1_900, true, 2_000],
      [2_100, true, 4_000],
      // A beat that still waits is no quicker than the one before.
      [1_200, false, 6_000],
      [3_000, false, 7_000],
      [1_200, true, 8_000],
    ];
    const { state, told } = after(beats);
    expect(told).toEqual([1_100, 1_900, 3_000, 1_200].map((ms) => ['publish', ms]));
    expect(state).toMatchObject({ name: 'degraded', sinceAt: 0, responseMs: 1_200 });
    expect(step(state, { type: 'steady', epoch }).state).not.toHaveProperty('responseMs');
  });

  it('drops what an older attempt brings', () => {
    const connecting = run('connect').state;
    const gone = step(connecting, { type: 'disconnect' }).state;
    const late = step(gone, { type: 'opened', epoch: connecting.epoch, info });
    expect(late).toEqual({ state: gone, effects: [] });
  });

  it('keeps its promises through 100,000 random sequences', () => {
    const event = fc.tuple(fc.constantFrom(...names), fc.constantFrom(0, 0, 0, -1));
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let state: ConnectionState = initialState;
        const open = new Set<number>();
        let waiting: number | undefined;
        for (const [index, [name, age]] of events.entries()) {
          const before: ConnectionState = state;
          const next = step(before, eventOf(name, before.epoch + age), index);
          for (const effect of next.effects) {
            if (effect.type === 'open') {
              // One attempt at a time, and never beside something that is live.
              hold(open.size === 0, 'a second attempt');
              open.add(effect.epoch);
              waiting = undefined;
            } else if (effect.type === 'close') {
              open.clear();
              waiting = undefined;
            } else if (effect.type === 'wait') waiting = effect.epoch;
          }
          state = next.state;
          const planned = state.name === 'reconnecting' && state.nextRetryAt !== undefined;
          const holds = !planned && state.name !== 'disconnected' && state.name !== 'error';
          // Exactly while the state says so there is an attempt or a live connection, or a wait for the next one.
          hold(open.size === (holds ? 1 : 0) && (!holds || open.has(state.epoch)), 'open without its state');
          hold(waiting === (planned ? state.epoch : undefined), 'a wait without its state');
          hold(state.epoch >= before.epoch, 'an epoch that goes back');
          hold(next.effects.some(({ type }) => type === 'publish') === (state !== before), 'not told');
        }
      }),
      { numRuns: 100_000 },
    );
  }, 120_000);
});
