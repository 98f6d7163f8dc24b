import type { ConnectionRow, ConnectionStatus, StatusReport } from '#shared/connection/status.ts';
import { elapsed } from './times.ts';

/** Every status has one word, the same everywhere. */
const statusWords: Record<ConnectionStatus, string> = {
  disconnected: 'disconnected',
  connecting: 'connecting',
  connected: 'connected',
  degraded: 'slow',
  reconnecting: 'reconnecting',
  error: 'error',
};

/** The word; where it is slow, how slow; and that the user ended the attempts. */
function statusWord({ status, responseMs, stopped }: StatusReport): string {
  if (stopped) return 'stopped';
  return status === 'degraded' && responseMs !== undefined
    ? `slow ${elapsed(responseMs)}`
    : statusWords[status];
}

/** How a connection is drawn: by its status, or by what only the window knows. */
export type Mark = ConnectionStatus | 'asks' | 'unknown';

export interface ShownStatus {
  readonly mark: Mark;
  readonly word: string;
}

/** That a password is wanted is a question, no failure. `away`: whoever knows how it is cannot be asked. */
export function shownStatus(
  row: Pick<ConnectionRow, 'status' | 'responseMs' | 'error' | 'stopped'>,
  away: boolean,
): ShownStatus {
  const ended = row.status === 'disconnected' || row.status === 'error';
  if (away && !ended) return { mark: 'unknown', word: 'unknown' };
  if (row.status === 'error' && row.error?.code === 'CREDENTIAL_REQUIRED')
    return { mark: 'asks', word: 'needs password' };
  return { mark: row.status, word: statusWord(row) };
}

export type StatusChange = StatusReport & { previous: ConnectionStatus };

/** What is said aloud of a change, and whether it is a loss; undefined where it would only be noise. */
export function spokenStatus(
  name: string,
  change: StatusChange,
): { readonly words: string; readonly isLoss: boolean } | undefined {
  const { status, previous, error, info, stopped } = change;
  // "Attempt started", "retry planned" and a slow beat that goes on come with the same status.
  if (status === previous) return undefined;
  if (error?.code === 'CREDENTIAL_REQUIRED') return { words: `${name} needs a password.`, isLoss: false };
  const other = info?.identity?.writesHeld ? '. Another server answers, so writes wait.' : '';
  const why = error && !stopped ? `. ${error.message}` : other;
  const wasLive = previous === 'connected' || previous === 'degraded';
  return {
    words: `${name}: ${statusWord(change)}${why}`,
    isLoss: status === 'reconnecting' || (status === 'error' && wasLive),
  };
}
