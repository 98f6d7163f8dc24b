import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, type NetConnectOpts } from 'node:net';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { FoundPlace } from '#shared/connection/testReport.ts';
import type { AppError } from '#shared/error/appError.ts';

/** Where distributions, and PostgreSQL itself, put the sockets of their servers. */
const socketFolders = process.platform === 'win32' ? [] : ['/var/run/postgresql', '/tmp'];
/** On this computer whoever is there answers at once. */
const answerLimitMs = 500;

/**
 * Where nothing answered on this computer: the servers that do, found by the sockets they leave. By TCP at another port
 * where that is how they listen, else by the socket. Undefined where it was about another place. Never rejects.
 */
export async function serversInstead(
  failure: AppError,
  config: ConnectionConfig,
): Promise<FoundPlace[] | undefined> {
  const missed = failure.code === 'CONNECTION_REFUSED' && isHere(config.host);
  const noSocket = failure.code === 'SOCKET_NOT_FOUND' || failure.code === 'SOCKET_DENIED';
  if (config.ssh?.enabled || failure.facts.stage !== 'tcp' || !(missed || noSocket)) return undefined;
  const ports = new Map((await Promise.all(socketFolders.map(socketsIn))).flat());
  const found = await Promise.all([...ports].map(([port, folder]) => placeOf(port, folder)));
  const others = found.filter((place) => place !== undefined);
  return others.filter(({ host, port }) => host !== config.host || port !== config.port);
}

const isHere = (host: string): boolean => /^(localhost|127\.[\d.]+|::1)$/.test(host);

/** Ports, by the names of sockets in a folder. */
async function socketsIn(folder: string): Promise<[number, string][]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name): [number, string][] => {
    const port = /^\.s\.PGSQL\.(\d+)$/.exec(name)?.[1];
    return port === undefined ? [] : [[Number(port), folder]];
  });
}

async function placeOf(port: number, folder: string): Promise<FoundPlace | undefined> {
  if (await answers({ host: '127.0.0.1', port })) return { host: 'localhost', port };
  return (await answers({ path: `${folder}/.s.PGSQL.${port}` })) ? { host: folder, port } : undefined;
}

async function answers(place: NetConnectOpts): Promise<boolean> {
  const socket = connect(place);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(answerLimitMs) });
    return true;
  } catch {
    return false;
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}
