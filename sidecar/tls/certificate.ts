import { createHash, X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

/** What is told of a certificate; all of it is public. */
interface CertificateFacts {
  subject: string;
  issuer: string;
  /** The names that it stands for, as OpenSSL writes them: `DNS:db.example, IP Address:10.0.0.1`. */
  names?: string;
  validFromAt: number;
  validToAt: number;
  /** Of the whole certificate, in hexadecimal with colons, as OpenSSL and browsers show it. */
  fingerprintSha256: string;
  /** Of its public key alone, which stays when the certificate is renewed with the same key: what a pin is. */
  spkiSha256: string;
}

export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  const { subject, issuer, subjectAltName, validFrom, validTo, fingerprint256 } = certificate;
  return {
    subject: shortName(subject),
    issuer: shortName(issuer),
    ...(subjectAltName === undefined ? {} : { names: subjectAltName }),
    validFromAt: Date.parse(validFrom),
    validToAt: Date.parse(validTo),
    fingerprintSha256: fingerprint256,
    spkiSha256: spkiSha256(certificate),
  };
}

/** The pin of a certificate's key: base64 of the SHA-256 of its SubjectPublicKeyInfo, as in HTTP's public key pins. */
export const spkiSha256 = ({ publicKey }: X509Certificate): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');

/** A server's own certificate, and what it sent behind it. */
export type Chain = readonly [X509Certificate, ...X509Certificate[]];

/**
 * The chain that the server sent, its own certificate first. Node's `getPeerX509Certificate` would be shorter, but on this
 * side it takes the certificate out of the chain, so that who asks next, the driver for its channel binding, finds none.
 */
export function chainOf(secure: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = secure.getPeerCertificate(true);
  // One that is signed by itself is its own issuer.
  while (next?.raw && chain.at(-1)?.raw.equals(next.raw) !== true) {
    chain.push(new X509Certificate(next.raw));
    next = next.issuerCertificate;
  }
  return chain;
}

/** The common name where there is one, for a distinguished name is long; else all of it on one line. */
const shortName = (distinguished: string): string =>
  /^CN=(.*)$/m.exec(distinguished)?.[1] ?? distinguished.split('\n').join(', ');
