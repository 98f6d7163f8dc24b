import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '../embedded/freePort.ts';
import { fingerprint } from '../ssh/hostKey.ts';
import { untilListening } from './listening.ts';
import { listProcesses } from './processes.ts';
import { tempFolder } from './tempFolder.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const sshdPath = '/usr/sbin/sshd';
/** sshd as root insists on it; systems make it when their own sshd starts. */
const privilegeFolder = '/run/sshd';

export interface SshServerOptions {
  /** Public keys that may log in, as in authorized_keys. */
  keys?: string[];
  /** A user with a password, whom this sshd alone knows: it runs with account files of its own. */
  account?: { name: string; password: string };
}

/** Why the tests that need it are left out; undefined where they are not. What fetches it is `npm run test:pg`. */
export function whyNoSshd(): string | undefined {
  if (process.platform !== 'linux') return 'sshd is looked for on Linux only';
  return isSshdInstalled() ? undefined : 'The SSH server of OpenSSH is not installed';
}

export const isSshdInstalled = (): boolean => existsSync(sshdPath);

/** Passwords are those of accounts, and no account is made on the machine for a test. */
export function whyNoSshPasswords(): string | undefined {
  const missing = whyNoSshd();
  if (missing !== undefined) return missing;
  const possible = isRoot && spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status === 0;
  return possible ? undefined : 'Account files of its own are for root with namespaces only';
}

interface Plan {
  folder: Awaited<ReturnType<typeof tempFolder>>;
  /** A file in its folder. */
  at: (name: string) => string;
  port: number;
  command: string[];
  passwords: boolean;
}

/** A real sshd on loopback, with a configuration, keys and accounts of its own. */
export class SshServer {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly username = userInfo().username;
  readonly #plan: Plan;
  #child: ChildProcess;
  #said = '';

  private constructor(plan: Plan) {
    this.#plan = plan;
    this.port = plan.port;
    this.#child = this.#spawn();
  }

  static async start({ keys = [], account }: SshServerOptions = {}): Promise<SshServer> {
    const folder = await tempFolder();
    const port = await findFreePort();
    const at = (name: string) => path.join(folder.path, name);
    await Promise.all([makeKey(at('host_ed25519')), makeKey(at('host_ecdsa'), { type: 'ecdsa' })]);
    await writeFile(at('authorized_keys'), keys.join(''));
    await chmod(folder.path, 0o755);
    const passwords = account !== undefined;
    await writeFile(at('sshd_config'), configText(at, { port, passwords, settings: {} }));
    if (isRoot) await mkdir(privilegeFolder, { recursive: true, mode: 0o755 });
    const sshd = [sshdPath, '-D', '-e', '-f', at('sshd_config')];
    const command = account ? await withAccount(at, account, sshd) : sshd;
    const server = new SshServer({ folder, at, port, command, passwords });
    try {
      await server.#listening();
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** What it has logged. */
  get log(): string {
    return this.#said;
  }

  /** The line of one of its keys as known_hosts has it, without the name. */
  async hostKey(type: 'ed25519' | 'ecdsa' = 'ed25519'): Promise<{ line: string; fingerprint: string }> {
    const text = await readFile(this.#plan.at(`host_${type}.pub`), 'utf8');
    const [algorithm = '', key = ''] = text.split(' ');
    return { line: `${algorithm} ${key}`, fingerprint: fingerprint(Buffer.from(key, 'base64')) };
  }

  /** `[host]:port`, as known_hosts calls it. */
  get knownName(): string {
    return `[${this.host}]:${this.port}`;
  }

  async knownHostsLine(): Promise<string> {
    return `${this.knownName} ${(await this.hostKey()).line}\n`;
  }

  /** Another machine at the same address. */
  async changeHostKeys(): Promise<void> {
    const { at } = this.#plan;
    await this.stop();
    await Promise.all([makeKey(at('host_ed25519')), makeKey(at('host_ecdsa'), { type: 'ecdsa' })]);
    await this.restart();
  }

  /** Other settings over those of the tests, and a new start with them. */
  async configure(settings: Record<string, string>): Promise<void> {
    const { at } = this.#plan;
    await this.stop();
    await writeFile(at('sshd_config'), configText(at, { ...this.#plan, settings }));
    await this.restart();
  }

  /** The processes of connections that are open, not the listener. */
  sessionPids(): number[] {
    return descendants(this.#child.pid ?? 0);
  }

  /** Connections stay open, and nobody answers on them; new ones are accepted. */
  freezeSessions(): void {
    for (const pid of this.sessionPids()) process.kill(pid, 'SIGSTOP');
  }

  /** Ends the listener and all its connections. */
  async stop(): Promise<void> {
    const child = this.#child;
    const pids = this.sessionPids();
    const running = child.exitCode === null && child.signalCode === null;
    const gone = running ? once(child, 'exit') : undefined;
    child.kill('SIGKILL');
    for (const pid of pids) kill(pid);
    await gone;
  }

  async restart(): Promise<void> {
    this.#child = this.#spawn();
    await this.#listening();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#plan.folder.remove();
  }

  #spawn(): ChildProcess {
    const child = spawn('setpriv', ['--pdeathsig=KILL', '--', ...this.#plan.command], {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: '/',
    });
    child.stderr.on('data', (data: Buffer) => (this.#said += data.toString()));
    return child;
  }

  async #listening(): Promise<void> {
    await untilListening(this.port, this.#child, () => `sshd did not start: ${this.#said}`);
  }
}

/** Makes a key pair and gives the public half. */
export async function makeKey(
  file: string,
  {
    type = 'ed25519',
    passphrase = '',
    format = [],
  }: { type?: string; passphrase?: string; format?: string[] } = {},
): Promise<string> {
  await run('rm', ['-f', file, `${file}.pub`]);
  await run('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'test', ...format, '-f', file]);
  return await readFile(`${file}.pub`, 'utf8');
}

function configText(
  at: (name: string) => string,
  { port, settings, passwords }: { port: number; settings: Record<string, string>; passwords: boolean },
): string {
  const all = {
    Port: String(port),
    ListenAddress: '127.0.0.1',
    AuthorizedKeysFile: at('authorized_keys'),
    PidFile: 'none',
    StrictModes: 'no',
    UsePAM: 'no',
    UseDNS: 'no',
    PermitRootLogin: 'yes',
    PasswordAuthentication: passwords ? 'yes' : 'no',
    KbdInteractiveAuthentication: 'no',
    LogLevel: 'VERBOSE',
    MaxStartups: '100',
    ...settings,
  };
  const hostKeys = ['host_ed25519', 'host_ecdsa'].map((name) => `HostKey ${at(name)}`);
  return [...hostKeys, ...Object.entries(all).map(([name, value]) => `${name} ${value}`), ''].join('\n');
}

/** Only in the sight of this sshd there is one account more. */
async function withAccount(
  at: (name: string) => string,
  { name, password }: { name: string; password: string },
  sshd: string[],
): Promise<string[]> {
  const { stdout } = await run('openssl', ['passwd', '-6', password]);
  const over = async (file: string, text: string, mode: number) => {
    const own = at(path.basename(file));
    await writeFile(own, text, { mode });
    return `mount --bind '${own}' ${file}`;
  };
  const accounts = `${readFileSync('/etc/passwd', 'utf8').trimEnd()}\n${name}:x:64321:64321::/:/bin/sh\n`;
  const mounts = [
    await over('/etc/passwd', accounts, 0o644),
    await over('/etc/shadow', `${name}:${stdout.trim()}:19000:0:99999:7:::\n`, 0o600),
  ];
  return ['unshare', '--mount', 'sh', '-c', [...mounts, 'exec "$@"'].join(' && '), 'sshd', ...sshd];
}

function descendants(pid: number): number[] {
  const children = listProcesses().filter(({ pid: each }) => parentOf(each) === pid);
  return children.flatMap((child) => [child.pid, ...descendants(child.pid)]);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself.
  }
}
