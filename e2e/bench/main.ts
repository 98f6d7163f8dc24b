import { readFile } from 'node:fs/promises';
import { startFaultyProxy } from '../../sidecar/test/faultyProxy.ts';
import { startPostgres, type TestServer } from '../../sidecar/test/postgresServer.ts';
import { SidecarProcess } from '../../sidecar/test/sidecarProcess.ts';
import { tempFolder } from '../../sidecar/test/tempFolder.ts';
import { findPsql } from './psql.ts';
import { compare, report, runProgram, timed, type Figure } from './measure.ts';

const furtherConnections = 20;
/** To a server far away each way takes so long: there round trips count, and little else. */
const oneWayMs = 10;

/** Resident memory of a process in MB, from the system; undefined where it does not tell. */
async function residentMB(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /VmRSS:\s+(\d+)/.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

class Bench {
  readonly #server: TestServer;
  readonly #sidecar: SidecarProcess;
  readonly #psql: string;
  #saved = 0;

  constructor(server: TestServer, sidecar: SidecarProcess, psql: string) {
    this.#server = server;
    this.#sidecar = sidecar;
    this.#psql = psql;
  }

  get definition() {
    const { host, port, database, username } = this.#server;
    return {
      name: `c${(this.#saved += 1)}`,
      host,
      port,
      database,
      username,
      credential: { source: 'session' },
    };
  }

  async save(): Promise<string> {
    const secrets = { password: this.#server.password };
    const { config } = await this.#sidecar.call('connection.save', { config: this.definition, secrets });
    return config.id;
  }

  psql(sql: string, port = this.#server.port): Promise<number> {
    const { host, database, username, password } = this.#server;
    const place = ['-h', host, '-p', String(port), '-U', username, '-d', database];
    return timed(() =>
      runProgram(this.#psql, ['-X', '-A', '-t', ...place, '-c', sql], { PGPASSWORD: password }),
    );
  }

  /** From the request until the run has ended, all rows in the sidecar. */
  run(id: string, sql: string): Promise<number> {
    return timed(async () => {
      const { ended } = await this.#sidecar.run(id, 'bench', sql);
      if (ended.outcome !== 'done') throw new Error(JSON.stringify(ended));
      this.#sidecar.notifications.length = 0;
    });
  }

  async figures(): Promise<Figure[]> {
    const sidecar = this.#sidecar;
    const secrets = { password: this.#server.password };
    const id = await this.save();
    const connectOnce = async (): Promise<number> => {
      await sidecar.call('connection.disconnect', { id });
      return timed(() => sidecar.call('connection.connect', { id }));
    };
    const test = (port = this.#server.port) => {
      const config = { ...this.definition, port };
      return timed(() => sidecar.call('connection.test', { config, secrets }));
    };
    const far = await startFaultyProxy(this.#server);
    await far.setMode({ kind: 'latency', ms: oneWayMs });
    const peer = 'psql process';
    const theirs = () => this.psql('select 1');
    const connecting = [
      await compare({ what: 'connect (pool ready)', ours: connectOnce, peer, theirs, rounds: 9 }),
      await compare({ what: 'test, all stages', ours: () => test(), peer, theirs, rounds: 9 }),
      await compare({
        what: `test, ${oneWayMs} ms away`,
        ours: () => test(far.port),
        peer,
        theirs: () => this.psql('select 1', far.port),
        rounds: 9,
      }),
    ];
    await far.close();
    await sidecar.call('connection.connect', { id });
    const reading: Figure[] = [];
    for (const [what, sql, rounds] of queries)
      reading.push(
        await compare({
          what,
          ours: () => this.run(id, sql),
          peer: 'psql -A -t',
          theirs: () => this.psql(sql),
          rounds,
        }),
      );
    return [...connecting, ...reading];
  }

  async memoryPerConnection(): Promise<string> {
    const ids = await Promise.all(Array.from({ length: furtherConnections }, () => this.save()));
    const before = await residentMB(this.#sidecar.child.pid);
    for (const id of ids) await this.#sidecar.call('connection.connect', { id });
    const after = await residentMB(this.#sidecar.child.pid);
    if (before === undefined || after === undefined)
      return 'memory per further connection: not told by this system';
    const each = ((after - before) / furtherConnections).toFixed(2);
    return `memory per further connection: ${each} MB (${before.toFixed(0)} MB before, ${after.toFixed(0)} MB with ${furtherConnections} more)`;
  }
}

const queries: [string, string, number][] = [
  ['select 1', 'select 1', 15],
  ['10,000 rows x 4', rows(10_000), 9],
  ['1,000,000 rows x 4', rows(1_000_000), 5],
];

function rows(count: number): string {
  return `select n, md5(n::text), now() + n * interval '1 second', n * 1.01 from generate_series(1, ${count}) n`;
}

/** From the start of the process until a window is attached, beside a Node that does nothing. */
async function startUp(folder: string): Promise<Figure> {
  return compare({
    what: 'process start to attach',
    ours: async () => {
      const from = performance.now();
      const sidecar = new SidecarProcess(folder);
      await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'bench' });
      const took = performance.now() - from;
      await sidecar.end();
      return took;
    },
    peer: 'bare node',
    theirs: () => timed(() => runProgram(process.execPath, ['-e', '0'])),
    rounds: 9,
  });
}

async function main(): Promise<void> {
  const psql = await findPsql();
  const folder = await tempFolder();
  const server = await startPostgres();
  try {
    const start = await startUp(folder.path);
    const sidecar = new SidecarProcess(folder.path);
    await sidecar.call('session.attach', { protocolVersion: 1, windowId: 'bench' });
    const bench = new Bench(server, sidecar, psql);
    console.log(report([start, ...(await bench.figures())]));
    console.log(await bench.memoryPerConnection());
    await sidecar.end();
  } finally {
    await server.close();
    await folder.remove();
  }
}

await main();
