import type { ConnectionInfo } from '#shared/connection/status.ts';

/** What a session of this connection cannot do as it would elsewhere. */
export interface SessionLimits {
  /** For the status bar. */
  readonly word: string;
  readonly texts: readonly string[];
}

/** Undefined where nothing is in the way. */
export function sessionLimits({
  pooled = false,
  refusedSettings = [],
}: Pick<ConnectionInfo, 'pooled' | 'refusedSettings'>): SessionLimits | undefined {
  const refused = refusedSettings.length > 0;
  if (!pooled && !refused) return undefined;
  const count = `${refusedSettings.length} ${refusedSettings.length === 1 ? 'setting' : 'settings'} refused`;
  return {
    word: pooled ? 'Pooled: session features off' : count,
    texts: [...(pooled ? pooledTexts : []), ...(refused ? [refusedText(refusedSettings)] : [])],
  };
}

const pooledTexts = [
  'A pooler stands before the server: each transaction may come to another session there.',
  'Time limits and read-only are set within each transaction. What outlives one is not to be relied on: SET, temporary tables, LISTEN, PREPARE, cursors WITH HOLD and advisory locks of the session.',
];

const refusedText = (settings: readonly string[]): string =>
  `Refused when the connection was opened, and left out: ${settings.join(', ')}.`;
