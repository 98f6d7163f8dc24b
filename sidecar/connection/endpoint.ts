import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import { places, type Place } from '#shared/connection/places.ts';
import { classify } from '../postgres/linkErrors.ts';

/** TCP keepalive finds a dead peer of an idle socket; the delay is the time of silence before the first probe. */
const keepaliveDelayMs = 10_000;

/** Where a connection leads, in words for messages. */
export const targetOf = (config: ConnectionConfig): string =>
  places(config)
    .map(({ host, port }) => (host.startsWith('/') ? host : `${host}:${port}`))
    .join(', ');

export async function resolve({ host }: Place, hostaddr: string | undefined): Promise<string[]> {
  if (host.startsWith('/') || host.startsWith('@')) return [host];
  if (hostaddr) return [hostaddr];
  if (isIP(host)) return [host];
  try {
    const found = await lookup(host, { all: true });
    return found.map(({ address }) => address);
  } catch (error) {
    throw classify(error, host);
  }
}

export async function openTcp(place: Place, addresses: string[], signal: AbortSignal): Promise<Socket> {
  const failures: unknown[] = [];
  for (const address of addresses) {
    const socket = address.startsWith('/')
      ? connect({ path: `${address}/.s.PGSQL.${place.port}` })
      : connect({
          host: address,
          port: place.port,
          noDelay: true,
          keepAlive: true,
          keepAliveInitialDelay: keepaliveDelayMs,
        });
    // Between the stages nobody else listens, and an unheard 'error' would end the process.
    socket.on('error', () => {});
    try {
      await once(socket, 'connect', { signal });
      return socket;
    } catch (error) {
      socket.destroy();
      if (signal.aborted) throw signal.reason;
      failures.push(error);
    }
  }
  const target = place.host.startsWith('/') ? place.host : `${place.host}:${place.port}`;
  throw classify(failures.length === 1 ? failures[0] : new AggregateError(failures), target);
}
