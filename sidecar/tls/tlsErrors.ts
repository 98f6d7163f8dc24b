import type { TLSSocket } from 'node:tls';
import { AppError } from '#shared/error/appError.ts';

const edit = { id: 'edit', label: 'Edit connection' };

/** OpenSSL's verdict on a certificate: the reason in our words, and the sentence. */
const certificateReasons: Record<string, [reason: string, message: string]> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: ['self_signed', "The server's certificate is signed by itself."],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'unknown_ca',
    "The server's certificate is signed by a CA that this computer does not know.",
  ],
  UNABLE_TO_GET_ISSUER_CERT: [
    'chain_incomplete',
    'The server did not send the whole chain of its certificate.',
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'unknown_ca',
    "The server's certificate is signed by a CA that this computer does not know.",
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'chain_incomplete',
    'The server did not send the whole chain of its certificate, or its CA is not known here.',
  ],
  CERT_HAS_EXPIRED: ['expired', "The server's certificate has expired."],
  CERT_NOT_YET_VALID: [
    'not_yet_valid',
    "The server's certificate is not valid yet, or this computer's clock is wrong.",
  ],
  CERT_REVOKED: ['revoked', "The server's certificate was revoked."],
};

/** A failed handshake as an error of the catalogue. `name` is what the certificate was checked against. */
export function tlsError(error: unknown, name: string, secure?: TLSSocket): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = error instanceof Error ? error.message : String(error);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = secure?.getPeerCertificate().subjectaltname ?? 'another name';
    return certificateInvalid(
      'hostname_mismatch',
      `The server's certificate is for ${names}, not for ${name}.`,
      text,
    );
  }
  const known = certificateReasons[code];
  if (known) return certificateInvalid(known[0], known[1], text);
  if (
    /KEY_VALUES_MISMATCH|bad decrypt|no start line|PEM|passphrase|interrupted or cancelled/i.test(
      `${code} ${text}`,
    )
  )
    return new AppError(
      'TLS_CLIENT_KEY',
      'The client certificate and its key do not fit, or cannot be read.',
      {
        detail: text,
        actions: [edit],
      },
    );
  if (code === 'ECONNRESET')
    return new AppError(
      'TLS_HANDSHAKE',
      'The server closed the connection while encryption was being agreed.',
      {
        detail: text,
        actions: [edit],
      },
    );
  return new AppError('TLS_HANDSHAKE', 'Encryption could not be agreed with the server.', {
    detail: text,
    actions: [edit],
  });
}

const certificateInvalid = (reason: string, message: string, detail: string): AppError =>
  new AppError('TLS_CERT_INVALID', message, {
    reason,
    detail,
    hint: 'Add the CA that signed it, or choose a TLS mode that does not verify if you trust the network.',
    actions: [edit],
  });
