import type { ConnectionConfig } from '#shared/connection/config.ts';
import { places, type Place } from '#shared/connection/places.ts';
import type { PlainReason } from '#shared/connection/status.ts';
import { AppError } from '#shared/error/appError.ts';
import type { ErrorCode } from '#shared/error/codes.ts';
import { classify } from '../postgres/linkErrors.ts';
import { encryptionsOf, type Encryption } from '../tls/modes.ts';
import { isSocket, labelOf } from './endpoint.ts';
import { isOtherKind, roundsOf, type WantedServer } from './sessionAttrs.ts';

/** One way to one server: which addresses of which host, and how encrypted. */
export interface Way {
  place: Place;
  addresses: string[];
  encryption: Encryption;
  /** With `never`: why it came to that. */
  plainBecause?: PlainReason;
}

/** How one attempt ended; `way` is the one that it ended up with, exactly one address, encrypted or not. */
export type Attempt<T> = { ok: true; value: T } | { ok: false; error: AppError; way?: Way };

interface Search<T> {
  config: ConnectionConfig;
  signal: AbortSignal;
  resolve: (place: Place) => Promise<string[]>;
  attempt: (way: Way, wanted: WantedServer) => Promise<Attempt<T>>;
}

/**
 * Tries the hosts of a definition in their order, each with all its addresses and with the encryptions that its TLS mode
 * allows, until one takes the login and is of the kind that is looked for. What ends the search and what goes on is libpq's
 * rule: a server that cannot be reached, or is starting, has the next one tried; one that answers and refuses is the answer.
 */
export async function findServer<T>(search: Search<T>): Promise<T> {
  let hosts = places(search.config);
  const failures: Failure[] = [];
  for (const wanted of roundsOf(search.config.targetSessionAttrs)) {
    const ofOtherKind: Place[] = [];
    for (const place of hosts) {
      const ended = await tryHost(search, place, wanted);
      if (ended.ok) return ended.value;
      search.signal.throwIfAborted();
      if (ended.next === 'none') throw ended.error;
      failures.push({ place, error: ended.error });
      if (isOtherKind(ended.error)) ofOtherKind.push(place);
    }
    // The second round goes to those alone that were there in the first.
    hosts = ofOtherKind;
  }
  throw summary(failures);
}

type Next = 'encryption' | 'address' | 'host' | 'none';
type Ended<T> = { ok: true; value: T } | { ok: false; error: AppError; next: Next };

async function tryHost<T>(search: Search<T>, place: Place, wanted: WantedServer): Promise<Ended<T>> {
  let addresses: string[];
  try {
    addresses = await search.resolve(place);
  } catch (error) {
    // Through a tunnel it is the tunnel that failed, and it is the same to all hosts.
    const next = search.config.ssh?.enabled ? 'none' : 'host';
    return { ok: false, error: classify(error, place.host), next };
  }
  for (;;) {
    const ended = await tryEncryptions(search, { place, addresses }, wanted);
    if (ended.ok || ended.next !== 'address') return ended;
    addresses = addresses.filter((address) => ended.address !== undefined && address !== ended.address);
    if (addresses.length === 0) return { ...ended, next: 'host' };
  }
}

async function tryEncryptions<T>(
  { config, attempt }: Search<T>,
  { place, addresses }: Omit<Way, 'encryption'>,
  wanted: WantedServer,
): Promise<Ended<T> & { address?: string | undefined }> {
  // Nothing between here and a socket on this computer could be listening, and no server speaks TLS there.
  const encryptions: Encryption[] = isSocket(place) ? ['never'] : encryptionsOf(config.tls);
  const failures: Failure[] = [];
  let way: Omit<Way, 'encryption'> = { place, addresses };
  for (const [index, encryption] of encryptions.entries()) {
    const ended = await attempt({ ...way, encryption }, wanted);
    if (ended.ok) return ended;
    failures.push({ place, error: ended.error });
    const isLast = index === encryptions.length - 1;
    const next = afterFailure(ended.error, ended.way?.encryption ?? encryption, encryption);
    if (next === 'encryption' && !isLast && ended.way)
      way = {
        place,
        addresses: ended.way.addresses,
        ...(encryption === 'ifOffered' ? downgrade(ended.error) : {}),
      };
    else
      return {
        ok: false,
        error: mostTelling(failures),
        next: next === 'encryption' ? 'none' : next,
        address: ended.way?.addresses[0],
      };
  }
  throw new Error('A TLS mode tries at least once');
}

/** Nobody was there, or only now not. */
const ofTheLink: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CONNECTION_REFUSED',
  'CONNECTION_LOST',
  'NETWORK_UNREACHABLE',
  'TIMEOUT',
  'SOCKET_NOT_FOUND',
  'SOCKET_DENIED',
  'SSH_FORWARD_REFUSED',
]);

/** `used` is the encryption that there was, `tried` the one that was asked for. */
export function afterFailure(error: AppError, used: Encryption, tried: Encryption): Next {
  if (isOtherKind(error) || error.code === 'SERVER_STARTING') return 'host';
  if (ofTheLink.has(error.code)) return 'address';
  if (tried === 'never' && mayWantTls(error)) return 'encryption';
  if (tried === 'ifOffered' && (error.code === 'TLS_HANDSHAKE' || (used !== 'never' && refusesTls(error))))
    return 'encryption';
  return 'none';
}

/**
 * The server, or a pooler before it, does not want this login in plain text. libpq tries again after every refusal; here
 * not after that of a password, which would count as a second wrong one.
 */
const mayWantTls = ({ facts, code }: AppError): boolean =>
  facts.stage === 'authenticate' &&
  code !== 'AUTH_FAILED' &&
  (facts.sqlstate?.startsWith('28') === true || facts.sqlstate === '08P01');

/** Only the rules of the server can ask for plain text; no other refusal is a reason to give the encryption up. */
const refusesTls = ({ code, facts }: AppError): boolean =>
  code === 'AUTH_REJECTED' && facts.reason === 'hostRules';

const downgrade = ({ code }: AppError): Pick<Way, 'plainBecause'> => ({
  plainBecause: code === 'TLS_HANDSHAKE' ? 'handshakeFailed' : 'refusedEncrypted',
});

interface Failure {
  place: Place;
  error: AppError;
}

const stageOrder = ['resolve', 'tcp', 'ssh', 'forward', 'tls', 'authenticate', 'database', 'session'];

/** The one that came furthest, of several such the last. */
function mostTelling(failures: Failure[]): AppError {
  const rank = ({ error }: Failure) =>
    stageOrder.findIndex((stage) => (error.facts.stage ?? '').startsWith(stage));
  const furthest = Math.max(...failures.map(rank));
  const [told] = failures.filter((failure) => rank(failure) === furthest).slice(-1);
  return told?.error ?? new AppError('INTERNAL', 'No host was tried.');
}

/** Of several hosts each is told of. */
function summary(failures: Failure[]): AppError {
  const told = mostTelling(failures);
  const lines = failures.map(({ place, error }) => `${labelOf(place)}: ${error.message}`);
  return new Set(lines).size > 1 ? told.with({ detail: [...new Set(lines)].join('\n') }) : told;
}
