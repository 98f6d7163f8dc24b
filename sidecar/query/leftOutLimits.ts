import type { ConnectionInfo } from '#shared/connection/status.ts';
import type { Notice } from '#shared/query/result.ts';

/** Of each connection, when the link came about of which the user was told: once each time. */
const told = new Map<string, number | undefined>();

/** The definition asks for a time limit that the server did not take. Behind a pooler all of them are set another way. */
export function leftOutNotice(info: ConnectionInfo | undefined): Notice | undefined {
  if (!info?.refusedSettings || info.pooled) return undefined;
  const { id, connectedAt, refusedSettings: names } = info;
  if (told.has(id) && told.get(id) === connectedAt) return undefined;
  told.set(id, connectedAt);
  return {
    severity: 'WARNING',
    message: `The server did not take ${names.join(', ')} at the start of the session, so it was left out.`,
    ...(names.includes('statement_timeout')
      ? { hint: 'Hawser stops statements that run for too long by itself.' }
      : {}),
  };
}
