import type { App } from './context.ts';

/**
 * Whether a line over the tab says what is wrong with its connection, and has the way on (the banner, the question for the
 * password, or the notice of a lost link): a second one would only repeat it, or contradict it.
 */
export function isToldAbove({ connections, link, prompts }: App, connectionId: string | undefined): boolean {
  if (link.away) return true;
  const row = connections.get(connectionId);
  if (!row) return false;
  const { id } = row.config;
  return row.status !== 'disconnected' || connections.wasLost(id) || prompts.asksFor(id);
}
