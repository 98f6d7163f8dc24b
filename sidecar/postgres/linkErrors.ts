import { DatabaseError } from 'pg-protocol';
import { AppError, type ErrorFacts } from '#shared/error/appError.ts';
import type { ErrorCode } from '#shared/error/codes.ts';
import { MalformedMessage } from './framer.ts';
import { fromServer } from './serverErrors.ts';

const retry = { id: 'retry', label: 'Try again' };
const edit = { id: 'edit', label: 'Edit connection' };

type Meaning = [ErrorCode, (target: string) => string, ErrorFacts?];

/** Node's system error codes; `target` is the place as the user knows it. */
const bySystemCode: Record<string, Meaning> = {
  ECONNREFUSED: [
    'CONNECTION_REFUSED',
    (target) => `Nothing listens at ${target}.`,
    { hint: 'Check the port, and that PostgreSQL runs there.' },
  ],
  ETIMEDOUT: [
    'TIMEOUT',
    (target) => `No answer from ${target}.`,
    { hint: 'Usually a VPN that is off, or a firewall.' },
  ],
  ENOTFOUND: [
    'DNS_NOT_FOUND',
    (target) => `The name ${target} is not known here.`,
    { hint: 'Check the spelling, and the VPN.' },
  ],
  EAI_AGAIN: ['DNS_TEMPORARY', (target) => `The name ${target} cannot be looked up at the moment.`],
  EHOSTUNREACH: ['NETWORK_UNREACHABLE', (target) => `There is no way to ${target} from this network.`],
  ENETUNREACH: ['NETWORK_UNREACHABLE', (target) => `There is no way to ${target} from this network.`],
  ENETDOWN: ['NETWORK_UNREACHABLE', () => 'The network is down.'],
  ENOENT: ['SOCKET_NOT_FOUND', (target) => `There is no server socket at ${target}.`],
  EACCES: ['SOCKET_DENIED', (target) => `You may not open the socket at ${target}.`],
  EPERM: ['SOCKET_DENIED', (target) => `You may not open the socket at ${target}.`],
  ECONNRESET: ['CONNECTION_LOST', () => 'The connection was cut.'],
  EPIPE: ['CONNECTION_LOST', () => 'The connection was cut.'],
  ECONNABORTED: ['CONNECTION_LOST', () => 'The connection was cut.'],
};

/** Texts of pg and pg-pool that carry no code; the tests hold them against the pinned versions. */
const byText: [RegExp, Meaning][] = [
  [
    /^Connection terminated|not queryable|Client was closed/,
    ['CONNECTION_LOST', () => 'The connection was lost.'],
  ],
  [
    /^SASL: (Only mechanism|Server.*mechanism|.*not supported)|Unknown authenticationOk message type/,
    ['AUTH_METHOD', () => 'The server asks for a way of logging in that Hawser does not know.'],
  ],
  [/^SASL: /, ['AUTH_FAILED', () => 'The server refused this user name and password.']],
];

/**
 * Any failure of a connection as an error of the catalogue: the server's own words, a system error (also one within an
 * AggregateError, when a name has several addresses), a text of the driver, or a message that the framer refused.
 */
export function classify(error: unknown, target: string, more: ErrorFacts = {}): AppError {
  if (error instanceof AppError) return error.with(more);
  if (error instanceof DatabaseError) return fromServer(error, more);
  if (error instanceof MalformedMessage) return malformed(error, more);
  if (error instanceof AggregateError) {
    const inner = (error.errors as unknown[]).find((each) => systemCode(each) === 'ECONNREFUSED');
    return classify(inner ?? (error.errors as unknown[])[0] ?? new Error(error.message), target, more);
  }
  const text = error instanceof Error ? error.message : String(error);
  const meaning =
    bySystemCode[systemCode(error) ?? ''] ?? byText.find(([pattern]) => pattern.test(text))?.[1];
  if (!meaning)
    return new AppError('INTERNAL', 'The connection failed in a way Hawser does not know.', {
      detail: text,
      cause: error,
      ...more,
    });
  const [code, message, facts] = meaning;
  return new AppError(code, message(target), {
    detail: text,
    actions: [retry, edit],
    cause: error,
    ...facts,
    ...more,
  });
}

/** Said by the server of a statement, after which the session goes on. In some languages FATAL is another word. */
export const isOfStatement = (error: unknown): boolean =>
  error instanceof DatabaseError &&
  !/^(FATAL|PANIC)$/.test(error.severity ?? '') &&
  !/^(57P|25P0[34])/.test(error.code ?? '');

function malformed(error: MalformedMessage, more: ErrorFacts): AppError {
  if (error.tooLarge)
    return new AppError('VALUE_TOO_LARGE', 'A row of this result is larger than 64 MB.', {
      detail: error.message,
      hint: 'Select part of the value, for example with substring().',
      ...more,
    });
  return new AppError('PROTOCOL_ERROR', 'The server sent something that is not the PostgreSQL protocol.', {
    detail: error.message,
    actions: [retry],
    cause: error,
    ...more,
  });
}

const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
