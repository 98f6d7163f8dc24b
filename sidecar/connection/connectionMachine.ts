import type { ConnectionInfo } from '#shared/connection/status.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import type { RetryPolicy } from './retryPolicy.ts';

/** The life of one connection. `epoch` numbers its attempts: what an older one brings comes too late and is dropped. */
export type ConnectionState =
  | { name: 'disconnected'; epoch: number; sinceAt: number }
  | { name: 'connecting'; epoch: number; sinceAt: number; activity?: string }
  | { name: 'connected'; epoch: number; sinceAt: number; info: ConnectionInfo }
  | Degraded
  | Reconnecting
  | Failed;

/** The server answers late: `responseMs` is how late, as it was told at `toldAt`. */
interface Degraded {
  name: 'degraded';
  epoch: number;
  sinceAt: number;
  info: ConnectionInfo;
  responseMs: number;
  toldAt: number;
}

/** The link is lost; the next attempt is planned (`nextRetryAt`) or under way. */
export interface Reconnecting {
  name: 'reconnecting';
  epoch: number;
  /** When the link was lost. */
  sinceAt: number;
  attempt: number;
  nextRetryAt?: number;
  error: ErrorEnvelope;
  wasConnected: boolean;
}

/** Nothing is tried any more until the user asks for it: nothing else may help, or by the user's own word (`stopped`). */
interface Failed {
  name: 'error';
  epoch: number;
  /** With `stopped`: when the link was lost. */
  sinceAt: number;
  error: ErrorEnvelope;
  stopped?: true;
}

export type ConnectionEvent =
  | { type: 'connect' }
  | { type: 'disconnect' }
  /** The user's impatience, a wake from sleep, the network's return: no waiting any longer. */
  | { type: 'retryNow' }
  /** The user has had enough of it. */
  | { type: 'stopRetry' }
  | { type: 'due'; epoch: number }
  | { type: 'activity'; epoch: number; words: string }
  | { type: 'opened'; epoch: number; info: ConnectionInfo }
  | { type: 'failed'; epoch: number; error: ErrorEnvelope }
  | { type: 'lost'; epoch: number; error: ErrorEnvelope }
  /** What is known of the live connection has changed, for example by the user's word. */
  | { type: 'informed'; epoch: number; info: ConnectionInfo }
  /** A beat was answered late, or waits for its answer for so long by now. */
  | { type: 'slow'; epoch: number; ms: number; answered: boolean }
  | { type: 'steady'; epoch: number };

/**
 * `open` begins an attempt, `close` ends whatever the epoch holds, `wait` asks for `due` after a time, `publish` tells the
 * state to those who watch.
 */
export type ConnectionEffect =
  | { type: 'open'; epoch: number }
  | { type: 'close'; epoch: number }
  | { type: 'wait'; epoch: number; ms: number }
  | { type: 'publish' };

export interface Transition {
  state: ConnectionState;
  effects: ConnectionEffect[];
}

export interface Surroundings {
  now: number;
  retry: RetryPolicy;
}

export const initialState: ConnectionState = { name: 'disconnected', epoch: 0, sinceAt: 0 };

/** Pure: what an event makes of a state, and what is to be done. An event that does not fit changes nothing. */
export function transition(state: ConnectionState, event: ConnectionEvent, around: Surroundings): Transition {
  switch (event.type) {
    case 'connect':
      return connect(state, around);
    case 'disconnect':
      return disconnect(state, around);
    case 'retryNow':
      return state.name === 'reconnecting' && state.nextRetryAt !== undefined ? attempt(state) : stay(state);
    case 'stopRetry':
      return state.name === 'reconnecting' ? stop(state, { error: state.error, stopped: true }) : stay(state);
    default:
      return event.epoch === state.epoch ? ofAttempt(state, event, around) : stay(state);
  }
}

const stay = (state: ConnectionState): Transition => ({ state, effects: [] });

function connect(state: ConnectionState, { now }: Surroundings): Transition {
  if (state.name === 'reconnecting') return state.nextRetryAt === undefined ? stay(state) : attempt(state);
  if (state.name !== 'disconnected' && state.name !== 'error') return stay(state);
  const epoch = state.epoch + 1;
  return {
    state: { name: 'connecting', epoch, sinceAt: now },
    effects: [{ type: 'publish' }, { type: 'open', epoch }],
  };
}

function disconnect(state: ConnectionState, { now }: Surroundings): Transition {
  if (state.name === 'disconnected') return stay(state);
  const close: ConnectionEffect[] = state.name === 'error' ? [] : [{ type: 'close', epoch: state.epoch }];
  return {
    // The next attempt has a number of its own, so nothing of this one can reach it.
    state: { name: 'disconnected', epoch: state.epoch + 1, sinceAt: now },
    effects: [...close, { type: 'publish' }],
  };
}

type AttemptEvent = Extract<ConnectionEvent, { epoch: number }>;
type SlowEvent = Extract<ConnectionEvent, { type: 'slow' }>;

function ofAttempt(state: ConnectionState, event: AttemptEvent, around: Surroundings): Transition {
  const { epoch } = state;
  const trying =
    state.name === 'connecting' || (state.name === 'reconnecting' && state.nextRetryAt === undefined);
  const live = state.name === 'connected' || state.name === 'degraded';
  switch (event.type) {
    case 'activity':
      return state.name === 'connecting'
        ? { state: { ...state, activity: event.words }, effects: [{ type: 'publish' }] }
        : stay(state);
    case 'opened':
      return trying ? told({ name: 'connected', epoch, sinceAt: around.now, info: event.info }) : stay(state);
    case 'failed':
      return trying ? failed(state, event.error, around) : stay(state);
    case 'lost':
      return live ? failed(state, event.error, around) : stay(state);
    case 'informed':
      return live ? told({ ...state, info: event.info }) : stay(state);
    case 'slow':
      return slow(state, event, around.now);
    case 'steady':
      return state.name === 'degraded'
        ? told({ name: 'connected', epoch, sinceAt: around.now, info: state.info })
        : stay(state);
    case 'due':
      return state.name === 'reconnecting' && state.nextRetryAt !== undefined ? attempt(state) : stay(state);
  }
}

const told = (state: ConnectionState): Transition => ({ state, effects: [{ type: 'publish' }] });

/** How late it is, is told again where that has changed so much that somebody may care. */
const notableChange = 0.25;
const toldAgainMs = 1_000;

function slow(state: ConnectionState, { ms, answered }: SlowEvent, now: number): Transition {
  const late = { responseMs: ms, toldAt: now };
  if (state.name === 'connected') return told({ ...state, ...late, name: 'degraded', sinceAt: now });
  if (state.name !== 'degraded' || now - state.toldAt < toldAgainMs) return stay(state);
  const change = ms - state.responseMs;
  // A beat that still waits says nothing of how quick its answer will be.
  const isNews = Math.abs(change) > state.responseMs * notableChange && (answered || change > 0);
  return isNews ? told({ ...state, ...late }) : stay(state);
}

/** The planned attempt begins; an attempt has an epoch of its own, so an older one's wait can no longer begin another. */
function attempt(state: Reconnecting): Transition {
  const epoch = state.epoch + 1;
  const { nextRetryAt: _, ...rest } = state;
  return { state: { ...rest, epoch }, effects: [{ type: 'publish' }, { type: 'open', epoch }] };
}

/** A lost link or a failed attempt: another try where that may help, else the user is needed. */
function failed(state: ConnectionState, error: ErrorEnvelope, { now, retry }: Surroundings): Transition {
  const { epoch } = state;
  const before = state.name === 'reconnecting' ? state : undefined;
  const sinceAt = before?.sinceAt ?? now;
  const wasConnected = before?.wasConnected ?? state.name !== 'connecting';
  const next = (before?.attempt ?? 0) + 1;
  const { code } = error;
  const never = error.retry === 'never';
  const ms = retry({ code, never, attempt: next, failingForMs: now - sinceAt, wasConnected });
  if (ms === undefined) return stop({ epoch, sinceAt: now }, { error });
  return {
    state: {
      name: 'reconnecting',
      epoch,
      sinceAt,
      attempt: next,
      nextRetryAt: now + ms,
      error,
      wasConnected,
    },
    effects: [{ type: 'close', epoch }, { type: 'publish' }, { type: 'wait', epoch, ms }],
  };
}

const stop = (
  { epoch, sinceAt }: Pick<Failed, 'epoch' | 'sinceAt'>,
  why: Pick<Failed, 'error' | 'stopped'>,
): Transition => ({
  // A wait or an attempt of before must not find its epoch again.
  state: { name: 'error', epoch: epoch + 1, sinceAt, ...why },
  effects: [{ type: 'close', epoch }, { type: 'publish' }],
});
