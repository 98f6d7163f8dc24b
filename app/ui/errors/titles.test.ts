import { describe, expect, it } from 'vitest';
import { errorCodes, type ErrorCode } from '#shared/error/codes.ts';
import { errorTitle, errorWords } from './titles.ts';

/** Every reason that the engine gives beside a code, but for those that the code's own title is right for. */
const byReason: [ErrorCode, string, string][] = [
  ['CREDENTIAL_REQUIRED', 'sshPassword', 'SSH password needed'],
  ['CREDENTIAL_REQUIRED', 'pgpassNoEntry', 'no line in the password file'],
  ['CREDENTIAL_REQUIRED', 'pgpassMissing', 'password file not there'],
  ['CREDENTIAL_REQUIRED', 'pgpassUnreadable', 'password file cannot be read'],
  ['CREDENTIAL_REQUIRED', 'pgpassMode', 'password file open to others'],
  ['PERMISSION_DENIED', 'database', 'database not open to you'],
  ['READ_ONLY_VIOLATION', 'selfTest', 'read-only cannot be kept'],
  ['CANCELLED', 'cancelUnreached', 'server not reached'],
  ['CANCELLED', 'cancelIgnored', 'did not stop'],
  ['CONNECTION_REFUSED', 'session_attrs', 'wrong kind of server'],
  ['TLS_CERT_INVALID', 'self_signed', 'certificate signed by itself'],
  ['TLS_CERT_INVALID', 'unknown_ca', 'CA not known here'],
  ['TLS_CERT_INVALID', 'chain_incomplete', 'certificate chain incomplete'],
  ['TLS_CERT_INVALID', 'hostname_mismatch', 'certificate for another name'],
  ['TLS_CERT_INVALID', 'expired', 'certificate expired'],
  ['TLS_CERT_INVALID', 'not_yet_valid', 'certificate not valid yet'],
  ['TLS_CERT_INVALID', 'revoked', 'certificate revoked'],
  ['TLS_CERT_INVALID', 'pin_mismatch', 'not the pinned key'],
  ['TLS_CERT_INVALID', 'channel_binding', 'encryption opened on the way'],
  ['TLS_CLIENT_KEY', 'passphrase_required', 'passphrase needed'],
  ['TLS_CLIENT_KEY', 'passphrase_wrong', 'passphrase wrong'],
  ['TLS_CLIENT_KEY', 'unreadable', 'client key cannot be read'],
  ['TLS_CLIENT_KEY', 'mismatch', 'key of another certificate'],
  ['TLS_CLIENT_CERT_REQUIRED', 'refused', 'client certificate refused'],
  ['SSH_AUTH_FAILED', 'password', 'SSH password refused'],
  ['SSH_AUTH_FAILED', 'interactive', 'SSH asks for more'],
  ['SSH_HOST_KEY_CHANGED', 'changed', 'SSH host key changed'],
  ['SSH_HOST_KEY_CHANGED', 'revoked', 'SSH host key revoked'],
  ['SSH_AGENT_UNAVAILABLE', 'missing', 'no SSH agent'],
  ['SSH_AGENT_UNAVAILABLE', 'unreachable', 'SSH agent does not answer'],
  ['SSH_AGENT_UNAVAILABLE', 'empty', 'SSH agent has no key'],
  ['PASSWORD_COMMAND_FAILED', 'start', 'password command not started'],
  ['PASSWORD_COMMAND_FAILED', 'timeout', 'password command too slow'],
  ['PASSWORD_COMMAND_FAILED', 'empty', 'password command gave nothing'],
  ['PASSWORD_COMMAND_FAILED', 'output', 'password command said too much'],
  ['PASSWORD_COMMAND_FAILED', 'exit', 'password command failed'],
];

const codes = Object.keys(errorCodes) as ErrorCode[];
const abbreviations = ['SSH', 'TLS', 'CA', 'COPY', 'PostgreSQL', 'Hawser'];

describe('the title of an error', () => {
  it.each([
    ...codes.map((code) => ({ code, reason: undefined })),
    ...byReason.map(([code, reason]) => ({ code, reason })),
  ])('of $code $reason is a few words in sentence case that fit in a row', (error) => {
    const title = errorTitle(error);
    expect(title).toMatch(/^\p{Lu}[\p{L}\p{N} -]+$/u);
    expect(title.length).toBeLessThanOrEqual(32);
    // In the middle of a line nothing but a name is written large.
    const large = errorWords(error).match(/\S*\p{Lu}\S*/gu) ?? [];
    expect(abbreviations).toEqual(expect.arrayContaining(large));
  });

  it.each(byReason)('of %s with the reason %s says what happened: %s', (code, reason, words) => {
    expect(errorWords({ code, reason })).toBe(words);
  });

  it('is another one for each code', () => {
    const titles = codes.map((code) => errorTitle({ code }));
    expect(new Set(titles).size).toBe(codes.length);
  });

  it('is that of its code where the reason says no more, and a reason is none of another code', () => {
    expect(errorTitle({ code: 'CONNECTION_LOST', reason: 'commitLost' })).toBe('Connection lost');
    expect(errorTitle({ code: 'CONNECTION_LOST', reason: 'revoked' })).toBe('Connection lost');
    expect(errorTitle({ code: 'TLS_CERT_INVALID', reason: 'constructor' })).toBe('Certificate not trusted');
  });
});
