import type { ConnectionRow, ConnectionStatus, StatusReport } from '#shared/connection/status.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
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

/** That something is wanted of the user is a question, no failure. `away`: whoever knows how it is cannot be asked. */
export function shownStatus(
  row: Pick<ConnectionRow, 'status' | 'responseMs' | 'error' | 'stopped'>,
  away: boolean,
): ShownStatus {
  const ended = row.status === 'disconnected' || row.status === 'error';
  if (away && !ended) return { mark: 'unknown', word: 'unknown' };
  const wanted = row.status === 'error' && row.error && wantedOf(row.error);
  if (wanted) return { mark: 'asks', word: wanted.word };
  return { mark: row.status, word: statusWord(row) };
}

interface Wanted {
  readonly word: string;
  /** What is said of it aloud, behind the name. */
  readonly spoken: string;
}

const wantedWords = {
  password: { word: 'needs password', spoken: 'needs a password' },
  sshPassword: { word: 'needs SSH password', spoken: 'needs an SSH password' },
  passphrase: { word: 'needs passphrase', spoken: 'needs a passphrase' },
  hostKey: { word: 'new SSH host key', spoken: 'asks whether its SSH server is the right one' },
} as const satisfies Record<string, Wanted>;

/** What the user has not given so far; undefined of an error that is a failure, as a refused secret is. */
function wantedOf({ code, reason, stage, promptId }: ErrorEnvelope): Wanted | undefined {
  if (code === 'CREDENTIAL_REQUIRED') {
    if (reason === 'sshPassword') return wantedWords.sshPassword;
    return stage === 'tls' || stage?.startsWith('ssh') ? wantedWords.passphrase : wantedWords.password;
  }
  // Where nobody asks, as for a computer that only ~/.ssh/config knows, there is nothing to answer.
  if (promptId === undefined) return undefined;
  if (code === 'SSH_HOST_KEY_UNKNOWN') return wantedWords.hostKey;
  const isLocked =
    code === 'SSH_PASSPHRASE_REQUIRED' || (code === 'TLS_CLIENT_KEY' && reason === 'passphrase_required');
  return isLocked ? wantedWords.passphrase : undefined;
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
  const wanted = error && wantedOf(error);
  if (wanted) return { words: `${name} ${wanted.spoken}.`, isLoss: false };
  const other = info?.identity?.writesHeld ? '. Another server answers, so writes wait.' : '';
  const why = error && !stopped ? `. ${error.message}` : other;
  const wasLive = previous === 'connected' || previous === 'degraded';
  return {
    words: `${name}: ${statusWord(change)}${why}`,
    isLoss: status === 'reconnecting' || (status === 'error' && wasLive),
  };
}
