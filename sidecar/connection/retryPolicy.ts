import type { ConnectionOptions } from '#shared/connection/config.ts';
import type { ErrorCode } from '#shared/error/codes.ts';

/** After failing for this long the waits may grow to the late limit. */
const lateAfterMs = 10 * 60_000;
/** A full server is asked again slowly; by somebody who was never there, not for ever. */
const fullServer = { delayMs: 5_000, maxAttempts: 3 };

/** Failures of the link or of a server on its way: trying again by itself may help, once it had been connected. */
const ofTheLink: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CONNECTION_LOST',
  'CONNECTION_REFUSED',
  'TIMEOUT',
  'DNS_NOT_FOUND',
  'DNS_TEMPORARY',
  'NETWORK_UNREACHABLE',
  'SERVER_STARTING',
  'SERVER_TERMINATED',
  'SERVER_IDLE_TIMEOUT',
  'TOO_MANY_CONNECTIONS',
  'SOCKET_NOT_FOUND',
  'PROTOCOL_ERROR',
  'VALUE_TOO_LARGE',
  'SSH_FORWARD_REFUSED',
  'SSH_TIMEOUT',
  'SSH_LOST',
]);

/** Those that are tried again even where it was never connected: the server itself says that it will be there. */
const ofTheServer: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['SERVER_STARTING', 'TOO_MANY_CONNECTIONS']);

export interface RetryQuestion {
  code: ErrorCode;
  /** The server itself said never, for example to a version of the protocol. */
  never: boolean;
  /** Which attempt is to come, from 1. */
  attempt: number;
  failingForMs: number;
  wasConnected: boolean;
}

export type RetryPolicy = (question: RetryQuestion) => number | undefined;

/**
 * How long to wait before the next attempt: exponential with full jitter, or undefined where only the user can help.
 * `random` gives 0 up to 1.
 */
export function retryPolicy(options: ConnectionOptions['reconnect'], random: () => number): RetryPolicy {
  const { enabled, initialDelayMs, factor, maxDelayMs, lateMaxDelayMs, maxAttempts } = options;
  return ({ code, never, attempt, failingForMs, wasConnected }) => {
    const helps = wasConnected ? ofTheLink : ofTheServer;
    if (!enabled || never || !helps.has(code)) return undefined;
    if (maxAttempts !== undefined && attempt > maxAttempts) return undefined;
    if (code === 'TOO_MANY_CONNECTIONS')
      return wasConnected || attempt <= fullServer.maxAttempts ? fullServer.delayMs : undefined;
    const limit = failingForMs > lateAfterMs ? Math.max(lateMaxDelayMs, maxDelayMs) : maxDelayMs;
    return Math.round(Math.min(limit, initialDelayMs * factor ** (attempt - 1)) * random());
  };
}
