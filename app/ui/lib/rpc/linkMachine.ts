import type { ErrorEnvelope } from '#shared/error/envelope.ts';

/** What the page knows of its link to the sidecar. Times in Unix milliseconds. */
export type LinkState =
  | { kind: 'starting'; attempt: number }
  | { kind: 'attached'; sinceAt: number }
  /** The socket stands, but nothing comes over it since then: the other end hangs, and may go on at any moment. */
  | { kind: 'silent'; sinceAt: number }
  /** Was attached, or could not begin; `nextTryAt` is absent while an attempt is under way. */
  | {
      kind: 'lost';
      sinceAt: number;
      attempt: number;
      missing: 'link' | 'host';
      nextTryAt?: number;
      /** Why the engine did not let this window in, where it answered. */
      refused?: ErrorEnvelope;
    }
  /** Nothing will be tried again by itself. */
  | { kind: 'givenUp'; error: ErrorEnvelope; at: number }
  /** Another window has taken this session. */
  | { kind: 'replaced' };

export type LinkEvent =
  | { kind: 'attached'; at: number }
  | { kind: 'trying' }
  | { kind: 'silent'; at: number }
  /** Something came, be it after a silence. */
  | { kind: 'heard'; at: number }
  /** The socket closed, or an attempt failed; `delayMs` until the next one. */
  | { kind: 'failed'; at: number; delayMs: number; missing: 'link' | 'host'; refused?: ErrorEnvelope }
  | { kind: 'gaveUp'; error: ErrorEnvelope; at: number }
  | { kind: 'replaced' }
  | { kind: 'restarted' };

export const initialLink: LinkState = { kind: 'starting', attempt: 1 };

/** Pure. A link that was given up or replaced comes back only when the user asks (`restarted`). */
export function transition(state: LinkState, event: LinkEvent): LinkState {
  if (event.kind === 'restarted') return initialLink;
  if (state.kind === 'givenUp' || state.kind === 'replaced') return state;
  switch (event.kind) {
    case 'attached':
      return { kind: 'attached', sinceAt: event.at };
    case 'gaveUp':
      return { kind: 'givenUp', error: event.error, at: event.at };
    case 'replaced':
      return { kind: 'replaced' };
    case 'silent':
      return state.kind === 'attached' ? { kind: 'silent', sinceAt: event.at } : state;
    case 'heard':
      return state.kind === 'silent' ? { kind: 'attached', sinceAt: event.at } : state;
    case 'trying':
      return state.kind === 'lost' ? { ...withoutPlan(state), attempt: state.attempt + 1 } : state;
    case 'failed':
      return {
        kind: 'lost',
        sinceAt: state.kind === 'lost' || state.kind === 'silent' ? state.sinceAt : event.at,
        attempt: state.kind === 'lost' ? state.attempt : 0,
        missing: event.missing,
        nextTryAt: event.at + event.delayMs,
        ...(event.refused ? { refused: event.refused } : {}),
      };
  }
}

function withoutPlan({ nextTryAt: _, ...state }: Extract<LinkState, { kind: 'lost' }>): typeof state {
  return state;
}

const firstDelayMs = 100;
const longestDelayMs = 5_000;

/** The host restarts a dead sidecar within a second, so the first tries are close together. `random` is 0 to 1. */
export const delayBefore = (attempt: number, random: number): number =>
  Math.round(Math.min(longestDelayMs, firstDelayMs * 2 ** attempt) * (0.5 + random / 2));
