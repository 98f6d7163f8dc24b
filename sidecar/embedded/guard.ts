import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { AppError } from '#shared/error/appError.ts';
import { guardScript } from './guardScript.ts';

/** A fresh word that marks every process of one server; it goes into the server's `cluster_name`. */
export const newToken = (): string => `hawser-${randomBytes(6).toString('hex')}`;

/** The guard itself kills after 1 s and gives up after 4 s; past this it does not answer at all. */
const sweepDeadlineMs = 6000;
/** A guard that does not even live this long died of something that will happen again. */
const shortLifeMs = 1000;
const shortLivesAllowed = 5;

interface Sweep {
  token: string;
  resolve: () => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/**
 * Keeps one guard process alive beside this one and tells it what to end when this process is gone. A guard that dies
 * is replaced at once and told everything again; where that fails again and again, `onLost` is called once.
 */
export class Guard {
  readonly #watched = new Map<string, number | undefined>();
  readonly #folders = new Set<string>();
  readonly #sweeps = new Map<number, Sweep>();
  readonly #onLost: (error: AppError) => void;
  #child: ChildProcess | undefined;
  #pipe: Duplex | undefined;
  #closed = false;
  #lost: AppError | undefined;
  #shortLives = 0;
  #nextId = 1;

  constructor(onLost: (error: AppError) => void = () => {}) {
    this.#onLost = onLost;
  }

  /** The guard's process, while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Why no guard can be kept running, once that is so. */
  get lost(): AppError | undefined {
    return this.#lost;
  }

  /** From now on every process whose command line holds `token` ends with this one. Windows needs the server's id too. */
  watch(token: string, pid?: number): void {
    this.#watched.set(token, pid);
    this.#tell({ watch: token, pid });
  }

  forget(token: string): void {
    if (this.#watched.delete(token)) this.#tell({ forget: token });
  }

  /** A folder to be removed once this process and the watched servers are gone. */
  removeAtEnd(folder: string): void {
    this.#folders.add(folder);
    this.#tell({ remove: folder });
  }

  keep(folder: string): void {
    if (this.#folders.delete(folder)) this.#tell({ keep: folder });
  }

  /** Ends every process with `token` now: politely at once, by force after 1 s. EMBEDDED_FAILED where one remains. */
  sweep(token: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      // Without this deadline a guard that hangs (a frozen machine, a full process table) would hang whoever waits.
      const timer = setTimeout(() => this.#settle(id, sweepFailed()), sweepDeadlineMs);
      this.#sweeps.set(id, { token, resolve, reject, timer });
      if (this.#lost || this.#closed) this.#settle(id, this.#lost ?? sweepFailed());
      else this.#tell({ sweep: token, id });
    });
  }

  /** Lets the guard go. What is still watched is ended by it; resolves when it has gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const id of [...this.#sweeps.keys()]) this.#settle(id, sweepFailed());
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.ref();
    this.#pipe?.end();
    // A stopped or hanging guard must not keep us: after this it is killed, and there is nothing left to watch for.
    const timer = setTimeout(() => child.kill('SIGKILL'), sweepDeadlineMs);
    await gone;
    clearTimeout(timer);
  }

  #tell(order: object): void {
    if (this.#closed || this.#lost) return;
    if (this.#pipe) this.#pipe.write(`${JSON.stringify(order)}\n`);
    else this.#start();
  }

  /** Starts a guard and tells it all that is to be known; orders given before are part of that. */
  #start(): void {
    // Detached: a Ctrl+C in the terminal reaches the whole process group, and the guard must live through it.
    const child = spawn(process.execPath, ['-'], {
      stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
      detached: true,
      windowsHide: true,
      cwd: process.platform === 'win32' ? undefined : '/',
      env: bareEnvironment(),
    });
    const startedAt = performance.now();
    const pipe = child.stdio[3] as Duplex;
    this.#child = child;
    this.#pipe = pipe;
    child.on('error', () => this.#ended(child, startedAt));
    child.on('exit', () => this.#ended(child, startedAt));
    // Writing to a guard that was just killed fails on these; its exit is what is acted on.
    pipe.on('error', () => {});
    child.stdin?.on('error', () => {});
    child.stdin?.end(guardScript);
    this.#listen(pipe);
    for (const [token, pid] of this.#watched) this.#tell({ watch: token, pid });
    for (const folder of this.#folders) this.#tell({ remove: folder });
    for (const [id, { token }] of this.#sweeps) this.#tell({ sweep: token, id });
    // Neither keeps this process alive: its end is exactly what the guard waits for.
    child.unref();
    (pipe as Duplex & { unref?: () => void }).unref?.();
  }

  #listen(pipe: Duplex): void {
    let text = '';
    pipe.setEncoding('utf8');
    pipe.on('data', (data: string) => {
      text += data;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const { swept, left } = JSON.parse(line) as { swept: number; left: number };
        this.#settle(swept, left > 0 ? sweepFailed() : undefined);
      }
    });
  }

  #settle(id: number, error?: Error): void {
    const sweep = this.#sweeps.get(id);
    if (!sweep) return;
    this.#sweeps.delete(id);
    clearTimeout(sweep.timer);
    if (error) sweep.reject(error);
    else sweep.resolve();
  }

  #ended(child: ChildProcess, startedAt: number): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#pipe = undefined;
    if (this.#closed) return;
    this.#shortLives = performance.now() - startedAt < shortLifeMs ? this.#shortLives + 1 : 0;
    if (this.#shortLives < shortLivesAllowed) return this.#start();
    this.#lost = new AppError(
      'EMBEDDED_FAILED',
      'The process that watches over the built-in server cannot run.',
      {
        hint: 'Without it the server could be left behind, so the server was not kept running.',
      },
    );
    for (const id of [...this.#sweeps.keys()]) this.#settle(id, this.#lost);
    this.#onLost(this.#lost);
  }
}

/** Without NODE_OPTIONS and the like: a debugger or loader meant for this process would slow or break the guard. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'SystemRoot', 'TMPDIR', 'TEMP', 'TMP'];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.includes(name)));
}

const sweepFailed = (): AppError =>
  new AppError('EMBEDDED_FAILED', 'A process of the built-in server could not be ended.', {
    hint: 'End it in the system’s task list, then try again.',
  });
