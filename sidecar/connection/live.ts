import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import type { ConnectionInfo } from '#shared/connection/status.ts';
import type { StageReport } from '#shared/connection/testReport.ts';
import { AppError } from '#shared/error/appError.ts';
import type { LoginSecrets } from '../credentials/loginSecrets.ts';
import { systemClock } from '../lib/clock.ts';
import { atMost } from '../lib/deadline.ts';
import { Emitter } from '../lib/emitter.ts';
import { hedge, type HedgeOptions } from '../lib/hedge.ts';
import type { Backend } from '../postgres/backend.ts';
import { ClientPool } from '../postgres/clientPool.ts';
import { isLimit, startupSettings, usersSettings, type StartupSetting } from '../postgres/startup.ts';
import { TypeNames } from '../postgres/typeNames.ts';
import { targetOf } from './endpoint.ts';
import { startKeepalive } from './keepalive.ts';
import { noteCheckpoint } from './lastStart.ts';
import {
  controlSettings,
  login,
  loginOptions,
  noteRefused,
  type LoggedIn,
  type LoginRequest,
} from './login.ts';
import { isPooled, refuseStartupSql, requireTaken } from './poolers.ts';
import { proveReadOnly } from './readOnlyProof.ts';
import { linkFacts, Route } from './route.ts';
import { BackendPool, type Lease, type LeaseRequest } from './pool.ts';
import { readRolePowers } from './rolePowers.ts';
import { connectionInfo, readBudget, readServerFacts } from './serverFacts.ts';
import { Stages } from './stages.ts';
import { runStartupSql } from './startupSql.ts';

/** pg-pool's own 10 s would leave nothing to keep alive. */
const idleTimeoutMs = 600_000;
/** Closing settles within this time whatever the network does; the sockets are destroyed by then. */
const closeLimitMs = 2_000;

export interface OpenRequest {
  config: ConnectionConfig;
  secrets: LoginSecrets;
  trust?: HostKeyTrust | undefined;
  /** Start-up settings that this server refused before; learned ones are added. */
  refused: RefusedSettings;
  signal: AbortSignal;
  /** The link was there before: then steps are short, and a second try is started beside one that takes long. */
  again: boolean;
}

/** The control connection has settings of its own. */
export interface RefusedSettings {
  control: Set<string>;
  pool: Set<string>;
}

type RoutedRequest = OpenRequest & { route: Route };

interface LiveParts {
  info: ConnectionInfo;
  control: Backend;
  pool: BackendPool;
  types: Map<string, TypeNames>;
  route: Route;
  stages: readonly StageReport[];
}

/** A connection that is up: its control connection, its pool, and what the server said of itself. */
export class LiveConnection {
  readonly info: ConnectionInfo;
  readonly control: Backend;
  /** What the way to it was found to be. */
  readonly stages: readonly StageReport[];
  /** A backend that somebody had was lost. */
  readonly backendLost = new Emitter<AppError>();
  readonly #watched = new WeakSet<Backend>();
  readonly #pool: BackendPool;
  readonly #types: Map<string, TypeNames>;
  readonly #route: Route;
  readonly #stopKeepalive: () => void;

  private constructor({ info, control, pool, types, route, stages }: LiveParts, keepaliveMs: number) {
    this.info = info;
    this.control = control;
    this.stages = stages;
    this.#pool = pool;
    this.#types = types;
    this.#route = route;
    this.#stopKeepalive = startKeepalive(pool, keepaliveMs);
  }

  /** Bottom up: the route, control connection, pool, and one backend of it to see that its settings are taken. */
  static async open(request: OpenRequest): Promise<LiveConnection> {
    const route = new Route(request);
    try {
      return await LiveConnection.#openOver({ ...request, route });
    } catch (error) {
      await route.close();
      throw error;
    }
  }

  static async #openOver(request: RoutedRequest): Promise<LiveConnection> {
    const { config, signal, refused, route } = request;
    const { maxPoolSize, poolWaitMs, keepaliveIntervalSec } = config.options;
    const stages = new Stages(targetOf(config));
    const loggedIn = await openControl(request, stages);
    const { backend: control } = loggedIn;
    const types = new Map<string, TypeNames>();
    const pool = new BackendPool({
      max: maxPoolSize - 1,
      waitMs: poolWaitMs,
      clientPool: (database) => clientPool(request, database, control.pooled),
      clean: (backend) => clean(backend, config),
    });
    const stop = () => {
      control.destroy(stopped(signal));
      void pool.close(stopped(signal));
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      // Before anybody can write: a COMMIT that is lost later is judged by it.
      const noted = noteCheckpoint(control);
      control.pooled = await isPooled(control);
      if (control.pooled) refuseStartupSql(config);
      const lease = await firstLease(pool, request, control.pooled);
      const facts = await readServerFacts(lease.backend);
      // Both read large parts of a large catalog, so at the same time.
      const [rolePowers] = await Promise.all([
        readRolePowers(control, facts.info.currentUser),
        typesOf(types, config.database).learn(lease.backend),
      ]);
      await Promise.all([lease.release(), noted]);
      signal.throwIfAborted();
      const info = connectionInfo(config, facts, {
        link: linkFacts(loggedIn),
        pooled: control.pooled,
        rolePowers,
        refused: leftOut(config, refused.pool, control.pooled),
        connectedAt: systemClock.now(),
      });
      const parts = { info, control, pool, types, route, stages: stages.latest };
      return new LiveConnection(parts, keepaliveIntervalSec * 1_000);
    } catch (error) {
      const cause = signal.aborted ? stopped(signal) : new AppError('CONNECTION_LOST', 'Connecting failed.');
      control.destroy(cause);
      await pool.close(cause);
      throw signal.aborted ? cause : error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async lease(request: LeaseRequest): Promise<Lease> {
    const lease = await this.#pool.lease(request);
    this.#watch(lease.backend);
    const types = this.typeNames(request.database);
    try {
      if (types.stale) await types.learn(lease.backend);
      return lease;
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  /** Once a backend, however often it is lent out. */
  #watch(backend: Backend): void {
    if (this.#watched.has(backend)) return;
    this.#watched.add(backend);
    backend.lost.on((error) => this.backendLost.emit(error));
  }

  typeNames(database: string): TypeNames {
    return typesOf(this.#types, database);
  }

  /** Own backends, control connection included, beside what the server has and takes. */
  async budget(): Promise<{ own: number; used: number; allowed: number; reserved: number }> {
    return { own: this.#pool.total + 1, ...(await readBudget(this.control)) };
  }

  closeIdle(): Promise<number> {
    return this.#pool.closeIdle();
  }

  /** Everything that is pending settles with `error`. While the link is there, what runs is stopped first. Idempotent. */
  async close(error: AppError): Promise<void> {
    this.#stopKeepalive();
    const closing = this.#pool.close(error, this.control.alive);
    if (this.control.alive) void this.control.client.end().catch(() => {});
    await atMost(closeLimitMs, closing);
    this.control.destroy(error);
    await atMost(closeLimitMs, this.#route.close());
  }
}

/** Finds the way to the server, which all other streams take from then on. */
async function openControl(request: RoutedRequest, stages: Stages): Promise<LoggedIn> {
  const { config, signal, refused, again, route } = request;
  const controlRequest = loginRequest(request, config.database, controlSettings);
  const logIn = (inner: AbortSignal) => login(controlRequest, refused.control, stages, inner);
  const loggedIn = again ? await hedge(logIn, hedging(signal)) : await logIn(signal);
  route.settle(loggedIn.way);
  return loggedIn;
}

/** The first backend shows whether the server takes the settings; what it refuses is left out from then on. */
async function firstLease(
  pool: BackendPool,
  { config, refused, signal }: RoutedRequest,
  pooled: boolean,
): Promise<Lease> {
  const request: LeaseRequest = { database: config.database, signal, onWaiting: () => {} };
  const settings = poolSettings(config, refused.pool, pooled);
  try {
    const lease = await pool.lease(request);
    if (pooled) await requireTaken(lease.backend, settings);
    return lease;
  } catch (error) {
    if (!noteRefused(error, settings, refused.pool)) throw error;
    return pool.lease(request);
  }
}

function poolSettings(
  { options }: ConnectionConfig,
  refused: Set<string>,
  pooled: boolean,
): StartupSetting[] {
  const settings = startupSettings(options, refused);
  return pooled ? usersSettings(settings) : settings;
}

/** The names of the definition's limits that the server was not asked for, or refused. */
function leftOut(config: ConnectionConfig, refused: Set<string>, pooled: boolean): string[] {
  const kept = new Set(poolSettings(config, refused, pooled).map(({ name }) => name));
  const wanted = startupSettings(config.options, new Set()).filter(isLimit);
  return wanted.map(({ name }) => name).filter((name) => !kept.has(name));
}

/** While one attempt waits for longer than 2 s a second is started beside it; a refused login ends both. */
const hedging = (signal: AbortSignal): HedgeOptions<{ backend: Backend }> => ({
  afterMs: 2_000,
  signal,
  isFinal: (error) => error instanceof AppError && error.facts.sqlstate?.startsWith('28') === true,
  discard: ({ backend }) => backend.destroy(new AppError('CANCELLED', 'The other attempt was quicker.')),
});

function loginRequest(
  request: RoutedRequest,
  database: string,
  settings: LoginRequest['settings'],
): LoginRequest {
  const { config, route, secrets } = request;
  return { config, route, database, secrets, settings };
}

function clientPool(request: RoutedRequest, database: string, pooled: boolean): ClientPool {
  const { config, refused } = request;
  const target = targetOf(config);
  return new ClientPool({
    max: config.options.maxPoolSize - 1,
    idleTimeoutMs,
    target,
    login: () =>
      loginOptions(loginRequest(request, database, poolSettings(config, refused.pool, pooled)), target),
    prepare: (backend) => {
      backend.pooled = pooled;
      return prepare(backend, config);
    },
  });
}

async function prepare(backend: Backend, { options }: ConnectionConfig): Promise<void> {
  if (options.readOnly !== 'off') await proveReadOnly(backend);
  await runStartupSql(backend, options);
}

/** A backend that does not clean itself in this time is thrown away rather than waited for. */
const cleanLimitMs = 4_000;

/** Back to the first state: no transaction, no settings, no temporary tables of the one who had it. */
async function clean(backend: Backend, config: ConnectionConfig): Promise<void> {
  await backend.cancel();
  if (backend.transactionStatus !== 'I') await backend.query('rollback', cleanLimitMs);
  // Nothing of a session is ours to forget there.
  if (backend.pooled) return;
  await backend.query('discard all', cleanLimitMs);
  // Some versions forget the role of the start-up with the session's.
  if (config.options.role) await backend.query('reset role', cleanLimitMs);
  await prepare(backend, config);
}

function typesOf(types: Map<string, TypeNames>, database: string): TypeNames {
  const known = types.get(database);
  if (known) return known;
  const made = new TypeNames();
  types.set(database, made);
  return made;
}

const stopped = (signal: AbortSignal): AppError =>
  signal.reason instanceof AppError ? signal.reason : new AppError('CANCELLED', 'Connecting was stopped.');
