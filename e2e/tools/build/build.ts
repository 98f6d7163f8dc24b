import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprint, forgetStamp, isFresh, writeStamp } from './staleness.ts';
import { targets, type Target } from './targets.ts';

export interface BuildChoice {
  /** Also what is not stale. */
  readonly all?: boolean;
  /** Names of targets; empty for all that the program consists of. */
  readonly only?: readonly string[];
}

/**
 * Makes what is stale under `dist` and says so on stderr.
 * @returns the names of the targets that were made.
 */
export async function build(
  root: string,
  { all = false, only = [] }: BuildChoice = {},
): Promise<Target['name'][]> {
  const unknown = only.find((name) => !targets.some((target) => target.name === name));
  if (unknown !== undefined) throw new Error(`There is no target ${unknown}.`);
  const made: Target['name'][] = [];
  const chosen = targets.filter(({ name, forTests }) =>
    only.length === 0 ? !forTests : only.includes(name),
  );
  for (const target of chosen) {
    const print = await fingerprint(root, target.inputs);
    if (!all && (await isFresh(root, target.name, print))) continue;
    const startedAt = Date.now();
    await make(root, target, print);
    made.push(target.name);
    console.error(`Built dist/${target.name} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
  }
  return made;
}

/**
 * A target is made beside the old one and then takes its place, so that a build that fails leaves what worked,
 * and a program that starts meanwhile finds whole files.
 */
async function make(root: string, target: Target, print: string): Promise<void> {
  const dist = join(root, 'dist');
  const fresh = join(dist, `.${target.name}-${process.pid}`);
  const old = `${fresh}-old`;
  await mkdir(dist, { recursive: true });
  try {
    await target.make(root, fresh);
    await forgetStamp(root, target.name);
    await rename(join(dist, target.name), old).catch(ignoreMissing);
    await rename(fresh, join(dist, target.name));
    await writeStamp(root, target.name, print);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
