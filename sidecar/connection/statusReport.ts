import type { StatusReport } from '#shared/connection/status.ts';
import type { ConnectionState } from './connectionMachine.ts';

export type LiveState = Extract<ConnectionState, { name: 'connected' | 'degraded' }>;

export const isLive = (state: ConnectionState): state is LiveState =>
  state.name === 'connected' || state.name === 'degraded';

/** Is an attempt under way? */
export const isTrying = (state: ConnectionState): boolean =>
  state.name === 'connecting' || (state.name === 'reconnecting' && state.nextRetryAt === undefined);

/** A state as the window is told of it. */
export function reportOf(state: ConnectionState): StatusReport {
  const { name: status, sinceAt } = state;
  switch (state.name) {
    case 'connecting':
      return { status, sinceAt, ...(state.activity === undefined ? {} : { activity: state.activity }) };
    case 'connected':
      return { status, sinceAt, info: state.info };
    case 'degraded':
      return { status, sinceAt, info: state.info, responseMs: state.responseMs };
    case 'reconnecting': {
      const { attempt, error, nextRetryAt } = state;
      return { status, sinceAt, attempt, error, ...(nextRetryAt === undefined ? {} : { nextRetryAt }) };
    }
    case 'error':
      return { status, sinceAt, error: state.error, ...(state.stopped ? { stopped: true } : {}) };
    case 'disconnected':
      return { status };
  }
}
