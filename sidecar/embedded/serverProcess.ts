import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { atMost, delay } from '../lib/deadline.ts';
import { failed } from './cluster.ts';
import { runCommand, serverEnvironment } from './command.ts';
import { newToken, type Guard } from './guard.ts';
import type { Launcher } from './launcher.ts';

export type StopMode = 'smart' | 'fast' | 'immediate';

export interface ServerOptions {
  launcher: Launcher;
  guard: Guard;
  dataDir: string;
  port: number;
  /** The server's words of this start; the last of them go into errors. */
  logFile: string;
  settings?: Readonly<Record<string, string | number>>;
  signal?: AbortSignal | undefined;
}

/** Recovery after a crash counts in here too, and a slow disk may take its time over it. */
const startDeadlineMs = 60_000;
const pollMs = 15;
/** How long each way of stopping may take until the next harder one is tried; together within what a closing app has. */
const patienceMs = { smart: 10_000, fast: 1_000, immediate: 500 } as const;
const stopSignals = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/**
 * One run of a PostgreSQL server on 127.0.0.1, from its start to the end of its last process. The guard watches it from before
 * its first breath, so that no moment is left in which our death would leave it behind.
 */
export class ServerProcess {
  readonly token: string;
  readonly port: number;
  /** Resolves when every process of the server is gone, with how the first one ended. Never rejects. */
  readonly exited: Promise<string>;
  readonly #child: ChildProcess;
  readonly #options: ServerOptions;
  #running = true;

  private constructor(child: ChildProcess, token: string, options: ServerOptions) {
    this.#child = child;
    this.#options = options;
    this.token = token;
    this.port = options.port;
    this.exited = this.#waitForEnd();
  }

  /**
   * Starts the server and resolves when it takes connections. EMBEDDED_FAILED with its last lines in `detail` otherwise, with reason
   * `portTaken` where another program listens on that port.
   */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    options.signal?.throwIfAborted();
    const token = newToken();
    options.guard.watch(token);
    const child = spawnServer(options, token);
    if (child.pid !== undefined) options.guard.watch(token, child.pid);
    const server = new ServerProcess(child, token, options);
    try {
      await server.#waitUntilReady();
      return server;
    } catch (error) {
      await server.stop('immediate');
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** False from the moment in which the first process ended; what it left may still be there until `exited`. */
  get alive(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** Stops the server, ever harder while it does not follow; resolves when nothing of it is left. */
  async stop(mode: StopMode = 'fast'): Promise<void> {
    const ways: StopMode[] = mode === 'immediate' ? ['immediate'] : [mode, 'immediate'];
    for (const way of ways) {
      if (!this.#running) break;
      await this.#ask(way);
      await atMost(patienceMs[way], this.exited);
    }
    if (this.#running) this.#child.kill('SIGKILL');
    await this.exited;
  }

  async #ask(mode: StopMode): Promise<void> {
    if (process.platform !== 'win32') return void this.#child.kill(stopSignals[mode]);
    // Windows knows no signals; there pg_ctl talks to the server through a named pipe.
    const { launcher, dataDir } = this.#options;
    const command = launcher.command('pg_ctl', ['stop', '-D', dataDir, '-m', mode, '--no-wait']);
    await runCommand(command, { deadlineMs: patienceMs[mode] });
  }

  async #waitForEnd(): Promise<string> {
    const how = await new Promise<string>((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    const { guard } = this.#options;
    // A killed postmaster leaves backends that see it only when their statement ends. While one lives, no server can start
    // on this folder; where even the guard cannot end them, the next start tries again and says so.
    await guard.sweep(this.token).catch(() => {});
    guard.forget(this.token);
    this.#running = false;
    return how;
  }

  /** The server writes "ready" into the eighth line of its pid file once it takes connections. */
  async #waitUntilReady(): Promise<void> {
    const { dataDir, logFile, signal } = this.#options;
    const deadline = performance.now() + startDeadlineMs;
    let ended: string | undefined;
    void this.exited.then((how) => (ended = how));
    while (ended === undefined) {
      const lines = await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
      const [pid, , , , , , , status] = lines.split('\n');
      if (Number(pid) === this.pid && status?.trim() === 'ready') return;
      if (performance.now() > deadline) {
        throw failed('The built-in server did not become ready within a minute.', await lastLines(logFile));
      }
      await delay(pollMs, signal);
    }
    const words = await lastLines(logFile);
    const error = failed('The built-in server did not start.', words === '' ? ended : words);
    throw /could not bind|could not create any TCP/.test(words) ? error.with({ reason: 'portTaken' }) : error;
  }
}

function spawnServer(
  { launcher, dataDir, port, logFile, settings }: ServerOptions,
  token: string,
): ChildProcess {
  const all = {
    cluster_name: token,
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    ...settings,
  };
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [file = '', ...rest] = launcher.command('postgres', ['-D', dataDir, ...args]);
  // A file, not a pipe: a server whose reader died would break off at its next word instead of ending in order.
  // Made anew: as root the folder may belong to another account, which must not lead us elsewhere by a link of that name.
  rmSync(logFile, { force: true });
  const log = openSync(logFile, 'wx', 0o600);
  try {
    const child = spawn(file, rest, {
      stdio: ['ignore', log, log],
      detached: true,
      windowsHide: true,
      env: serverEnvironment(),
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** The last lines of a log file, or '' where there is none. */
export async function lastLines(file: string, count = 12): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-count).join('\n');
}

/**
 * Ends what an earlier server of this folder may have left, should its guard have died with it, and takes away its pid file.
 * The file may go only then: a system that was started anew hands its id to a stranger, and PostgreSQL would refuse to start.
 */
export async function clearLeftovers(dataDir: string, guard: Guard): Promise<void> {
  const started = await readFile(path.join(dataDir, 'postmaster.opts'), 'utf8').catch(() => '');
  const token = /cluster_name=(hawser-[0-9a-f]+)/.exec(started)?.[1];
  if (token === undefined) return;
  await guard.sweep(token);
  await rm(path.join(dataDir, 'postmaster.pid'), { force: true });
}
