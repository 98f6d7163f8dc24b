import type { HostKeyFacts } from '#shared/connection/hostKey.ts';
import { AppError, type ErrorFacts } from '#shared/error/appError.ts';
import type { ErrorCode } from '#shared/error/codes.ts';
import { classify } from '../postgres/linkErrors.ts';
import type { Hop } from './hops.ts';

const edit = { id: 'edit', label: 'Edit connection' };
const retry = { id: 'retry', label: 'Try again' };

const addressOf = ({ host, port }: Hop): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Every error of a hop says which one it is. */
const hopFacts = ({ id, name, host, port, username }: Hop) => ({ hop: id, name, host, port, username });

/** What ssh2 says when a connection to a hop fails, before its login has succeeded or after. */
const byText: [RegExp, ErrorCode, (hop: Hop) => string, ErrorFacts?][] = [
  [
    /too many authentication failures/i,
    'SSH_TOO_MANY_KEYS',
    ({ name }) => `${name} refused the login after too many keys.`,
    {
      hint: 'Choose the one key file of this host, or set IdentitiesOnly and IdentityFile for it in ~/.ssh/config.',
      actions: [edit],
    },
  ],
  [
    /no matching|Handshake failed:|unsupported algorithm/i,
    'SSH_ALGORITHMS',
    (hop) => `${addressOf(hop)} and Hawser have no algorithm in common.`,
    { hint: 'The SSH server is very old, or allows only what is very new.', actions: [edit] },
  ],
  [
    /timed out while waiting for handshake/i,
    'SSH_TIMEOUT',
    (hop) => `The SSH server at ${addressOf(hop)} did not answer in time.`,
  ],
  [
    /lost before handshake|closed before/i,
    'SSH_LOST',
    (hop) => `The SSH server at ${addressOf(hop)} closed the connection at once.`,
    { hint: 'It may be full, or have shut this computer out for a while.' },
  ],
];

/** A failure of ssh2 as an error of the catalogue. */
export function hopError(error: unknown, hop: Hop): AppError {
  if (error instanceof AppError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const found = byText.find(([pattern]) => pattern.test(text));
  const detail = { ...hopFacts(hop), said: text };
  if (found) {
    const [, code, message, facts] = found;
    return new AppError(code, message(hop), { actions: [retry, edit], ...facts, detail, cause: error });
  }
  const known = classify(error, addressOf(hop));
  if (known.code !== 'INTERNAL') return known;
  return new AppError('SSH_LOST', `The SSH connection to ${hop.name} broke.`, {
    detail,
    actions: [retry, edit],
    cause: error,
  });
}

export const notSsh = (hop: Hop): AppError =>
  new AppError('PROTOCOL_ERROR', `Something answers at ${addressOf(hop)}, but it is not an SSH server.`, {
    detail: hopFacts(hop),
    hint: 'Check the port of the SSH host.',
    retry: 'never',
    actions: [edit],
  });

export const hopTimedOut = (hop: Hop, limitMs: number): AppError =>
  new AppError('SSH_TIMEOUT', `${hop.name} did not let us in within ${limitMs / 1_000} s.`, {
    detail: hopFacts(hop),
    hint: 'The SSH server is silent: it may be overloaded, or something else listens there.',
    actions: [retry, edit],
  });

export const hopLost = (hop: Hop, why?: string): AppError =>
  new AppError('SSH_LOST', `The SSH connection to ${hop.name} was lost.`, {
    detail: { ...hopFacts(hop), ...(why ? { said: why } : {}) },
    actions: [retry],
  });

export const tunnelClosed = (): AppError => new AppError('SSH_LOST', 'The SSH tunnel was closed.');

export interface LoginTries {
  tried: string[];
  /** Methods that the server would take. */
  allowed: string[];
  /** It asked for more than a password. */
  asked?: string;
}

export function authFailed(hop: Hop, { tried, allowed, asked }: LoginTries): AppError {
  const methods = allowed.length > 0 ? `It takes ${allowed.join(', ')}.` : '';
  const password = tried.includes('password') || tried.includes('keyboard-interactive');
  const message =
    asked === undefined
      ? `${hop.name} refused the login${tried.length > 0 ? ` by ${tried.join(', ')}` : ''}.`
      : `${hop.name} asks for more than a password: ${asked}`;
  const hint = password
    ? 'Check the user name and the password.'
    : `Check the user name, and that the server knows this key. ${methods}`;
  return new AppError('SSH_AUTH_FAILED', message, {
    ...(asked === undefined ? {} : { reason: 'interactive' }),
    ...(asked === undefined && password ? { reason: 'password' } : {}),
    detail: { ...hopFacts(hop), tried, allowed },
    hint: asked === undefined ? hint.trim() : 'One-time codes cannot be entered yet: use a key or an agent.',
    actions:
      password && asked === undefined
        ? [{ id: 'enterSshPassword', label: 'Enter SSH password' }, edit]
        : [edit],
  });
}

export const passwordMissing = (hop: Hop): AppError =>
  new AppError('CREDENTIAL_REQUIRED', `${hop.name} asks for a password.`, {
    reason: 'sshPassword',
    detail: hopFacts(hop),
    actions: [{ id: 'enterSshPassword', label: 'Enter SSH password' }],
  });

export function passphraseMissing(hop: Hop, file: string): AppError {
  const detail = { ...hopFacts(hop), file };
  const locked = `The key ${file} is locked by a passphrase`;
  if (hop.position !== undefined)
    return new AppError('SSH_PASSPHRASE_REQUIRED', `${locked}.`, {
      detail,
      actions: [{ id: 'enterPassphrase', label: 'Enter passphrase' }],
    });
  return new AppError('SSH_PASSPHRASE_REQUIRED', `${locked}, and only ~/.ssh/config knows ${hop.name}.`, {
    detail,
    hint: `Add ${hop.id} to this connection as an SSH host before the others, which has a place for the passphrase; or add the key to your agent: ssh-add ${file}`,
    actions: [edit],
  });
}

export const passphraseWrong = (hop: Hop, file: string): AppError =>
  new AppError('SSH_PASSPHRASE_WRONG', `This is not the passphrase of the key ${file}.`, {
    detail: { ...hopFacts(hop), file },
    actions: [{ id: 'enterPassphrase', label: 'Enter passphrase' }],
  });

export const keyUnreadable = (hop: Hop, file: string, cause: unknown): AppError =>
  new AppError('FILE_NOT_FOUND', `The key file ${file} cannot be read.`, {
    detail: { ...hopFacts(hop), file, said: cause instanceof Error ? cause.message : String(cause) },
    actions: [edit],
    cause,
  });

export const keyFormat = (hop: Hop, file: string, said: string, hint: string): AppError =>
  new AppError('SSH_KEY_FORMAT', `The key ${file} is in a format that Hawser cannot read.`, {
    detail: { ...hopFacts(hop), file, said },
    hint,
    actions: [edit],
  });

const agentWords = {
  missing: 'There is no SSH agent.',
  unreachable: 'The SSH agent does not answer.',
  empty: 'The SSH agent holds no key that may be used here.',
};

export const agentUnavailable = (hop: Hop, reason: keyof typeof agentWords, socket?: string): AppError =>
  new AppError('SSH_AGENT_UNAVAILABLE', agentWords[reason], {
    reason,
    detail: { ...hopFacts(hop), ...(socket ? { socket } : {}) },
    hint:
      reason === 'empty'
        ? 'Add a key with ssh-add, or choose a key file.'
        : 'Start one (SSH_AUTH_SOCK names it), or choose a key file.',
    actions: [retry, edit],
  });

export const hostKeyUnknown = (facts: HostKeyFacts, name: string): AppError =>
  new AppError('SSH_HOST_KEY_UNKNOWN', `The host key of ${name} is not known yet.`, {
    detail: { ...facts },
    hint: `Compare ${facts.fingerprint} with what its administrator says.`,
    actions: [{ id: 'trustHostKey', label: 'Look at the key' }],
  });

export function hostKeyChanged(facts: HostKeyFacts, name: string, reason: 'changed' | 'revoked'): AppError {
  const lines = (facts.known ?? []).map(({ file, line }) => `line ${line} of ${file}`).join(', ');
  const [message, hint] =
    reason === 'revoked'
      ? [`The host key of ${name} is marked as revoked.`, `It is marked so in ${lines}.`]
      : [
          `The host key of ${name} is not the one that is known. Somebody may be listening in.`,
          `If its administrator confirms the change, remove ${lines} by hand.`,
        ];
  return new AppError('SSH_HOST_KEY_CHANGED', message, {
    reason,
    hint,
    detail: { ...facts },
    actions: [edit],
  });
}

/** Why a hop could not open a stream: `reason` as in RFC 4254, 5.1. */
export function forwardError(error: unknown, via: Hop, target: string): AppError {
  if (error instanceof AppError) return error;
  const said =
    error instanceof Error ? error.message.replace(/^\(SSH\) Channel open failure: /, '') : String(error);
  const reason = error instanceof Error && 'reason' in error ? error.reason : undefined;
  const detail = { ...hopFacts(via), target, said };
  if (reason === 1)
    return new AppError(
      'SSH_FORWARD_DENIED',
      `${via.name} does not allow to be passed through to ${target}.`,
      {
        detail,
        hint: 'AllowTcpForwarding and PermitOpen in its sshd_config decide about that.',
        actions: [edit],
      },
    );
  if (reason === undefined) return hopLost(via, said);
  return new AppError('SSH_FORWARD_REFUSED', `${via.name} cannot reach ${target}: ${said}.`, {
    detail,
    hint: `The host is looked up and reached from ${via.name}, not from here.`,
    actions: [edit, retry],
  });
}

export const forwardTimedOut = (via: Hop, target: string, limitMs: number): AppError =>
  new AppError('TIMEOUT', `${via.name} did not reach ${target} within ${limitMs / 1_000} s.`, {
    detail: { ...hopFacts(via), target },
    hint: `A firewall between ${via.name} and ${target}, or a wrong host.`,
    actions: [retry, edit],
  });
