import { startPostgres, type TestServer } from '../../sidecar/test/postgresServer.ts';
import { SidecarProcess } from '../../sidecar/test/sidecarProcess.ts';
import { tempFolder } from '../../sidecar/test/tempFolder.ts';
import { timed } from './measure.ts';
import { readProgram, runProgram } from './program.ts';
import { findPsql } from './psql.ts';

/** Made once a run, where a figure first asks for them. */
const tables = {
  t1m: `select n::int as id, md5(n::text) as hash, timestamptz '2026-01-01' + n * interval '1 second' as at,
    (n * 1.01)::numeric as amount from generate_series(1, 1000000) n`,
  t10m: 'select n::int as id, (n * 7919::bigint % 1000003)::int as value from generate_series(1, 10000000) n',
};

const runLimitMs = 300_000;

/** A sidecar of its own with one open connection. */
export interface OpenSidecar {
  sidecar: SidecarProcess;
  connectionId: string;
  /** Ends the process and removes its folder. */
  end: () => Promise<void>;
}

/** What all figures of a run share: one server with its big tables, and the programs to measure beside. */
export class World {
  readonly server: TestServer;
  readonly psqlPath: string;
  readonly #made = new Map<string, Promise<unknown>>();
  readonly #sidecars = new Set<SidecarProcess>();

  private constructor(server: TestServer, psqlPath: string) {
    this.server = server;
    this.psqlPath = psqlPath;
  }

  static async open(): Promise<World> {
    const psqlPath = await findPsql();
    // Four times the largest table, for of a scan of more than a quarter the cache keeps nothing: neither disk nor the
    // system's cache is measured.
    // Rows come in the order of their ids, always.
    const order = { synchronize_seqscans: 'off', max_parallel_workers_per_gather: 0 };
    const settings = { shared_buffers: '2GB', jit: 'off', max_connections: 300, ...order };
    return new World(await startPostgres({ settings }), psqlPath);
  }

  /** The name of a big table, which is there from then on and lies in the server's cache. */
  async table(name: keyof typeof tables): Promise<string> {
    const make = () =>
      this.prepare(`create unlogged table ${name} as ${tables[name]}; vacuum (freeze, analyze) ${name}`);
    if (!this.#made.has(name)) this.#made.set(name, make());
    await this.#made.get(name);
    return name;
  }

  /** Runs SQL of a figure's own on the server, a statement at a time. */
  async prepare(sql: string): Promise<void> {
    await runProgram(this.psqlPath, [...this.psqlArguments(), '-v', 'ON_ERROR_STOP=1', '-f', '-'], {
      env: this.psqlEnvironment,
      input: sql,
    });
  }

  /** How long a whole `psql -A -t` takes, all rows read and thrown away. */
  psql(sql: string, port = this.server.port): Promise<number> {
    return timed(() =>
      runProgram(this.psqlPath, [...this.psqlArguments(port), '-A', '-t', '-c', sql], {
        env: this.psqlEnvironment,
      }),
    );
  }

  /** What psql prints. */
  psqlText(args: readonly string[]): Promise<Buffer> {
    return readProgram(this.psqlPath, [...this.psqlArguments(), ...args], { env: this.psqlEnvironment });
  }

  psqlArguments(port = this.server.port): string[] {
    const { host, database, username } = this.server;
    return ['-X', '-q', '-h', host, '-p', String(port), '-U', username, '-d', database];
  }

  get psqlEnvironment(): Record<string, string> {
    return { PGPASSWORD: this.server.password };
  }

  /** A definition of a connection to the server, with the secrets that belong to it. */
  definition(name = 'bench') {
    const { host, port, database, username, password } = this.server;
    return {
      config: { name, host, port, database, username, credential: { source: 'session' } },
      secrets: { password },
    };
  }

  /** A new process, attached and connected, so that what one figure leaves behind is not measured by the next. */
  async sidecar(): Promise<OpenSidecar> {
    const folder = await tempFolder();
    const sidecar = new SidecarProcess(folder.path);
    await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'bench' });
    const { config } = await sidecar.call('connection.save', this.definition());
    await sidecar.call('connection.connect', { id: config.id });
    this.#sidecars.add(sidecar);
    const end = async () => {
      await sidecar.end();
      this.#sidecars.delete(sidecar);
      await folder.remove();
    };
    return { sidecar, connectionId: config.id, end };
  }

  /** From the request until the run has ended, all rows in the sidecar. */
  runFully(open: OpenSidecar, sql: string): Promise<number> {
    return timed(async () => {
      const ended = await this.run(open, sql);
      if (ended.outcome !== 'done') throw new Error(JSON.stringify(ended));
    });
  }

  /** How a run ended; on a busy machine ten million rows may take their time. */
  async run({ sidecar, connectionId }: OpenSidecar, text: string): Promise<Record<string, unknown>> {
    const { runId } = await sidecar.call('query.run', { connectionId, tabId: 'bench', text });
    const find = () =>
      sidecar.notifications.find(
        ({ method, params }) => method === 'query.runEnded' && params.runId === runId,
      );
    const { params } = await sidecar.until(find, 'the end of a run', runLimitMs);
    sidecar.notifications.length = 0;
    return params;
  }

  async close(): Promise<void> {
    // Those of a figure that failed.
    await Promise.all([...this.#sidecars].map((sidecar) => sidecar.kill()));
    await this.server.close();
  }
}
