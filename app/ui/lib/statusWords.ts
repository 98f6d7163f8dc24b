import type { ConnectionStatus } from '#shared/connection/status.ts';

/** Every status has one word, the same everywhere. */
export const statusWords: Record<ConnectionStatus, string> = {
  disconnected: 'disconnected',
  connecting: 'connecting',
  connected: 'connected',
  degraded: 'slow',
  reconnecting: 'reconnecting',
  error: 'error',
};
