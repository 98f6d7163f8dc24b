import { createHash } from 'node:crypto';

/** A public key as it goes over the wire: its type, then its numbers. */
export function keyType(blob: Buffer): string {
  if (blob.length < 4) return '';
  const end = 4 + blob.readUInt32BE(0);
  return end > blob.length ? '' : blob.toString('latin1', 4, end);
}

/** As OpenSSH shows it. */
export const fingerprint = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

/** Algorithms of a host key, in the order in which ssh2 offers them when it is asked for none, by the type of the key. */
const byType = [
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']],
] as const;

export const isNegotiable = (type: string): boolean => byType.some(([known]) => known === type);

/**
 * Which algorithms to offer: those of the keys that are known come first, as OpenSSH has it. A server with several keys
 * would show another one else, and a known host would look unknown.
 */
export function preferring(knownTypes: string[]): string[] {
  const known = byType.filter(([type]) => knownTypes.includes(type));
  const others = byType.filter(([type]) => !knownTypes.includes(type));
  return [...known, ...others].flatMap(([, algorithms]) => algorithms);
}
