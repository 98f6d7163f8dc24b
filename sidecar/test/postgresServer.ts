import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { connect } from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import pg from 'pg';
import { AppError } from '#shared/error/appError.ts';
import { superuser } from '../embedded/cluster.ts';
import { findFreePort } from '../embedded/freePort.ts';
import { Guard } from '../embedded/guard.ts';
import { ServerProcess, type ServerOptions, type StopMode } from '../embedded/serverProcess.ts';
import { copyCluster, newCluster, testLauncher, testPassword } from './clusterTemplate.ts';
import { serverPids } from './processes.ts';

export interface TestServerOptions {
  /** Settings of the server, over those of the tests. */
  settings?: Record<string, string | number>;
  /** The whole text of pg_hba.conf; without it scram-sha-256 for everybody on loopback. */
  hba?: string;
  /** PEM texts; TLS is off without them. `ca` is what client certificates are checked against. */
  tls?: { cert: string; key: string; ca?: string };
  /** A cluster that is no copy of the others: another server by its system identifier. */
  own?: boolean;
}

const plainHba = 'host all all 127.0.0.1/32 scram-sha-256\nhost replication all 127.0.0.1/32 scram-sha-256\n';

/** Tests ask for speed and for no durability: nothing here outlives them. */
const testSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '16MB',
};

/** One guard watches all servers of a test process, so that none outlives it however it ends. */
const guard = new Guard();

/** A real server of a test, in a folder of its own. Everything of it is gone when the test process ends, however it ends. */
export async function startPostgres(options: TestServerOptions = {}): Promise<TestServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hawser-test-server-'));
  guard.removeAtEnd(folder);
  try {
    const launcher = await testLauncher(folder);
    const dataDir = await (options.own ? newCluster : copyCluster)(launcher, guard);
    await writeFile(path.join(dataDir, 'pg_hba.conf'), options.hba ?? plainHba);
    const settings = { ...testSettings, ...(await writeTls(dataDir, options.tls)), ...options.settings };
    await launcher.own(dataDir);
    const plan = { launcher, guard, dataDir, logFile: path.join(folder, 'server.log'), settings };
    return new TestServer(folder, plan, await startAnywhere(plan));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function writeTls(dataDir: string, tls: TestServerOptions['tls']): Promise<Record<string, string>> {
  if (!tls) return {};
  await writeFile(path.join(dataDir, 'server.crt'), tls.cert);
  await writeFile(path.join(dataDir, 'server.key'), tls.key);
  // PostgreSQL does not start with a key that others may read.
  await chmod(path.join(dataDir, 'server.key'), 0o600);
  if (tls.ca === undefined) return { ssl: 'on' };
  await writeFile(path.join(dataDir, 'root.crt'), tls.ca);
  return { ssl: 'on', ssl_ca_file: 'root.crt' };
}

/** The fingerprint of the certificate that a server shows now; undefined where it has no TLS. */
async function shownCertificate({ host, port }: { host: string; port: number }): Promise<string | undefined> {
  const socket = connect(port, host);
  try {
    socket.write(Buffer.from('0000000804d2162f', 'hex'));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    if (answer.toString() !== 'S') return undefined;
    const secure = tls.connect({ socket, rejectUnauthorized: false });
    await once(secure, 'secureConnect');
    return secure.getPeerX509Certificate()?.fingerprint256;
  } finally {
    socket.destroy();
  }
}

/** Between finding a free port and using it another program may take it: then another one. */
async function startAnywhere(plan: Omit<ServerOptions, 'port'>): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ServerProcess.start({ ...plan, port: await findFreePort() });
    } catch (error) {
      if (attempt === 5 || !(error instanceof AppError) || error.facts.reason !== 'portTaken') throw error;
    }
  }
}

export class TestServer {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly username = superuser;
  readonly password = testPassword;
  readonly database = 'postgres';
  readonly #folder: string;
  readonly #plan: Omit<ServerOptions, 'port'>;
  #process: ServerProcess;
  #paused: number[] = [];

  constructor(folder: string, plan: Omit<ServerOptions, 'port'>, server: ServerProcess) {
    this.#folder = folder;
    this.#plan = plan;
    this.#process = server;
    this.port = server.port;
  }

  /** The process id of the postmaster. */
  get pid(): number {
    return this.#process.pid;
  }

  get logFile(): string {
    return this.#plan.logFile;
  }

  /** All process ids of the server, the postmaster's first. */
  pids(): number[] {
    return serverPids(this.#process.token).sort((a, b) => Number(b === this.pid) - Number(a === this.pid));
  }

  /** Runs SQL on a connection of its own (application name `test control`) and returns the rows of the last statement. */
  async query<Row extends Record<string, unknown> = Record<string, unknown>>(
    sql: string,
    { values, database = this.database }: { values?: unknown[]; database?: string } = {},
  ): Promise<Row[]> {
    const { host, port, username: user, password } = this;
    const client = new pg.Client({ host, port, user, password, database, application_name: 'test control' });
    await client.connect();
    try {
      const result = (await client.query(sql, values)) as pg.QueryResult<Row> | pg.QueryResult<Row>[];
      return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? [];
    } finally {
      await client.end();
    }
  }

  /** Another certificate for those who connect from now on, or none: then TLS is off. */
  async setTls(tls: TestServerOptions['tls']): Promise<void> {
    const { dataDir, launcher } = this.#plan;
    await writeTls(dataDir, tls);
    await launcher.own(dataDir);
    await this.query(`alter system set ssl = ${tls ? 'on' : 'off'}`);
    await this.query('select pg_reload_conf()');
    const wanted = tls && new X509Certificate(tls.cert).fingerprint256;
    // The postmaster takes the signal when it comes to it.
    while ((await shownCertificate(this)) !== wanted) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Stops the server; `restart` brings it back on the same port with the same data. */
  async stop(mode: StopMode = 'fast'): Promise<void> {
    this.resume();
    await this.#process.stop(mode);
  }

  async restart(mode: StopMode = 'fast'): Promise<void> {
    await this.stop(mode);
    this.#process = await ServerProcess.start({ ...this.#plan, port: this.port });
  }

  /** Kills the postmaster as the system would, and waits until nothing of the server is left. */
  async kill(): Promise<void> {
    this.resume();
    process.kill(this.pid, 'SIGKILL');
    await this.#process.exited;
  }

  /** Freezes every process of the server: connections stay open and nothing answers. */
  pause(): void {
    this.#paused = this.pids();
    for (const pid of this.#paused) process.kill(pid, 'SIGSTOP');
  }

  resume(): void {
    for (const pid of this.#paused.splice(0)) {
      try {
        process.kill(pid, 'SIGCONT');
      } catch {
        // It was ended while it was frozen.
      }
    }
  }

  /** Stops the server and removes its folder. Idempotent. */
  async close(): Promise<void> {
    await this.stop('immediate');
    await rm(this.#folder, { recursive: true, force: true });
    guard.keep(this.#folder);
  }
}
