import { ConninfoError, type Settings } from './settings.ts';

/** libpq's own default; a list of ports may leave places empty. */
const defaultPort = 5432;

export interface Address {
  /** As a connection has it: one host, or `h1:5433,h2`. Undefined where none is named. */
  host?: string;
  hostaddr?: string;
  port: number;
  warnings: string[];
}

/**
 * libpq's `host`, `hostaddr` and `port`, which may be lists of the same length, or one port for all hosts. Throws
 * ConninfoError where they do not fit together.
 */
export function addressOf(settings: Settings): Address {
  const [hosts, addresses, portTexts] = ['host', 'hostaddr', 'port'].map((keyword) =>
    listOf(settings.get(keyword)?.value),
  ) as [string[], string[], string[]];
  const ports = portTexts.map(portOf);
  const count = Math.max(hosts.length || addresses.length, 1);
  if (ports.length > 1 && ports.length !== count)
    throw new ConninfoError(`There are ${ports.length} ports, but ${countOf(count)}.`);
  if (hosts.length > 0 && addresses.length > 0 && addresses.length !== hosts.length)
    throw new ConninfoError(
      `There are ${addresses.length} values in hostaddr, but ${countOf(hosts.length)}.`,
    );
  const port = (ports.length === 1 ? ports[0] : undefined) ?? defaultPort;
  // An address alone is the host too: nothing is left to be looked up.
  const named = hosts.length > 0 ? hosts : addresses;
  if (named.length > 1) {
    const host = named.map((each, at) =>
      member(each, ports.length > 1 ? (ports[at] ?? defaultPort) : undefined),
    );
    const lost = hosts.length > 0 && addresses.length > 0;
    return { host: host.join(','), port, warnings: lost ? [noAddresses] : [] };
  }
  const [host, [hostaddr]] = [named[0], addresses];
  return {
    ...(host && { host }),
    ...(hosts[0] && hostaddr && { hostaddr }),
    port,
    warnings: [],
  };
}

const noAddresses = 'hostaddr was left out: with several hosts, each name is looked up.';
const countOf = (hosts: number): string => (hosts === 1 ? '1 host' : `${hosts} hosts`);

function member(host: string, port: number | undefined): string {
  const name = host === '' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}

const listOf = (value: string | undefined): string[] =>
  value === undefined || value === '' ? [] : value.split(',').map((part) => part.trim());

/** What stands in the place of a port may be a piece of a password: it is not quoted. */
function portOf(text: string): number | undefined {
  if (text === '') return undefined;
  const port = /^\+?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new ConninfoError(
    'The port is not a number from 1 to 65535.',
    'In a URI, a “/” within the password is written %2F, and a “@” is written %40.',
  );
}
