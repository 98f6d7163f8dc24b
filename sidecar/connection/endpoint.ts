import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import { places, type Place } from '#shared/connection/places.ts';
import { AppError } from '#shared/error/appError.ts';
import { delay } from '../lib/deadline.ts';
import { classify } from '../postgres/linkErrors.ts';
import { ServerSocket } from '../postgres/serverSocket.ts';

/** TCP keepalive finds a dead peer of an idle socket; the delay is the time of silence before the first probe. */
const keepaliveDelayMs = 10_000;
/** An address that says nothing for this long has the next one tried beside it: many names have one that leads nowhere. */
const nextAddressMs = 300;

/** `/var/run/postgresql`, or `@name` in Linux's abstract namespace, which no file stands for. */
export const isSocket = ({ host }: Pick<Place, 'host'>): boolean => /^[/@]/.test(host);

/** A place in words for messages. */
export const labelOf = (place: Place): string =>
  isSocket(place) ? `${place.host}/.s.PGSQL.${place.port}` : `${place.host}:${place.port}`;

/** Where a connection leads, in words for messages. */
export const targetOf = (config: ConnectionConfig): string => places(config).map(labelOf).join(', ');

export async function resolve(place: Place): Promise<string[]> {
  const { host, hostaddr } = place;
  if (isSocket(place)) return [host];
  if (hostaddr) return [hostaddr];
  if (isIP(host)) return [host];
  try {
    const found = await lookup(host, { all: true });
    return found.map(({ address }) => address);
  } catch (error) {
    throw classify(error, host);
  }
}

/**
 * Connects to the first address that answers, in their order; each but the first begins when the one before it has failed or
 * is slow. Rejects when all have failed.
 */
export async function openTcp(
  place: Place,
  addresses: string[],
  signal: AbortSignal,
): Promise<{ socket: Socket; address: string }> {
  const won = new AbortController();
  const inner = AbortSignal.any([signal, won.signal]);
  let before: Promise<unknown> = Promise.resolve();
  const attempts = addresses.map((address, index) => {
    const turn = index === 0 ? before : Promise.race([before, delay(nextAddressMs * index, inner)]);
    const attempt = turn.then(() => connectTo(place, address, inner)).then((socket) => ({ socket, address }));
    before = attempt.catch(() => {});
    return attempt.then((opened) => {
      // Only one wins: a second that connects in the same moment is let go.
      if (won.signal.aborted) opened.socket.destroy();
      won.abort(new Error('Another address was quicker'));
      return opened;
    });
  });
  try {
    return await Promise.any(attempts);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const { errors } = error as AggregateError;
    const failure = classify(errors.length === 1 ? errors[0] : error, labelOf(place));
    throw place.host.startsWith('@') ? abstractUnreached(place, failure) : failure;
  }
}

/**
 * Node up to 20 fills the name of an abstract socket up with zero bytes, which are a part of it: then it meets only those of
 * other Node programs. That nobody listens there cannot be told from that.
 */
const abstractUnreached = (place: Place, cause: AppError): AppError =>
  new AppError('SOCKET_NOT_FOUND', `No server was reached at the abstract socket ${labelOf(place)}.`, {
    detail: cause.facts.detail,
    hint: 'Use a socket in a folder, or TCP: not every version of the program that Hawser runs in can reach abstract sockets.',
    actions: [{ id: 'edit', label: 'Edit connection' }],
    cause,
  });

async function connectTo(place: Place, address: string, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = new ServerSocket(
    isSocket(place)
      ? { path: socketPath(place) }
      : {
          host: address,
          port: place.port,
          noDelay: true,
          keepAlive: true,
          keepAliveInitialDelay: keepaliveDelayMs,
        },
  );
  // Between the stages nobody else listens, and an unheard 'error' would end the process.
  socket.on('error', () => {});
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** As the server names it; a zero byte begins the name of an abstract socket. */
const socketPath = ({ host, port }: Place): string => `${host}/.s.PGSQL.${port}`.replace(/^@/, '\0');
