import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import { AppError } from '#shared/error/appError.ts';
import type { LoginSecrets } from '../credentials/loginSecrets.ts';
import { withDeadline } from '../lib/deadline.ts';
import { classify } from '../postgres/linkErrors.ts';
import { upgrade, type TlsFacts } from '../tls/upgrade.ts';
import type { Stages } from './stages.ts';

/** TCP keepalive finds a dead peer of an idle socket; the delay is the time of silence before the first probe. */
const keepaliveDelayMs = 10_000;

interface Place {
  host: string;
  port: number;
}

export interface OpenedStream {
  stream: Socket;
  encrypted: boolean;
}

/** Where a connection leads, in words for messages. */
export const targetOf = (config: ConnectionConfig): string =>
  places(config)
    .map(({ host, port }) => (host.startsWith('/') ? host : `${host}:${port}`))
    .join(', ');

/**
 * Opens the way to the server: resolve, TCP, TLS, each stage with the connection's time limit. Several hosts are tried in
 * their order; the last one's failure is what is told.
 */
export async function openStream(
  config: ConnectionConfig,
  stages: Stages,
  signal: AbortSignal,
  secrets: LoginSecrets,
): Promise<OpenedStream> {
  refuseUnbuilt(config);
  let failure: unknown;
  for (const place of places(config)) {
    try {
      return await openPlace(config, place, stages, signal, secrets);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      failure = error;
    }
  }
  throw failure;
}

async function openPlace(
  config: ConnectionConfig,
  place: Place,
  stages: Stages,
  signal: AbortSignal,
  secrets: LoginSecrets,
): Promise<OpenedStream> {
  const limitMs = config.options.connectTimeoutSec * 1_000;
  const limited = <T>(stage: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    withDeadline(limitMs, work, { signal, onTimeout: () => timedOut(config, place, stage) });
  const addresses = await stages.run('resolve', async () => {
    const found = await limited('resolve', () => resolve(place, config.hostaddr));
    return { value: found, facts: { addresses: found } };
  });
  const socket = await stages.run('tcp', async () => {
    const opened = await limited('tcp', (inner) => openTcp(place, addresses, inner));
    return { value: opened, facts: { address: opened.remoteAddress ?? place.host, port: place.port } };
  });
  try {
    const { stream, facts } = await stages.run('tls', async () => {
      const upgraded = await limited('tls', (inner) =>
        upgrade(socket, {
          tls: config.tls,
          host: place.host,
          keyPassphrase: () => secrets.keyPassphrase(),
          signal: inner,
        }),
      );
      return { value: upgraded, facts: upgraded.facts, skipped: skipsTls(config, upgraded.facts) };
    });
    return { stream, encrypted: facts.encrypted };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

const skipsTls = (config: ConnectionConfig, facts: TlsFacts): boolean =>
  !facts.encrypted && (config.tls.mode === 'disable' || config.tls.mode === 'allow');

async function resolve({ host }: Place, hostaddr: string | undefined): Promise<string[]> {
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

async function openTcp(place: Place, addresses: string[], signal: AbortSignal): Promise<Socket> {
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

function timedOut(config: ConnectionConfig, { host, port }: Place, stage: string): AppError {
  return new AppError(
    'TIMEOUT',
    `No answer from ${host}:${port} within ${config.options.connectTimeoutSec} s.`,
    {
      stage,
      hint: 'Usually a VPN that is off, or a firewall.',
      actions: [
        { id: 'retry', label: 'Try again' },
        { id: 'edit', label: 'Edit connection' },
      ],
    },
  );
}

/** `h1:5433,h2,[::1]:5434` as places; a part without a port takes the connection's. */
export function places({ host, port }: ConnectionConfig): Place[] {
  return host.split(',').map((part) => {
    const text = part.trim();
    const match = /^\[(?<v6>[^\]]+)\](?::(?<p6>\d+))?$|^(?<name>[^:]+):(?<p4>\d+)$/.exec(text)?.groups;
    const own = match?.p6 ?? match?.p4;
    return { host: match?.v6 ?? match?.name ?? text, port: own === undefined ? port : Number(own) };
  });
}

/** What can be saved already but not be used yet must never be passed over in silence. */
function refuseUnbuilt(config: ConnectionConfig): void {
  const issue = (path: string, message: string) => ({ path, message });
  const issues = [
    ...(config.ssh?.enabled ? [issue('ssh.enabled', 'This version cannot connect through SSH yet')] : []),
    ...(config.engine === 'postgres'
      ? []
      : [issue('engine', `This version cannot connect to ${config.engine} yet`)]),
    ...(config.tls.pinnedSpkiSha256
      ? [issue('tls.pinnedSpkiSha256', 'This version cannot pin keys yet')]
      : []),
  ];
  if (issues.length > 0)
    throw new AppError('INVALID_CONFIG', `${issues.map(({ message }) => message).join('. ')}.`, {
      issues,
      actions: [{ id: 'edit', label: 'Edit connection' }],
    });
}
