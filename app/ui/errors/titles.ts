import type { ErrorCode } from '#shared/error/codes.ts';
import { errorTitles } from '#shared/error/titles.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';

/** Where the code alone would say something else than what happened, or less. */
const byReason: Partial<Record<ErrorCode, Readonly<Record<string, string>>>> = {
  CREDENTIAL_REQUIRED: {
    sshPassword: 'SSH password needed',
    pgpassNoEntry: 'No line in the password file',
    pgpassMissing: 'Password file not there',
    pgpassUnreadable: 'Password file cannot be read',
    pgpassMode: 'Password file open to others',
  },
  PERMISSION_DENIED: { database: 'Database not open to you' },
  READ_ONLY_VIOLATION: { selfTest: 'Read-only cannot be kept' },
  CANCELLED: { cancelUnreached: 'Server not reached', cancelIgnored: 'Did not stop' },
  RATE_LIMITED: { attach: 'Too many attempts' },
  CONNECTION_REFUSED: { session_attrs: 'Wrong kind of server' },
  TLS_CERT_INVALID: {
    self_signed: 'Certificate signed by itself',
    unknown_ca: 'CA not known here',
    chain_incomplete: 'Certificate chain incomplete',
    hostname_mismatch: 'Certificate for another name',
    expired: 'Certificate expired',
    not_yet_valid: 'Certificate not valid yet',
    revoked: 'Certificate revoked',
    pin_mismatch: 'Not the pinned key',
    channel_binding: 'Encryption opened on the way',
  },
  TLS_CLIENT_KEY: {
    passphrase_required: 'Passphrase needed',
    passphrase_wrong: 'Passphrase wrong',
    unreadable: 'Client key cannot be read',
    mismatch: 'Key of another certificate',
  },
  TLS_CLIENT_CERT_REQUIRED: { refused: 'Client certificate refused' },
  SSH_AUTH_FAILED: { password: 'SSH password refused', interactive: 'SSH asks for more' },
  SSH_HOST_KEY_CHANGED: { revoked: 'SSH host key revoked' },
  SSH_AGENT_UNAVAILABLE: {
    unreachable: 'SSH agent does not answer',
    empty: 'SSH agent has no key',
  },
  PASSWORD_COMMAND_FAILED: {
    start: 'Password command not started',
    timeout: 'Password command too slow',
    empty: 'Password command gave nothing',
    output: 'Password command said too much',
  },
};

type Titled = Pick<ErrorEnvelope, 'code' | 'reason'>;

/** What happened, in three or four words; the error's own message says the rest. */
export function errorTitle({ code, reason = '' }: Titled): string {
  const own = byReason[code];
  return own !== undefined && Object.hasOwn(own, reason)
    ? (own[reason] ?? errorTitles[code])
    : errorTitles[code];
}

/** The title where it does not begin a sentence: SSH stays SSH. */
export const errorWords = (error: Titled): string =>
  errorTitle(error).replace(/^\p{Lu}(?!\p{Lu})/u, (first) => first.toLowerCase());
