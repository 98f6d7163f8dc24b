import { createHash } from 'node:crypto';
import { chmod, chown, lchown, mkdir, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#shared/error/appError.ts';
import { copyBinaries, programPath, type Binaries, type Program } from './binaries.ts';
import { runCommand } from './command.ts';

/** How programs of PostgreSQL are run here, and where they may keep their data. */
export interface Launcher {
  /** The folder for data: the one asked for, or another where the account cannot reach that. */
  readonly home: string;
  /** For example `18.4`. */
  readonly version: string;
  command(program: Program, args: readonly string[]): string[];
  /** Gives a file or folder, with all that is in it, to the account that the programs run under. */
  own(target: string): Promise<void>;
}

interface Account {
  prefix: readonly string[];
  owner?: { uid: number; gid: number };
}

/** Starting a program and printing one line takes milliseconds; a machine that needs longer than this is broken. */
const probeDeadlineMs = 10_000;

const userNamespace: Account = {
  prefix: ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--'],
};

/**
 * Finds out how PostgreSQL can run here, by running it. An ordinary user runs it directly. PostgreSQL refuses root, so root
 * gets a user namespace in which it is user 1000 (files stay root's own); where that is forbidden, another account, whose
 * data lives in `outside` because no other account can enter a home folder of mode 0700.
 * Throws EMBEDDED_UNAVAILABLE with what to do.
 */
export async function findLauncher({
  binaries,
  home,
  outside = outsideFolder(home),
}: {
  binaries: Binaries;
  home: string;
  outside?: string;
}): Promise<Launcher> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const complete = binaries.complete ? binaries : await copyBinaries(binaries, path.join(home, 'programs'));
  const version = await readVersion(complete);
  if (process.getuid?.() !== 0) return makeLauncher({ prefix: [] }, complete, home, version);
  const refused = await tryAccount(userNamespace, complete, home);
  if (refused === undefined) return makeLauncher(userNamespace, complete, home, version);
  const found = await findOtherAccount(complete, outside, refused);
  return makeLauncher(found.account, found.binaries, outside, version);
}

/** Every program tells its version to root too; this shows whether they run here at all. */
async function readVersion({ folder }: Binaries): Promise<string> {
  const { code, output } = await runCommand([programPath(folder, 'postgres'), '--version'], {
    deadlineMs: probeDeadlineMs,
  });
  const version = /\(PostgreSQL\) (\d+\S*)/.exec(output)?.[1];
  if (code !== 0 || version === undefined) throw cannotRun(output);
  return version;
}

/** Undefined where the account can run the programs and write to `home`, else what the attempt said. */
async function tryAccount(
  { prefix }: Account,
  { folder }: Binaries,
  home: string,
): Promise<string | undefined> {
  const test = ['/bin/sh', '-c', '"$0" --version && test -w "$1"', programPath(folder, 'postgres'), home];
  const { code, output } = await runCommand([...prefix, ...test], { deadlineMs: probeDeadlineMs });
  return code === 0 ? undefined : output;
}

/** The second way for root: an account that serves for such things, a folder of its own, and its own programs if need be. */
async function findOtherAccount(
  binaries: Binaries,
  outside: string,
  refused: string,
): Promise<{ account: Account; binaries: Binaries }> {
  const parent = path.dirname(outside);
  let words = refused;
  try {
    // Others must be able to pass through, whatever the umask says; a folder that was there before is left as it is.
    if ((await mkdir(parent, { recursive: true })) !== undefined) await chmod(parent, 0o711);
    await mkdir(outside, { recursive: true, mode: 0o700 });
    for (const owner of await serviceAccounts()) {
      const account = accountOf(owner);
      const change = await runCommand([...account.prefix, 'true'], { deadlineMs: probeDeadlineMs });
      words = change.output;
      if (change.code !== 0) continue;
      await chown(outside, owner.uid, owner.gid);
      if ((await tryAccount(account, binaries, outside)) === undefined) return { account, binaries };
      // The programs may lie where only root can read them, as in a checkout below /root.
      const copied = await copyBinaries(binaries, path.join(parent, 'programs'));
      const refusal = await tryAccount(account, copied, outside);
      if (refusal === undefined) return { account, binaries: copied };
      words = refusal;
    }
  } catch (cause) {
    throw noAccount(cause instanceof Error ? cause.message : words, cause);
  }
  throw noAccount(words);
}

const accountOf = (owner: { uid: number; gid: number }): Account => ({
  prefix: ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--'],
  owner,
});

async function serviceAccounts(): Promise<{ uid: number; gid: number }[]> {
  const lines = await readFile('/etc/passwd', 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  );
  return ['postgres', 'nobody'].flatMap((wanted) => {
    const [name, , uid, gid] = lines.find((line) => line.startsWith(`${wanted}:`))?.split(':') ?? [];
    return name === undefined ? [] : [{ uid: Number(uid), gid: Number(gid) }];
  });
}

/** Every folder in which `findLauncher` may have placed the data of `home`. */
export const possibleHomes = (home: string): string[] =>
  process.getuid?.() === 0 ? [home, outsideFolder(home)] : [home];

/** One folder for each data folder, found again by its name. */
function outsideFolder(home: string): string {
  const name = createHash('sha256').update(path.resolve(home)).digest('hex').slice(0, 16);
  return path.join('/var/lib/hawser', name);
}

function makeLauncher(
  { prefix, owner }: Account,
  { folder }: Binaries,
  home: string,
  version: string,
): Launcher {
  return {
    home,
    version,
    command: (program, args) => [...prefix, programPath(folder, program), ...args],
    own: async (target) => {
      if (!owner) return;
      const inside = await readdir(target, { recursive: true }).catch(() => []);
      for (const name of ['', ...inside]) await lchown(path.join(target, name), owner.uid, owner.gid);
    },
  };
}

function cannotRun(detail: string): AppError {
  return new AppError('EMBEDDED_UNAVAILABLE', 'The built-in PostgreSQL cannot run on this system.', {
    detail,
    hint: 'Add a connection to a server of your own, or run "npm install" again on this machine.',
    actions: [{ id: 'retry', label: 'Try again' }],
  });
}

function noAccount(detail: string, cause?: unknown): AppError {
  return new AppError(
    'EMBEDDED_UNAVAILABLE',
    'PostgreSQL refuses to run as root, and no other account can be used here.',
    {
      detail,
      hint: 'Start Hawser as an ordinary user, or allow user namespaces (sysctl user.max_user_namespaces), or install util-linux with its program setpriv.',
      actions: [{ id: 'retry', label: 'Try again' }],
      cause,
    },
  );
}
