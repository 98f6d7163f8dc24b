import type { MethodInput } from '#shared/contract/derive.ts';
import { startFaultyProxy, type FaultyProxy } from '../faultyProxy.ts';
import { startPostgres, type TestServer, type TestServerOptions } from '../postgresServer.ts';
import { SidecarProcess, type Heard } from '../sidecarProcess.ts';
import { tempFolder } from '../tempFolder.ts';
import type { Chaos } from './figure.ts';

export interface ChaosStageOptions {
  server?: TestServerOptions;
  /** Options of the connection. */
  options?: object;
  /** Straight to the server, past the proxy. */
  direct?: boolean;
  /** Of the sidecar's environment. */
  env?: Record<string, string>;
}

interface Parts {
  chaos: Chaos;
  server: TestServer;
  proxy: FaultyProxy;
  folder: Awaited<ReturnType<typeof tempFolder>>;
  options: ChaosStageOptions;
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A real server behind the proxy and the sidecar as a process before it, with a window attached and a connection made. */
export class ChaosStage {
  readonly server: TestServer;
  readonly proxy: FaultyProxy;
  sidecar: SidecarProcess;
  connectionId = '';
  readonly #parts: Parts;
  #names = 0;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.server = parts.server;
    this.proxy = parts.proxy;
    this.sidecar = this.#spawn();
  }

  static async open(chaos: Chaos, options: ChaosStageOptions = {}): Promise<ChaosStage> {
    const server = await startPostgres(options.server);
    const proxy = await startFaultyProxy(server);
    const stage = new ChaosStage({ chaos, server, proxy, folder: await tempFolder(), options });
    await stage.#begin();
    return stage;
  }

  #spawn(): SidecarProcess {
    const { chaos, folder, options } = this.#parts;
    const entry = chaos.entry === undefined ? {} : { entry: chaos.entry };
    return new SidecarProcess(folder.path, { ...entry, env: options.env ?? {} });
  }

  async #begin(): Promise<void> {
    await this.sidecar.call('session.attach', { protocolVersion: 1, windowId: 'w' });
    this.connectionId = await this.save();
    await this.connect();
  }

  /** A new sidecar in the place of one that is gone, or of this one. */
  async renewSidecar(): Promise<void> {
    await this.sidecar.kill();
    this.sidecar = this.#spawn();
    await this.#begin();
  }

  get draft() {
    const { server, proxy } = this;
    const { direct, options = {} } = this.#parts.options;
    const { host, port } = direct ? server : proxy;
    const { database, username } = server;
    const place = { host, port, database, username, tls: { mode: 'disable' } };
    return { ...place, name: `chaos ${(this.#names += 1)}`, credential: { source: 'session' }, options };
  }

  async save(more: object = {}, password = this.server.password): Promise<string> {
    const asked = { config: { ...this.draft, ...more }, secrets: { password } };
    return (await this.sidecar.call('connection.save', asked)).config.id;
  }

  async connect(): Promise<void> {
    const secrets = { password: this.server.password };
    await this.sidecar.call('connection.connect', { id: this.connectionId, secrets });
  }

  /** How much was heard so far: what comes later is what comes after this. */
  mark(): number {
    return this.sidecar.notifications.length;
  }

  events(from = 0, id = this.connectionId): Heard[] {
    return this.sidecar.notifications
      .slice(from)
      .filter(({ method, params }) => method === 'connection.statusChanged' && params.connectionId === id);
  }

  /** The first event with this status after a mark. */
  status(wanted: string, from: number, limitMs?: number): Promise<Heard> {
    const find = () => this.events(from).find(({ params }) => params.status === wanted);
    return this.sidecar.until(find, `status ${wanted}`, limitMs);
  }

  async statusNow(): Promise<string> {
    return (await this.sidecar.call('connection.status', { id: this.connectionId })).status;
  }

  /** Waits until the connection is there again by itself. */
  async back(limitMs = 30_000): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!['connected', 'degraded'].includes(await this.statusNow())) {
      if (performance.now() > deadline)
        throw new Error(`Still ${await this.statusNow()} after ${limitMs} ms.`);
      await sleep(10);
    }
  }

  start(
    tabId: string,
    text: string,
    more: Partial<MethodInput<'query.run'>> = {},
  ): Promise<{ runId: string }> {
    return this.sidecar.call('query.run', { connectionId: this.connectionId, tabId, text, ...more });
  }

  /** Starts a statement and waits until the server is at it: one that was never sent would be no loss. */
  async begin(tabId: string, text: string): Promise<string> {
    const { runId } = await this.start(tabId, text);
    await this.poll(async () => (await this.active(text)) > 0, `${text} on the server`);
    return runId;
  }

  ended(runId: string, limitMs?: number): Promise<Heard> {
    const find = () =>
      this.sidecar.notifications.find(
        ({ method, params }) => method === 'query.runEnded' && params.runId === runId,
      );
    return this.sidecar.until(find, `the end of ${runId}`, limitMs);
  }

  async run(tabId: string, text: string, more: Partial<MethodInput<'query.run'>> = {}): Promise<Heard> {
    const { runId } = await this.start(tabId, text, more);
    return this.ended(runId);
  }

  /** The first value of a text's last result. */
  async value(tabId: string, text: string): Promise<unknown> {
    const { ended, started } = await this.sidecar.run(this.connectionId, tabId, text);
    if (ended.outcome !== 'done') throw new Error(`${text}: ${JSON.stringify(ended)}`);
    return (started.at(-1)?.firstRows as unknown[][] | undefined)?.[0]?.[0];
  }

  /** How many backends are at a text, told by another connection. */
  async active(text: string): Promise<number> {
    const sql = "select from pg_stat_activity where state = 'active' and query = $1";
    return (await this.server.query(sql, { values: [text] })).length;
  }

  /** How many backends the sidecar has on the server. */
  async backends(): Promise<number> {
    return (await this.server.query("select from pg_stat_activity where application_name = 'Hawser'")).length;
  }

  /** Looks again and again; gives how long it took. */
  async poll(look: () => boolean | Promise<boolean>, what: string, limitMs = 30_000): Promise<number> {
    const from = performance.now();
    while (!(await look())) {
      if (performance.now() - from > limitMs) throw new Error(`Did not come: ${what}`);
      await sleep(10);
    }
    return performance.now() - from;
  }

  /** Every process of the server at once, as when the machine goes. */
  async killServer(): Promise<void> {
    for (const pid of this.server.pids().filter((each) => each !== this.server.pid)) killProcess(pid);
    await this.server.kill();
  }

  /** Every backend of the sidecar, the control connection's too. */
  async terminateAll(): Promise<void> {
    await this.server.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'Hawser'",
    );
  }

  /** Complaints of the process about itself; there are none where all is well. */
  uncaught(): string[] {
    const lines = this.sidecar.stderr.split('\n');
    const { exitCode, signalCode } = this.sidecar.child;
    const gone = exitCode === null && signalCode === null ? [] : [`ended: ${exitCode ?? signalCode}`];
    return [...lines.filter((line) => /uncaught exception|unhandled rejection/.test(line)), ...gone];
  }

  /** What was heard is not needed any more. */
  forget(): void {
    this.sidecar.notifications.length = 0;
  }

  async close(): Promise<void> {
    this.server.resume();
    this.sidecar.child.kill('SIGCONT');
    await this.sidecar.end();
    await this.proxy.close();
    await this.server.close();
    await this.#parts.folder.remove();
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself since it was listed.
  }
}

/** Opens a stage for some work and closes it however that ends. */
export async function onStage<T>(
  chaos: Chaos,
  options: ChaosStageOptions,
  work: (stage: ChaosStage) => Promise<T>,
): Promise<T> {
  const stage = await ChaosStage.open(chaos, options);
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}
