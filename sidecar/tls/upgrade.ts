import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls, { type SecureContext, type TLSSocket } from 'node:tls';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { PlainReason, TlsSession } from '#shared/connection/status.ts';
import { AppError } from '#shared/error/appError.ts';
import { certificateFacts, chainOf, spkiSha256, type Chain } from './certificate.ts';
import { verificationOf, type Encryption, type Verification } from './modes.ts';
import { certificateRefused, editAction, handshakeError, pinMismatch, wrongName } from './tlsErrors.ts';
import { secureContext, type KeyPassphrase } from './tlsFiles.ts';

const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** What an upgrade came to; the facts of a stage. */
export type TlsFacts = { encrypted: false; plainBecause?: PlainReason } | ({ encrypted: true } & TlsSession);

export interface UpgradeOptions {
  encryption: Encryption;
  /** The name in the config: what the certificate is checked against, also through a tunnel. */
  host: string;
  signal: AbortSignal;
}

/** Makes open sockets of one definition encrypted; reads its files once. */
export class TlsUpgrade {
  readonly #config: ConnectionConfig['tls'];
  readonly #keyPassphrase: KeyPassphrase;
  #context: Promise<SecureContext> | undefined;

  constructor(config: ConnectionConfig['tls'], keyPassphrase: KeyPassphrase) {
    this.#config = config;
    this.#keyPassphrase = keyPassphrase;
  }

  /**
   * Asks the server for TLS. Where it says no, only `ifOffered` goes on in plain text; with `always` not a byte of the
   * login is sent then.
   */
  async run(
    socket: Duplex,
    { encryption, host, signal }: UpgradeOptions,
  ): Promise<{ stream: Duplex; facts: TlsFacts }> {
    if (encryption === 'never') return { stream: socket, facts: { encrypted: false } };
    // Before the server is asked, for it does not wait for long, and a passphrase may have to be fetched.
    const context = await this.#secureContext();
    signal.throwIfAborted();
    if ((await askForTls(socket, signal)) === 'S') return this.#handshake(socket, context, host, signal);
    if (encryption === 'ifOffered')
      return { stream: socket, facts: { encrypted: false, plainBecause: 'notOffered' } };
    throw new AppError('TLS_NOT_SUPPORTED', 'The server offers no encryption.', {
      hint: 'Switch TLS on at the server, or use a mode that allows plain text if you trust the network.',
      actions: [editAction],
    });
  }

  /** What failed is tried anew the next time: the file may be there then, or the passphrase. */
  #secureContext(): Promise<SecureContext> {
    this.#context ??= secureContext(this.#config, this.#keyPassphrase).catch((error: unknown) => {
      this.#context = undefined;
      throw error;
    });
    return this.#context;
  }

  async #handshake(socket: Duplex, secureContext: SecureContext, host: string, signal: AbortSignal) {
    const name = this.#config.serverName ?? host;
    const secure = tls.connect({
      socket,
      secureContext,
      ...(isIP(name) ? {} : { servername: name }),
      // Judged below, with the certificate at hand; Node too judges after the handshake, but keeps it to itself then.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    secure.on('error', () => {});
    try {
      await once(secure, 'secureConnect', { signal });
      const [own, ...others] = chainOf(secure);
      // By the cipher suites that Node offers a server always shows one.
      if (!own) throw new Error('The server showed no certificate');
      const verified = this.#verify(secure, [own, ...others], name);
      return { stream: secure, facts: describe(secure, own, verified) };
    } catch (error) {
      secure.destroy();
      throw signal.aborted ? signal.reason : handshakeError(error);
    }
  }

  /** Throws TLS_CERT_INVALID. Nothing but the handshake has been sent by now. */
  #verify(secure: TLSSocket, chain: Chain, name: string): Verification {
    const verification = verificationOf(this.#config);
    const { pinnedSpkiSha256 } = this.#config;
    // First, for what it tells is the gravest.
    if (pinnedSpkiSha256 !== undefined && spkiSha256(chain[0]) !== pinnedSpkiSha256)
      throw pinMismatch(chain, pinnedSpkiSha256);
    if (verification === 'no' || verification === 'key') return verification;
    // Node's types say Error, and it gives a code.
    if (!secure.authorized) throw certificateRefused(String(secure.authorizationError), chain);
    if (verification === 'name and chain' && tls.checkServerIdentity(name, secure.getPeerCertificate()))
      throw wrongName(chain, name);
    return verification;
  }
}

async function askForTls(socket: Duplex, signal: AbortSignal): Promise<'S' | 'N'> {
  socket.write(sslRequest);
  const answer = await readByte(socket, signal);
  if (answer === 'S' || answer === 'N') return answer;
  // Its text is not shown: nobody knows who wrote it, before the server has proved itself.
  if (answer === 'E')
    throw new AppError('TLS_HANDSHAKE', 'The server answered the request for encryption with an error.', {
      hint: "It may be short of memory or processes; the server's log says more.",
      actions: [{ id: 'retry', label: 'Try again' }, editAction],
    });
  throw new AppError('NOT_POSTGRES', 'Something answers there, but it is not PostgreSQL.', {
    detail: `It answered the request for TLS with ${JSON.stringify(answer)}.`,
    actions: [editAction],
  });
}

/** Reads exactly one byte: what follows it would be plain text slipped in before the handshake, and is refused. */
async function readByte(socket: Duplex, signal: AbortSignal): Promise<string> {
  const closed = new AbortController();
  const onEnd = () =>
    closed.abort(new AppError('CONNECTION_LOST', 'The server closed the connection at once.'));
  socket.once('end', onEnd);
  try {
    const [chunk] = (await once(socket, 'data', { signal: AbortSignal.any([signal, closed.signal]) })) as [
      Buffer,
    ];
    socket.pause();
    const answer = String.fromCharCode(chunk[0] ?? 0);
    if ((answer === 'S' || answer === 'N') && chunk.length > 1)
      throw new AppError('PROTOCOL_ERROR', 'The server sent data before the encryption was agreed.', {
        retry: 'never',
      });
    return answer;
  } catch (error) {
    throw closed.signal.aborted ? closed.signal.reason : signal.aborted ? signal.reason : error;
  } finally {
    socket.off('end', onEnd);
  }
}

function describe(secure: TLSSocket, certificate: X509Certificate, verified: Verification): TlsFacts {
  return {
    encrypted: true,
    version: secure.getProtocol() ?? 'unknown',
    cipher: secure.getCipher().name,
    ...certificateFacts(certificate),
    verified,
  };
}
