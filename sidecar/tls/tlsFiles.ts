import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import tls, { type SecureContext, type SecureContextOptions } from 'node:tls';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import { AppError } from '#shared/error/appError.ts';
import { wholePath } from '../storage/paths.ts';
import { verificationOf } from './modes.ts';
import { systemRoots } from './systemRoots.ts';
import { clientKeyError, editAction } from './tlsErrors.ts';

type TlsConfig = ConnectionConfig['tls'];

/** Asked for where the key is encrypted. */
export type KeyPassphrase = () => Promise<string | undefined>;

/**
 * Reads the files of a definition, and sees that they are what they should be, before anything is sent: the words of
 * OpenSSL in the midst of a handshake do not tell which file is wrong.
 */
export async function secureContext(config: TlsConfig, keyPassphrase: KeyPassphrase): Promise<SecureContext> {
  const [ca, identity] = await Promise.all([authorities(config), clientIdentity(config, keyPassphrase)]);
  const options: SecureContextOptions = { minVersion: 'TLSv1.2', ca, ...identity };
  // Who puts a certificate into this file trusts that one, also where another CA has signed it.
  const context = (): SecureContext => tls.createSecureContext({ ...options, allowPartialTrustChain: true });
  return config.caFile === undefined && !identity ? sharedContext(ca, context) : context();
}

/** Parsing some 150 CAs takes 50 ms in which nothing else runs; they are the same for every connection. */
let shared: { ca: string; context: SecureContext } | undefined;

function sharedContext(ca: string[], make: () => SecureContext): SecureContext {
  const text = ca.join('\n');
  if (shared?.ca !== text) shared = { ca: text, context: make() };
  return shared.context;
}

async function authorities(config: TlsConfig): Promise<string[]> {
  const verification = verificationOf(config);
  if (verification !== 'chain' && verification !== 'name and chain') return [];
  if (config.caFile === undefined) {
    if (verification === 'chain' && config.pinnedSpkiSha256 === undefined) throw needsOwnCa();
    return systemRoots();
  }
  const bytes = await read('caFile', config.caFile);
  try {
    // Reads both forms, PEM and DER; the first one alone shows whether there are any.
    const { raw } = new X509Certificate(bytes);
    return [bytes.includes('BEGIN') ? bytes.toString() : toPem(raw)];
  } catch (error) {
    throw unusable('caFile', `${config.caFile} holds no certificate.`, error);
  }
}

/** libpq refuses this too: anybody gets a certificate from a public CA, so without the name nothing would be checked. */
function needsOwnCa(): AppError {
  const message =
    'The mode verify-ca needs a CA file of your own; with the CAs of the system use verify-full.';
  return new AppError('INVALID_CONFIG', message, {
    issues: [{ path: 'tls.caFile', message }],
    actions: [editAction],
  });
}

async function clientIdentity(
  { certFile, keyFile }: TlsConfig,
  keyPassphrase: KeyPassphrase,
): Promise<Pick<SecureContextOptions, 'cert' | 'key'> | undefined> {
  if (certFile === undefined || keyFile === undefined) return undefined;
  const [cert, keyBytes] = await Promise.all([read('certFile', certFile), read('keyFile', keyFile)]);
  const key = await privateKey(keyBytes, keyFile, keyPassphrase);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch (error) {
    throw clientKeyError('unreadable', `${certFile} holds no certificate.`, error);
  }
  if (!certificate.checkPrivateKey(key))
    throw clientKeyError(
      'mismatch',
      `The key in ${keyFile} is not the one of the certificate in ${certFile}.`,
    );
  // The chain that stands behind the certificate in a PEM file is sent with it.
  const pem = cert.includes('BEGIN') ? cert : toPem(certificate.raw);
  return { cert: pem, key: key.export({ type: 'pkcs8', format: 'pem' }) };
}

async function privateKey(key: Buffer, file: string, keyPassphrase: KeyPassphrase) {
  const format = key.includes('BEGIN') ? {} : ({ format: 'der', type: 'pkcs8' } as const);
  try {
    return createPrivateKey({ key, ...format });
  } catch (error) {
    if (!isEncrypted(error, key))
      throw clientKeyError('unreadable', `${file} holds no key that can be read.`, error);
  }
  const passphrase = await keyPassphrase();
  if (passphrase === undefined)
    throw clientKeyError('passphrase_required', `The key in ${file} needs its passphrase.`);
  try {
    return createPrivateKey({ key, ...format, passphrase });
  } catch (error) {
    throw clientKeyError('passphrase_wrong', `The passphrase does not open the key in ${file}.`, error);
  }
}

const isEncrypted = (error: unknown, key: Buffer): boolean =>
  (error instanceof Error && 'code' in error && error.code === 'ERR_MISSING_PASSPHRASE') ||
  key.includes('ENCRYPTED');

async function read(field: 'caFile' | 'certFile' | 'keyFile', path: string): Promise<Buffer> {
  try {
    return await readFile(wholePath(path) ?? path);
  } catch (error) {
    throw unusable(field, `The file ${path} cannot be read.`, error);
  }
}

const unusable = (field: string, message: string, cause: unknown): AppError =>
  new AppError('FILE_NOT_FOUND', message, {
    detail: String(cause),
    issues: [{ path: `tls.${field}`, message }],
    actions: [editAction],
    cause,
  });

const toPem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
