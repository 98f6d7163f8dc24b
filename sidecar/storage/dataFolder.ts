import { chmodSync, mkdirSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { AppError } from '#shared/error/appError.ts';
import { takeLock, type Lock } from './lock.ts';
import { dataPaths } from './paths.ts';
import { StoreProblems } from './problems.ts';
import { sweepHalfFiles } from './halfFiles.ts';
import { sweepSpoolFiles } from './spoolFile.ts';
import { folderError } from './storeErrors.ts';

export interface DataFolder {
  /** Its real path, without links. */
  readonly path: string;
  readonly paths: ReturnType<typeof dataPaths>;
  readonly problems: StoreProblems;
  /** Gives the lock back; more than once does no harm. To be called when all stores are closed. */
  close(): Promise<void>;
}

/**
 * Makes the folder where it is not there, for its owner alone, and takes its lock: rejects with DATA_FOLDER_IN_USE
 * where another sidecar has it. A folder that cannot be written to is no reason not to start: that is told as a
 * problem, and everything stays in memory.
 */
export async function openDataFolder(dir: string): Promise<DataFolder> {
  const problems = new StoreProblems();
  const report = problems.reporter('lock');
  const path = makeFolder(dir, report);
  const paths = dataPaths(path);
  const lock = await lockFolder(paths).catch((error: unknown): Lock => {
    if (error instanceof AppError) throw error;
    report(folderError(path, error));
    return { release: () => Promise.resolve() };
  });
  let closing: Promise<void> | undefined;
  return { path, paths, problems, close: () => (closing ??= lock.release()) };
}

/** What is in the folder belongs to this process alone from then on. */
async function lockFolder({ lock: path, spool }: ReturnType<typeof dataPaths>): Promise<Lock> {
  const lock = await takeLock(path);
  await sweepHalfFiles(spool);
  await sweepSpoolFiles(spool);
  return lock;
}

/** At once: while the process starts there is nothing to be done meanwhile, and waiting takes longer. */
function makeFolder(dir: string, report: (problem: AppError) => void): string {
  try {
    const made = mkdirSync(dir, { recursive: true, mode: 0o700 });
    const path = realpathSync(dir);
    if (process.platform !== 'win32' && (made !== undefined || isOurs(path))) closeToOthers(path);
    return path;
  } catch (error) {
    report(folderError(dir, error));
    return resolve(dir);
  }
}

function closeToOthers(path: string): void {
  try {
    chmodSync(path, 0o700);
  } catch {
    // What is put into it is closed file by file.
  }
}

/**
 * Whether a folder that was there may be closed to others. One that holds other things (a home, /tmp) may have been
 * named by mistake, and taking it from its users would do harm; what we put into it is closed file by file. Another
 * user's folder stays as it is too.
 */
function isOurs(path: string): boolean {
  const own = Object.values(dataPaths(path)).map((known) => basename(known));
  const names = readdirSync(path);
  const isShared = (statSync(path).mode & 0o1000) !== 0;
  return (
    !isShared && names.every((name) => own.some((known) => name === known || name.startsWith(`${known}.`)))
  );
}
