import { AppError } from '#shared/error/appError.ts';
import { tlsActions } from '#shared/connection/tlsActions.ts';
import { certificateFacts, spkiSha256, type Chain } from './certificate.ts';

export const editAction = { id: 'edit', label: 'Edit connection' };

type CertificateReason =
  | 'self_signed'
  | 'unknown_ca'
  | 'chain_incomplete'
  | 'hostname_mismatch'
  | 'expired'
  | 'not_yet_valid'
  | 'revoked'
  | 'pin_mismatch';

/** OpenSSL's verdict on a certificate: the reason in our words. */
const certificateReasons: Record<string, CertificateReason> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self_signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown_ca',
  UNABLE_TO_GET_ISSUER_CERT: 'chain_incomplete',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown_ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'chain_incomplete',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not_yet_valid',
  CERT_REVOKED: 'revoked',
};

/** A certificate of the server that is not accepted, by OpenSSL's verdict on it. */
export function certificateRefused(verdict: string, chain: Chain): AppError {
  const { issuer, validFromAt, validToAt } = certificateFacts(chain[0]);
  const known = certificateReasons[verdict];
  // It came alone: whether the server forgets one between, or its CA is missing here, nobody can tell.
  const reason = known === 'unknown_ca' && chain.length === 1 ? 'chain_incomplete' : known;
  const sentences: Partial<Record<CertificateReason, [message: string, hint: string]>> = {
    self_signed: ["The server's certificate is signed by itself.", trustHint],
    unknown_ca: [
      `The server's certificate is signed by a CA that is not known here: ${topOf(chain).issuer}.`,
      trustHint,
    ],
    chain_incomplete: [
      `The server sent its certificate without that of ${issuer}, which signed it and is not known here.`,
      `If ${issuer} is your own CA, choose its file as CA file. Else the administrator of the server has to add the missing certificates to those that it sends.`,
    ],
    expired: [
      `The server's certificate, or one that it rests on, has expired: its own was valid until ${day(validToAt)}.`,
      'The administrator of the server has to renew it.',
    ],
    not_yet_valid: [
      `The server's certificate is not valid yet: it begins on ${day(validFromAt)}.`,
      "Check this computer's clock.",
    ],
    revoked: ["The server's certificate was revoked.", 'Ask the administrator of the server.'],
  };
  const [message, hint] = (reason && sentences[reason]) ?? [
    "The server's certificate was not accepted.",
    trustHint,
  ];
  const maybeTrusted = reason === 'self_signed' || reason === 'unknown_ca' || reason === 'chain_incomplete';
  return certificateInvalid(chain, { verdict }, message, {
    ...(reason === undefined ? {} : { reason }),
    hint,
    actions: maybeTrusted ? [tlsActions.trustCa, tlsActions.pinKey, editAction] : [editAction],
  });
}

const trustHint =
  'Compare its fingerprint with what the administrator of the server tells you; then trust it, or choose the file of its CA.';

/** The certificate is trusted, but it is somebody else's. */
export const wrongName = (chain: Chain, name: string): AppError =>
  certificateInvalid(
    chain,
    { expectedName: name },
    `The server's certificate is for ${chain[0].subjectAltName ?? certificateFacts(chain[0]).subject}, not for ${name}.`,
    {
      reason: 'hostname_mismatch',
      hint: 'Connect by a name that it is for, or type that as server name if you know that this is the right server.',
      actions: [editAction],
    },
  );

/** Another key than the pinned one: a hard stop, for this is what a pin is there for. */
export function pinMismatch(chain: Chain, pinned: string): AppError {
  const seen = spkiSha256(chain[0]);
  return certificateInvalid(
    chain,
    { pinnedSpkiSha256: pinned },
    `The server answers with another key than the pinned one: pinned ${pinned}, seen ${seen}.`,
    {
      reason: 'pin_mismatch',
      hint: 'Somebody may stand between you and the server. If its key was changed on purpose, type the new pin.',
      retry: 'never',
      actions: [editAction],
    },
  );
}

function certificateInvalid(
  chain: Chain,
  more: Record<string, unknown>,
  message: string,
  facts: ConstructorParameters<typeof AppError>[2],
): AppError {
  return new AppError('TLS_CERT_INVALID', message, {
    ...facts,
    detail: {
      ...certificateFacts(chain[0]),
      ...more,
      // The one that a button trusts: the top of what was sent, which without a chain is the server's own.
      trust: topOf(chain),
    },
  });
}

function topOf(chain: Chain) {
  const top = chain.at(-1) ?? chain[0];
  return { ...certificateFacts(top), pem: top.toString() };
}
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

type ClientKeyReason = 'passphrase_required' | 'passphrase_wrong' | 'unreadable' | 'mismatch';

export const clientKeyError = (reason: ClientKeyReason, message: string, cause?: unknown): AppError =>
  new AppError('TLS_CLIENT_KEY', message, {
    reason,
    ...(cause instanceof Error ? { detail: cause.message } : {}),
    actions: reason.startsWith('passphrase') ? [tlsActions.enterPassphrase, editAction] : [editAction],
    cause,
  });

/** Alerts by which a server refuses the certificate of its client, in TLS 1.3 after the handshake has ended for us. */
const ofClientCertificate =
  /ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(REVOKED|EXPIRED|UNKNOWN|REQUIRED)|UNKNOWN_CA|ACCESS_DENIED)/;

/** Does this come from OpenSSL? Then `handshakeError` knows what it means, in the handshake and after it. */
export const isOfTls = (error: unknown): boolean => /^ERR_SSL_/.test(codeOf(error));

export function handshakeError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  const detail = error instanceof Error ? error.message : String(error);
  if (ofClientCertificate.test(code))
    return new AppError('TLS_CLIENT_CERT_REQUIRED', 'The server does not accept the client certificate.', {
      reason: 'refused',
      detail,
      hint: 'Choose one that is signed by a CA of the server and has not expired.',
      actions: [editAction],
      cause: error,
    });
  return new AppError(
    'TLS_HANDSHAKE',
    code === 'ECONNRESET'
      ? 'The server closed the connection while encryption was being agreed.'
      : 'Encryption could not be agreed with the server.',
    { detail, actions: [editAction], cause: error },
  );
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
