import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { ConnectionConfig, TlsMode } from '#shared/connection/config.ts';
import { AppError } from '#shared/error/appError.ts';
import { wholePath } from '../storage/paths.ts';
import { tlsError } from './tlsErrors.ts';

const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

export interface TlsFacts extends Record<string, unknown> {
  encrypted: boolean;
  version?: string;
  cipher?: string;
  subject?: string;
  issuer?: string;
  validFromAt?: number;
  validToAt?: number;
  names?: string;
  verified?: 'name and chain' | 'chain' | 'no';
}

export interface UpgradeOptions {
  tls: ConnectionConfig['tls'];
  /** The name in the config: what the certificate is checked against, also through a tunnel. */
  host: string;
  /** Asked for where there is a key. */
  keyPassphrase: () => Promise<string | undefined>;
  signal: AbortSignal;
}

/** Modes that go on in plain text when the server offers no TLS, as libpq's do. */
const mayBePlain: ReadonlySet<TlsMode> = new Set(['disable', 'allow', 'prefer']);

/**
 * Asks the server for TLS over an open socket, with libpq's six modes. `allow` begins in plain text, `prefer` goes on so
 * when the server says no; every other mode fails then, never silently plain.
 */
export async function upgrade(
  socket: Duplex,
  options: UpgradeOptions,
): Promise<{ stream: Duplex; facts: TlsFacts }> {
  const { mode } = options.tls;
  if (mode === 'disable' || mode === 'allow') return { stream: socket, facts: { encrypted: false } };
  const answer = await askForTls(socket, options.signal);
  if (answer === 'N') {
    if (mayBePlain.has(mode)) return { stream: socket, facts: { encrypted: false } };
    throw new AppError('TLS_NOT_SUPPORTED', 'The server offers no encryption.', {
      hint: 'Switch TLS on at the server, or use a mode that allows plain text if you trust the network.',
      actions: [{ id: 'edit', label: 'Edit connection' }],
    });
  }
  return handshake(socket, options);
}

async function askForTls(socket: Duplex, signal: AbortSignal): Promise<'S' | 'N'> {
  socket.write(sslRequest);
  const answer = await readByte(socket, signal);
  if (answer === 'S' || answer === 'N') return answer;
  throw new AppError('NOT_POSTGRES', 'Something answers there, but it is not PostgreSQL.', {
    detail: `It answered the request for TLS with ${JSON.stringify(answer)}.`,
    actions: [{ id: 'edit', label: 'Edit connection' }],
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

async function handshake(
  socket: Duplex,
  { tls: config, host, keyPassphrase, signal }: UpgradeOptions,
): Promise<{ stream: Duplex; facts: TlsFacts }> {
  const files = await readFiles(config);
  const passphrase = files.key && (await keyPassphrase());
  const name = config.serverName ?? host;
  // libpq verifies the chain in `require` too where a CA file is named.
  const verifyChain =
    config.mode.startsWith('verify') || (config.mode === 'require' && config.caFile !== undefined);
  let secure: tls.TLSSocket;
  try {
    secure = tls.connect({
      socket,
      ...files,
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(isIP(name) ? {} : { servername: name }),
      host: name,
      rejectUnauthorized: verifyChain,
      ...(config.mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    });
  } catch (error) {
    throw tlsError(error, name);
  }
  secure.on('error', () => {});
  try {
    await once(secure, 'secureConnect', { signal });
  } catch (error) {
    secure.destroy();
    throw signal.aborted ? signal.reason : tlsError(error, name, secure);
  }
  const verified = verifyChain ? (config.mode === 'verify-full' ? 'name and chain' : 'chain') : 'no';
  return { stream: secure, facts: describe(secure, verified) };
}

async function readFiles({ caFile, certFile, keyFile }: ConnectionConfig['tls']) {
  const read = async (path: string | undefined) => {
    if (path === undefined) return undefined;
    try {
      return await readFile(wholePath(path) ?? path);
    } catch (error) {
      throw new AppError('FILE_NOT_FOUND', `The file ${path} cannot be read.`, { detail: String(error) });
    }
  };
  const [ca, cert, key] = await Promise.all([read(caFile), read(certFile), read(keyFile)]);
  return { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
}

function describe(secure: tls.TLSSocket, verified: NonNullable<TlsFacts['verified']>): TlsFacts {
  const certificate = secure.getPeerCertificate();
  const facts: TlsFacts = { encrypted: true, cipher: secure.getCipher().name, verified };
  const version = secure.getProtocol();
  if (version) facts.version = version;
  if (certificate.subject) facts.subject = String(certificate.subject.CN);
  if (certificate.issuer) facts.issuer = String(certificate.issuer.CN);
  if (certificate.valid_from) facts.validFromAt = Date.parse(certificate.valid_from);
  if (certificate.valid_to) facts.validToAt = Date.parse(certificate.valid_to);
  if (certificate.subjectaltname) facts.names = certificate.subjectaltname;
  return facts;
}
