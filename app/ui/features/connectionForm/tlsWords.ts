import type { TlsMode } from '#shared/connection/config.ts';

/** What each mode means, in one plain sentence. */
export const modeWords: Record<TlsMode, string> = {
  disable: 'Never encrypted: whoever sits on the way can read and change everything.',
  allow: 'In plain text; encrypted only where the server refuses plain text.',
  prefer: 'Encrypted where the server offers it, else in plain text; the server is not checked.',
  require: 'Always encrypted, but the server is not checked: it could be another one.',
  'verify-ca': 'Always encrypted, and the certificate must come from a CA that is trusted here.',
  'verify-full':
    'Always encrypted; the certificate must come from a trusted CA and be made for this very host.',
};

/** What a mode leaves open, where the way leads over a network; undefined where nothing is left open. */
export function modeWarning(
  mode: TlsMode,
  { hasCa, isLocal }: { hasCa: boolean; isLocal: boolean },
): string | undefined {
  if (isLocal) return undefined;
  if (mode === 'verify-full') return undefined;
  if (mode === 'verify-ca' || (mode === 'require' && hasCa))
    return 'The name in the certificate is not checked: any server with a certificate of that CA is taken for this one.';
  if (mode === 'require')
    return 'Not verified: anybody on the way can pose as this server and read the password. Use verify-full where you can.';
  const plain = mode === 'disable' ? 'In plain text' : 'Not verified, and may be in plain text';
  return `${plain}: passwords and data can be read on the way. Use verify-full where you can.`;
}
