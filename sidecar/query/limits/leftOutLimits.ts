import type { ConnectionInfo } from '#shared/connection/status.ts';
import type { Notice } from '#shared/query/result.ts';

/** The windows that were told, by the list itself: it is made with the link, and goes with it. */
const told = new WeakMap<string[], Set<string>>();

/**
 * The definition asks for a time limit that the server did not take; each window is told once a link. Behind a pooler all
 * of them are set another way.
 */
export function leftOutNotice(sessionId: string, info: ConnectionInfo | undefined): Notice | undefined {
  const { refusedSettings: names, pooled } = info ?? {};
  if (!names || pooled) return undefined;
  const windows = told.get(names) ?? new Set();
  if (windows.has(sessionId)) return undefined;
  told.set(names, windows.add(sessionId));
  return {
    severity: 'WARNING',
    message: `The server did not take ${names.join(', ')} at the start of the session, so it was left out.`,
    ...(names.includes('statement_timeout')
      ? { hint: 'Hawser stops statements that run for too long by itself.' }
      : {}),
  };
}
