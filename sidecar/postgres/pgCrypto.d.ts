/** Beyond pg's promised interface too; pg brings no types for it. */
declare module 'pg/lib/crypto/cert-signatures.js' {
  /** Throws where it does not know the kind of signature. */
  export function signatureAlgorithmHashFromCertificate(der: Buffer): string;
}
