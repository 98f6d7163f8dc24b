import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { tempFolder } from './tempFolder.ts';

export interface TestKeyring {
  /** What a program needs to find it, and nothing else of the user's own desktop. */
  env: Record<string, string>;
  /** Ends it and starts it again with everything in it, but locked; there is no display for a dialog. */
  lock(): Promise<void>;
  unlock(): Promise<void>;
  /** From now on it answers nobody. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

const startLimitMs = 20_000;
/** They end with this process, however that ends. */
const withUs = ['--pdeathsig=KILL', '--'];

/** Why the tests that need it are left out; undefined where they are not. What fetches it is `npm run test:pg`. */
export function whyNoKeyring(): string | undefined {
  if (process.platform !== 'linux') return 'GNOME Keyring is looked for on Linux only';
  return isKeyringInstalled() ? undefined : 'GNOME Keyring is not installed';
}

export const isKeyringInstalled = (): boolean =>
  ['gnome-keyring-daemon', 'dbus-daemon', 'dbus-send'].every(
    (program) => spawnSync(program, ['--version'], { stdio: 'ignore', timeout: 20_000 }).error === undefined,
  );

/** A GNOME Keyring of the tests' own: a bus of its own, a home of its own, unlocked. */
export async function startKeyring(): Promise<TestKeyring> {
  const folder = await tempFolder();
  const runtime = path.join(folder.path, 'run');
  await mkdir(runtime, { mode: 0o700 });
  const private_ = {
    HOME: folder.path,
    XDG_RUNTIME_DIR: runtime,
    XDG_DATA_HOME: path.join(folder.path, 'share'),
  };
  const bus = spawn(
    'setpriv',
    [...withUs, 'dbus-daemon', '--session', '--nofork', '--nopidfile', '--print-address=1'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: withoutDesktop(private_),
    },
  );
  const address = await firstLine(bus);
  const env = { ...private_, DBUS_SESSION_BUS_ADDRESS: address, DISPLAY: '', WAYLAND_DISPLAY: '' };
  let daemon = await startDaemon(env, true);
  const again = async (unlocked: boolean) => {
    await end(daemon);
    daemon = await startDaemon(env, unlocked);
  };
  return {
    env,
    lock: () => again(false),
    unlock: () => again(true),
    freeze: () => void daemon.kill('SIGSTOP'),
    thaw: () => void daemon.kill('SIGCONT'),
    close: async () => {
      await end(daemon);
      await end(bus);
      await folder.remove();
    },
  };
}

async function startDaemon(env: Record<string, string>, unlocked: boolean): Promise<ChildProcess> {
  const daemon = spawn(
    'setpriv',
    [
      ...withUs,
      'gnome-keyring-daemon',
      '--foreground',
      '--components=secrets',
      ...(unlocked ? ['--unlock'] : []),
    ],
    { stdio: ['pipe', 'ignore', 'ignore'], env: withoutDesktop(env) },
  );
  daemon.stdin.on('error', () => {});
  daemon.stdin.end('password of the test keyring');
  const deadline = performance.now() + startLimitMs;
  while (!hasItsName(env)) {
    if (daemon.exitCode !== null || performance.now() > deadline)
      throw new Error('GNOME Keyring did not start');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return daemon;
}

function hasItsName(env: Record<string, string>): boolean {
  const question = ['--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner'];
  const { stdout } = spawnSync(
    'dbus-send',
    ['--session', '--print-reply', ...question, 'string:org.freedesktop.secrets'],
    { env: withoutDesktop(env), encoding: 'utf8' },
  );
  return stdout.includes('boolean true');
}

function withoutDesktop(more: Record<string, string>): NodeJS.ProcessEnv {
  const { DISPLAY: _, WAYLAND_DISPLAY: __, DBUS_SESSION_BUS_ADDRESS: ___, ...env } = process.env;
  return { ...env, ...more };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('No output to read');
  const [chunk] = (await once(stdout, 'data', { signal: AbortSignal.timeout(startLimitMs) })) as [Buffer];
  return chunk.toString().trim();
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
