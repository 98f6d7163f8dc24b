import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#shared/error/appError.ts';
import type { DataFolder } from '../storage/dataFolder.ts';
import { writeError } from '../storage/storeErrors.ts';

export const certificateKeeper =
  ({ paths }: DataFolder) =>
  (pem: string) =>
    keepCertificate(paths.certificates, pem);

/**
 * Keeps a certificate that the user wants to trust as a file of its own, `<sha256>.pem` in `folder`, so that it can stand
 * as `caFile` in a definition. Rejects with INVALID_CONFIG where it is none.
 */
async function keepCertificate(folder: string, pem: string): Promise<{ caFile: string; sha256: string }> {
  const certificate = parse(pem);
  const sha256 = certificate.fingerprint256;
  const caFile = join(folder, `${sha256.replaceAll(':', '').toLowerCase()}.pem`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Of what was sent the certificate alone: nothing else gets into a file of ours.
    await writeFile(`${caFile}.tmp`, certificate.toString(), { mode: 0o600 });
    await chmod(`${caFile}.tmp`, 0o600);
    await rename(`${caFile}.tmp`, caFile);
  } catch (error) {
    throw writeError(caFile, error);
  }
  return { caFile, sha256 };
}

/** As long as this a certificate may wait for the definition that it was kept for to be saved. */
const unusedMs = 24 * 60 * 60 * 1000;
const keptName = /^[0-9a-f]{64}\.pem(?:\.tmp)?$/;

/**
 * Removes what was kept for definitions that are gone or name another file now. One is known by its name alone, so that a
 * data folder may be moved. While a store has a problem nothing is removed, for its definitions may come back.
 */
export async function dropUnusedCertificates(
  { paths, problems }: DataFolder,
  caFiles: readonly (string | undefined)[],
  now = Date.now(),
): Promise<void> {
  if (problems.list().length > 0) return;
  const used = new Set(caFiles.map((file) => file?.split(/[\\/]/).at(-1)));
  const names = await readdir(paths.certificates).catch(() => []);
  for (const name of names.filter((each) => keptName.test(each) && !used.has(each))) {
    const file = join(paths.certificates, name);
    const found = await stat(file).catch(() => undefined);
    if (found && now - found.mtimeMs > unusedMs) await rm(file, { force: true }).catch(() => undefined);
  }
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new AppError('INVALID_CONFIG', 'This is no certificate.', {
      issues: [{ path: 'pem', message: 'Not a certificate in PEM' }],
      cause,
    });
  }
}
