import { randomBytes } from 'node:crypto';
import { readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { clusterVersion, createCluster, failed, runSingleUser, syncCluster } from './cluster.ts';
import { newToken, type Guard } from './guard.ts';
import type { Launcher } from './launcher.ts';
import { createShopDatabase, sampleShop, shopDatabase } from './sample/sampleShop.ts';
import { clearLeftovers } from './serverProcess.ts';

export interface DataFolderPaths {
  data: string;
  password: string;
  log: string;
}

export const dataFolderPaths = (home: string): DataFolderPaths => ({
  data: path.join(home, 'data'),
  password: path.join(home, 'password'),
  log: path.join(home, 'server.log'),
});

const makingPrefix = 'making-';

/**
 * Sees to it that the folder holds a cluster with the sample shop that a server can be started on, and returns the superuser's password.
 * The cluster is made under another name and renamed when all of it is on the disk, so that one that was interrupted, by whatever,
 * is never mistaken for a whole one; what an earlier attempt or server left is cleared away first.
 */
export async function prepareDataFolder({
  launcher,
  guard,
  signal,
  onActivity,
}: {
  launcher: Launcher;
  guard: Guard;
  signal: AbortSignal;
  onActivity: (words: string) => void;
}): Promise<string> {
  const { data, password } = dataFolderPaths(launcher.home);
  await clearFolder(launcher.home, guard);
  const version = await clusterVersion(data);
  if (version !== undefined) checkVersion(version, launcher.version);
  else if (await exists(data)) throw failed('The data of the built-in server is damaged.', data, resetHint);
  else await makeCluster({ launcher, guard, signal, onActivity });
  const secret = await readFile(password, 'utf8').catch(() => '');
  if (secret.trim() === '') {
    throw failed('The password of the built-in server is gone from its folder.', password, resetHint);
  }
  return secret.trim();
}

/** Ends and removes what an interrupted attempt left, and what a server left whose guard died with it. */
export async function clearFolder(home: string, guard: Guard): Promise<void> {
  for (const name of await readdir(home).catch(() => [])) {
    if (!name.startsWith(makingPrefix)) continue;
    await guard.sweep(name.slice(makingPrefix.length));
    await rm(path.join(home, name), { recursive: true, force: true });
  }
  await clearLeftovers(dataFolderPaths(home).data, guard);
}

async function makeCluster({
  launcher,
  guard,
  signal,
  onActivity,
}: {
  launcher: Launcher;
  guard: Guard;
  signal: AbortSignal;
  onActivity: (words: string) => void;
}): Promise<void> {
  const { data, password } = dataFolderPaths(launcher.home);
  const token = newToken();
  const folder = path.join(launcher.home, `${makingPrefix}${token}`);
  guard.watch(token);
  try {
    onActivity('Preparing a PostgreSQL server');
    await rm(password, { force: true });
    await writeFile(password, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    await launcher.own(password);
    await createCluster({ launcher, folder, passwordFile: password, token, signal });
    onActivity('Making the sample shop');
    const common = { launcher, folder, token, signal };
    await runSingleUser({ ...common, database: 'postgres', statements: [createShopDatabase] });
    await runSingleUser({ ...common, database: shopDatabase, statements: sampleShop });
    await syncCluster(launcher, folder);
    await rename(folder, data);
  } catch (error) {
    // At an abort only the first process was killed; initdb has children of its own.
    await guard.sweep(token).catch(() => {});
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    guard.forget(token);
  }
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

const resetHint = 'Reset the sample: its data is thrown away and made anew at the next connect.';

function checkVersion(found: string, ours: string): void {
  const major = ours.split('.')[0] ?? ours;
  if (found === major) return;
  throw failed(
    `The data of the built-in server was made by PostgreSQL ${found}; this version of Hawser brings PostgreSQL ${major}.`,
    'PostgreSQL does not read the data folder of another major version.',
    resetHint,
  );
}
