import { constants } from 'node:fs';
import { chmod, cp, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { findBinaries } from '../embedded/binaries.ts';
import { createCluster } from '../embedded/cluster.ts';
import { newToken, type Guard } from '../embedded/guard.ts';
import { findLauncher, type Launcher } from '../embedded/launcher.ts';

export const testPassword = 'correct horse';

/** The launcher for a folder of a test. Its data lies in `launcher.home`, in there for every account. */
export async function testLauncher(folder: string): Promise<Launcher> {
  await chmod(folder, 0o711);
  return findLauncher({ binaries: await findBinaries(), home: folder, outside: path.join(folder, 'server') });
}

/**
 * A copy of an empty cluster in `data` of the launcher's home. initdb takes half a second, a copy a tenth: so it runs once per version and user, into a
 * folder that stays in the system's temporary folder. Whoever is first puts it there by a rename; who comes second throws his away.
 */
export async function copyCluster(launcher: Launcher, guard: Guard): Promise<string> {
  const template = path.join(tmpdir(), `hawser-test-cluster-${launcher.version}-${userInfo().uid}`);
  if (!(await isFolder(template))) await makeTemplate(launcher, template, guard);
  const data = path.join(launcher.home, 'data');
  await cp(template, data, { recursive: true, mode: constants.COPYFILE_FICLONE });
  await launcher.own(data);
  return data;
}

/** A cluster of its own, with a system identifier of its own: copies of the template all have the same one. */
export async function newCluster(launcher: Launcher, guard: Guard): Promise<string> {
  const data = path.join(launcher.home, 'data');
  await makeTemplate(launcher, data, guard);
  await launcher.own(data);
  return data;
}

async function makeTemplate(launcher: Launcher, template: string, guard: Guard): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hawser-test-init-'));
  const token = newToken();
  guard.watch(token);
  guard.removeAtEnd(folder);
  try {
    const passwordFile = path.join(folder, 'password');
    await writeFile(passwordFile, `${testPassword}\n`, { mode: 0o600 });
    await launcher.own(folder);
    await createCluster({ launcher, folder: path.join(folder, 'data'), passwordFile, token });
    await rename(path.join(folder, 'data'), template).catch(async (error: unknown) => {
      if (!(await isFolder(template))) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
    guard.keep(folder);
    guard.forget(token);
  }
}

const isFolder = (folder: string): Promise<boolean> =>
  stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
