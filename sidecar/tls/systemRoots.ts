import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import { AppError } from '#shared/error/appError.ts';

/** Where distributions keep the CAs that their administrator trusts, in one file: Debian, Fedora, SUSE, RHEL, Alpine, BSD. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Newer Node knows the system's store on every platform. */
type NewerTls = typeof tls & { getCACertificates?: (type: 'system') => string[] };

/**
 * The CAs that this computer trusts, which is what OpenSSL's default paths, and so libpq's `sslrootcert=system`, give:
 * what the administrator has added counts, and what he has taken away does not. SSL_CERT_FILE stands before all, as for
 * OpenSSL. The list that Node brings along is used only where the system has none to read.
 */
export async function systemRoots(env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const chosen = env.SSL_CERT_FILE;
  if (chosen) return [await readChosen(chosen)];
  const known = (tls as NewerTls).getCACertificates?.('system') ?? [];
  if (known.length > 0) return known;
  for (const bundle of bundles) {
    const text = await readFile(bundle, 'utf8').catch(() => '');
    if (text.includes('BEGIN CERTIFICATE')) return [text];
  }
  return [...tls.rootCertificates];
}

async function readChosen(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new AppError('FILE_NOT_FOUND', `The file ${file} of SSL_CERT_FILE cannot be read.`, {
      detail: String(cause),
      hint: 'Choose a CA file in this connection, or correct SSL_CERT_FILE where Hawser is started.',
      actions: [{ id: 'edit', label: 'Edit connection' }],
      cause,
    });
  }
}
