import type { AppError } from '#shared/error/appError.ts';
import type { RunOutcome, StatementRef, TransactionStatus } from '#shared/query/result.ts';

/** How a run ended: which statement failed, where one did, and in which state its backend was left. */
export interface RunEnding {
  outcome: RunOutcome;
  error?: AppError | undefined;
  statement?: StatementRef | undefined;
}

export type RunState =
  /** For its turn in the tab, or for a backend; then `busy` tells how many are in use. */
  | { name: 'waiting'; busy?: number }
  | { name: 'running' }
  | { name: 'cancelling' }
  | { name: 'ended'; at: number; ending: RunEnding; transactionStatus: TransactionStatus };

export type RunEvent =
  | { type: 'busy'; busy: number }
  | { type: 'begun' }
  | { type: 'cancel' }
  | { type: 'ended'; at: number; ending: RunEnding; transactionStatus: TransactionStatus };

/** The same state comes back where an event means nothing in it: a cancel of what is cancelled, a second end. */
export function transition(state: RunState, event: RunEvent): RunState {
  if (state.name === 'ended') return state;
  switch (event.type) {
    case 'busy':
      return state.name === 'waiting' ? { name: 'waiting', busy: event.busy } : state;
    case 'begun':
      return state.name === 'waiting' ? { name: 'running' } : state;
    case 'cancel':
      return state.name === 'cancelling' ? state : { name: 'cancelling' };
    case 'ended':
      return {
        name: 'ended',
        at: event.at,
        ending: event.ending,
        transactionStatus: event.transactionStatus,
      };
  }
}
