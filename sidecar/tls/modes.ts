import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { TlsSession } from '#shared/connection/status.ts';

type TlsConfig = ConnectionConfig['tls'];

/** How one attempt goes about encryption. */
export type Encryption = 'never' | 'ifOffered' | 'always';

/** What of the server's certificate is checked; `key` is the pin alone. */
export type Verification = TlsSession['verified'];

/**
 * What a mode tries at one address, in its order: libpq's meaning, with one difference. A pin names the key that has to
 * answer, and plain text has none: a pinned connection is never plain.
 */
export function encryptionsOf({ mode, pinnedSpkiSha256 }: TlsConfig): Encryption[] {
  if (mode === 'disable') return ['never'];
  if (pinnedSpkiSha256 !== undefined) return ['always'];
  if (mode === 'allow') return ['never', 'always'];
  if (mode === 'prefer') return ['ifOffered', 'never'];
  return ['always'];
}

/**
 * libpq verifies the chain in `require` too where a CA file is named. In `allow` and `prefer` it does so as well, only to
 * go on in plain text where that fails; an encrypted connection to somebody unknown is the lesser evil, so there the CA
 * file counts for nothing.
 */
export function verificationOf({ mode, caFile, pinnedSpkiSha256 }: TlsConfig): Verification {
  if (mode === 'verify-full') return 'name and chain';
  if (mode === 'verify-ca' || (mode === 'require' && caFile !== undefined)) return 'chain';
  return pinnedSpkiSha256 === undefined ? 'no' : 'key';
}
