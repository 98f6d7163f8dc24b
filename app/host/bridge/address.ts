import type { IncomingMessage } from 'node:http';

/** The address as the page must name it: never `localhost`, for a name can be made to point anywhere. */
export interface OwnAddress {
  /** `127.0.0.1:PORT` */
  host: string;
  /** `http://127.0.0.1:PORT` */
  origin: string;
}

export const ownAddress = (port: number): OwnAddress => ({
  host: `127.0.0.1:${port}`,
  origin: `http://127.0.0.1:${port}`,
});

/** Whether the request names exactly this server, once: keeps out names that were bound to 127.0.0.1 by someone else. */
export function isForUs(request: IncomingMessage, address: OwnAddress): boolean {
  return isExactly(request, 'host', address.host);
}

/**
 * Whether a request that may change something comes from our own page: exact Host and Origin, and what the browser says
 * of the sender where it says it. A missing Origin is a stranger too: every browser sends it on POST and on upgrades.
 */
export function isFromOurPage(request: IncomingMessage, address: OwnAddress): boolean {
  const site = request.headersDistinct['sec-fetch-site'];
  return (
    isForUs(request, address) &&
    isExactly(request, 'origin', address.origin) &&
    (site === undefined || isExactly(request, 'sec-fetch-site', 'same-origin'))
  );
}

/** Whether a request comes from a program and not from a page: every browser names the origin of a POST. */
export const isFromNoPage = ({ headersDistinct }: IncomingMessage): boolean =>
  headersDistinct.origin === undefined && headersDistinct['sec-fetch-site'] === undefined;

function isExactly(request: IncomingMessage, name: string, value: string): boolean {
  const given = request.headersDistinct[name];
  return given?.length === 1 && given[0] === value;
}

/** The path without its query; undefined where the target is not a plain path. */
export function pathOf(request: IncomingMessage): string | undefined {
  const target = request.url ?? '';
  return target.startsWith('/') ? target.split('?', 1)[0] : undefined;
}
