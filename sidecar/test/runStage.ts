import type { Notification } from '#shared/contract/derive.ts';
import type { ConnectionOptions } from '#shared/connection/config.ts';
import { Connections } from '../connection/connections.ts';
import { LastGoods } from '../connection/lastGood.ts';
import { Prompts } from '../credentials/prompts.ts';
import { Credentials } from '../credentials/credentials.ts';
import { Keychain } from '../credentials/keychain.ts';
import { KeychainIndex } from '../credentials/keychainIndex.ts';
import { Redactor } from '../diagnostics/redactor.ts';
import { Screen } from '../diagnostics/screen.ts';
import { EmbeddedServer } from '../embedded/server.ts';
import { systemClock as clock } from '../lib/clock.ts';
import { Ticker } from '../lib/ticker.ts';
import { Journal } from '../journal/journal.ts';
import { Profiles } from '../profiles/profiles.ts';
import type { RunParams } from '../query/run.ts';
import { Runs } from '../query/runs.ts';
import type { SpoolLimits } from '../query/spool/spool.ts';
import { SpoolStore } from '../query/spool/spoolStore.ts';
import { TabJournal } from '../query/ledger/tabJournal.ts';
import { openDataFolder } from '../storage/dataFolder.ts';
import { tempFolder } from './tempFolder.ts';

const log = { info: () => {}, warn: () => {} };

type Told<M extends Notification['method']> = Extract<Notification, { method: M }>['params'];

/** One run as a window sees it. */
export class WatchedRun {
  readonly runId: string;
  readonly #stage: RunStage;

  constructor(runId: string, stage: RunStage) {
    this.runId = runId;
    this.#stage = stage;
  }

  /** What was told of this run so far, of one kind. */
  told<M extends Notification['method']>(method: M): Told<M>[] {
    return this.#stage.notifications.flatMap((notification) =>
      notification.method === method &&
      'runId' in notification.params &&
      notification.params.runId === this.runId
        ? [notification.params as Told<M>]
        : [],
    );
  }

  ended(): Promise<Told<'query.runEnded'>> {
    return this.#stage.until(() => this.told('query.runEnded')[0]);
  }
}

type StageParams = Partial<RunParams> & { sessionId?: string };

interface RunStageParts {
  profiles: Profiles;
  connections: Connections;
  connectionId: string;
  journal: TabJournal;
  spools: SpoolStore;
  spoolFolder: string;
  dataFolder: string;
  closeFolder: () => Promise<void>;
}

/** Runs over a real connection to a real server, with what they tell. */
export class RunStage {
  readonly notifications: Notification[] = [];
  readonly runs: Runs;
  readonly profiles: Profiles;
  readonly connections: Connections;
  readonly connectionId: string;
  readonly dataFolder: string;

  readonly spools: SpoolStore;
  /** Where results that are large go. */
  readonly spoolFolder: string;
  readonly #closeFolder: () => Promise<void>;

  constructor({ closeFolder, ...parts }: RunStageParts) {
    const { profiles, connections, connectionId, journal, spools, dataFolder } = parts;
    this.profiles = profiles;
    this.connections = connections;
    this.connectionId = connectionId;
    this.dataFolder = dataFolder;
    this.#closeFolder = closeFolder;
    this.runs = new Runs({ connections, journal, clock, log, spools, dataFolder });
    this.spools = spools;
    this.spoolFolder = parts.spoolFolder;
    this.runs.events.on(({ notification }) => this.notifications.push(notification));
  }

  start(text: string, { sessionId = 's', ...params }: StageParams = {}): WatchedRun {
    const { connectionId } = this;
    const { runId } = this.runs.run(sessionId, {
      connectionId,
      tabId: 't',
      text,
      stopOnError: true,
      ...params,
    });
    return new WatchedRun(runId, this);
  }

  /** Runs a text to its end. */
  async run(text: string, params: StageParams = {}) {
    const run = this.start(text, params);
    const ended = await run.ended();
    const results = run.told('query.resultStarted');
    return { run, ended, results, rows: results.map(({ firstRows }) => firstRows) };
  }

  /** The first value of a text's last result. */
  async value(text: string, params: StageParams = {}): Promise<string | null | undefined> {
    const { ended, rows } = await this.run(text, params);
    if (ended.outcome !== 'done') throw new Error(`${text}: ${ended.error?.message ?? ended.outcome}`);
    return rows.at(-1)?.[0]?.[0];
  }

  /** Waits for what a look every few milliseconds finds. */
  async until<T>(look: () => T | undefined | Promise<T | undefined>, limitMs = 15_000): Promise<T> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      if (performance.now() > deadline) throw new Error('What the test waits for did not come');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async close(): Promise<void> {
    await this.runs.shutdown();
    await this.connections.close();
    await this.#closeFolder();
  }
}

/** Connects to a server as the sidecar does, with a data folder of its own. */
export async function openRunStage(
  server: { host: string; port: number; database: string; username: string; password: string },
  { options = {}, limits }: { options?: Partial<ConnectionOptions>; limits?: Partial<SpoolLimits> } = {},
): Promise<RunStage> {
  const temp = await tempFolder();
  const folder = await openDataFolder(temp.path);
  const profiles = await Profiles.open(folder);
  const keychain = new Keychain(await KeychainIndex.open(folder), []);
  const lastGoods = await LastGoods.open(folder);
  const connections = new Connections({
    ticker: new Ticker(),
    clock,
    profiles,
    secrets: new Credentials({ keychain, clock, onSecret: () => {} }),
    screen: new Screen(new Redactor()),
    onUnkept: () => {},
    prompts: new Prompts(clock),
    embedded: new EmbeddedServer({ dataDir: folder.paths.embedded, log, clock }),
    lastGoods,
  });
  const closeFolder = async () => {
    await Promise.all([keychain.close(), profiles.close(), lastGoods.close()]);
    await folder.close();
    await temp.remove();
  };
  const { host, port, database, username, password } = server;
  const place = { host, port, database, username, tls: { mode: 'disable' } };
  const credential = { source: 'session' };
  const definition = { name: 'runs', ...place, credential, options };
  const { id } = (await connections.save(definition, { password })).config;
  await connections.connect(id, undefined);
  const journal = new TabJournal({
    journal: Journal.open({ path: folder.paths.journal, log }),
    clean: (text) => text,
    now: clock.now(),
  });
  const spools = new SpoolStore(folder.paths.spool, limits);
  return new RunStage({
    profiles,
    connections,
    connectionId: id,
    journal,
    spools,
    spoolFolder: folder.paths.spool,
    dataFolder: temp.path,
    closeFolder,
  });
}
