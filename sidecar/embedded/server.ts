import { rm } from 'node:fs/promises';
import { AppError } from '#shared/error/appError.ts';
import type { Clock } from '../lib/clock.ts';
import { Emitter } from '../lib/emitter.ts';
import { findBinaries } from './binaries.ts';
import { failed, superuser } from './cluster.ts';
import { clearFolder, dataFolderPaths, prepareDataFolder } from './dataFolder.ts';
import { findFreePort } from './freePort.ts';
import { Guard } from './guard.ts';
import { findLauncher, possibleHomes } from './launcher.ts';
import { shopDatabase } from './sample/sampleShop.ts';
import { lastLines, ServerProcess, type ServerOptions } from './serverProcess.ts';
import { transition, type EmbeddedAddress, type ServerEvent, type ServerState } from './serverState.ts';
import { SharedTask, type Caller } from './sharedTask.ts';

export type { EmbeddedAddress } from './serverState.ts';

/** The server ended by itself: killed, crashed, or stopped because nobody could watch over it. */
export interface EmbeddedEvent {
  kind: 'exited';
  error: AppError;
}

/** The part of the log that is used here. */
export interface EmbeddedLog {
  info(facts: object, words: string): void;
  warn(facts: object, words: string): void;
}

/** How often another port is tried where another program was quicker to take the one that had been free. */
const portAttempts = 5;

/** A small footprint, a small log without statements in it, and no less safety for the data than PostgreSQL has by itself. */
const settings = {
  ...{ shared_buffers: '32MB', max_connections: 50, io_method: 'sync', jit: 'off' },
  ...{ wal_level: 'minimal', max_wal_senders: 0, max_logical_replication_workers: 0 },
  ...{ min_wal_size: '5MB', max_wal_size: '128MB' },
  ...{ log_min_messages: 'log', log_min_error_statement: 'panic', log_checkpoints: 'off' },
};

/**
 * The PostgreSQL that Hawser itself runs, with the sample shop in it. It listens on 127.0.0.1 only, on a port of its own for each
 * start, with a random password: a socket in the data folder would save the port, but not exist on Windows and break where the
 * folder's path is longer than 107 bytes.
 */
export class EmbeddedServer {
  readonly events = new Emitter<EmbeddedEvent>();
  readonly #dataDir: string;
  readonly #log: EmbeddedLog;
  readonly #clock: Clock;
  #state: ServerState = { kind: 'stopped' };
  #starting: SharedTask<EmbeddedAddress> | undefined;
  #server: ServerProcess | undefined;
  #guard: Guard | undefined;
  /** Settles when a server that ended by itself has been dealt with. */
  #farewell: Promise<void> = Promise.resolve();
  /** Starting, stopping and resetting take their turns: the end of this chain is the end of the last of them. */
  #turns: Promise<unknown> = Promise.resolve();

  constructor({ dataDir, log, clock }: { dataDir: string; log: EmbeddedLog; clock: Clock }) {
    this.#dataDir = dataDir;
    this.#log = log;
    this.#clock = clock;
  }

  get running(): boolean {
    return this.#state.kind === 'running' && this.#server?.alive === true;
  }

  /** The process ids of server and guard, while they run. */
  get pids(): { server: number | undefined; guard: number | undefined } {
    return { server: this.#server?.pid, guard: this.#guard?.pid };
  }

  /**
   * Starts the server where it does not run, the first time with a new cluster and the sample (3 s), and tells where it is. Many callers
   * share one start; it is given up when all of them have. Errors: EMBEDDED_UNAVAILABLE, EMBEDDED_FAILED, CANCELLED by `stop`.
   */
  async start(caller: Caller): Promise<EmbeddedAddress> {
    caller.signal.throwIfAborted();
    if (this.#state.kind === 'running' && this.#server?.alive) return this.#state.address;
    if (!this.#starting?.open) {
      this.#starting = new SharedTask(async (signal, say) => {
        // Where it has died only just now, what it left is cleared away first.
        await this.#farewell;
        return this.#inTurn(() => this.#start(signal, say));
      });
    }
    return this.#starting.join(caller);
  }

  /** Stops the server, or its start; resolves when nothing of it is left, after at most about 2 s. Idempotent. */
  async stop(): Promise<void> {
    this.#apply({ kind: 'stop' });
    this.#starting?.abort(
      new AppError('CANCELLED', 'The built-in server was stopped while it was starting.'),
    );
    await this.#inTurn(() => this.#stop());
  }

  /** Stops the server and throws its data away, changes of the user's included; the next start makes everything anew. */
  async reset(): Promise<void> {
    await this.stop();
    await this.#inTurn(async () => {
      // A `start` may have slipped in between.
      await this.#stop();
      const guard = new Guard();
      try {
        for (const home of possibleHomes(this.#dataDir)) await throwAway(home, guard);
      } finally {
        await guard.close();
      }
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(work);
    this.#turns = turn.catch(() => {});
    return turn;
  }

  #apply(event: ServerEvent): void {
    this.#state = transition(this.#state, event);
  }

  async #start(signal: AbortSignal, say: (words: string) => void): Promise<EmbeddedAddress> {
    this.#apply({ kind: 'start' });
    const startedAt = this.#clock.monotonic();
    try {
      signal.throwIfAborted();
      const guard = (this.#guard = new Guard(() => void this.#server?.stop('immediate')));
      const launcher = await findLauncher({ binaries: await findBinaries(), home: this.#dataDir });
      const password = await prepareDataFolder({ launcher, guard, signal, onActivity: say });
      say('Starting the PostgreSQL server');
      const { data, log } = dataFolderPaths(launcher.home);
      const options = { launcher, guard, dataDir: data, logFile: log, settings, signal };
      this.#server = await startOnFreePort(options);
      if (guard.lost) throw guard.lost;
      signal.throwIfAborted();
      const ms = Math.round(this.#clock.monotonic() - startedAt);
      this.#log.info({ pid: this.#server.pid, port: this.#server.port, ms }, 'built-in server started');
      return this.#ready(this.#server, password, log);
    } catch (error) {
      await this.#end();
      const failure = asAppError(error);
      this.#apply({ kind: 'failed', error: failure });
      throw failure;
    }
  }

  #ready(server: ServerProcess, password: string, log: string): EmbeddedAddress {
    const { port } = server;
    const address = { host: '127.0.0.1', port, database: shopDatabase, username: superuser, password };
    this.#apply({ kind: 'ready', address });
    this.#farewell = server.exited.then((how) => this.#gone(server, how, log));
    return address;
  }

  async #stop(): Promise<void> {
    await this.#end();
    this.#apply({ kind: 'gone' });
  }

  async #end(): Promise<void> {
    const [server, guard] = [this.#server, this.#guard];
    this.#server = undefined;
    await server?.stop('fast');
    await guard?.close();
    this.#guard = undefined;
  }

  /** The server ended. While it is being stopped that is as it should be, and `stop` does what remains. */
  async #gone(server: ServerProcess, how: string, log: string): Promise<void> {
    if (this.#server !== server) return;
    const words = `The built-in server ended by itself (${how}).`;
    const error =
      this.#guard?.lost ?? failed(words, await lastLines(log), 'Connecting again starts it again.');
    await this.#inTurn(async () => {
      if (this.#server !== server) return;
      await this.#end();
      this.#apply({ kind: 'gone', error });
      this.#log.warn({ how }, 'built-in server ended by itself');
      this.events.emit({ kind: 'exited', error });
    });
  }
}

async function startOnFreePort(options: Omit<ServerOptions, 'port'>): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ServerProcess.start({ ...options, port: await findFreePort() });
    } catch (error) {
      const taken = error instanceof AppError && error.facts.reason === 'portTaken';
      if (!taken || attempt === portAttempts) throw error;
    }
  }
}

async function throwAway(home: string, guard: Guard): Promise<void> {
  await clearFolder(home, guard);
  const { data, password, log } = dataFolderPaths(home);
  for (const file of [data, password, log]) await rm(file, { recursive: true, force: true });
}

const asAppError = (error: unknown): AppError =>
  error instanceof AppError
    ? error
    : new AppError('EMBEDDED_FAILED', 'The built-in server did not start.', {
        detail: error instanceof Error ? error.message : String(error),
        cause: error,
      });
