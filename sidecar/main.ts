import { parseArgs } from 'node:util';
import { toEnvelope } from '#shared/error/appError.ts';
import { createDispatch } from './api/dispatch.ts';
import type { Services } from './api/services.ts';
import { Archive } from './archive/archive.ts';
import { Catalog } from './catalog/catalog.ts';
import { Connections } from './connection/connections.ts';
import { LastGoods } from './connection/lastGood.ts';
import { HeldSecrets } from './credentials/heldSecrets.ts';
import { Prompts } from './credentials/prompts.ts';
import { Credentials } from './credentials/credentials.ts';
import { Keychain } from './credentials/keychain.ts';
import { KeychainIndex } from './credentials/keychainIndex.ts';
import { installedLibraries } from './credentials/keychainLibraries.ts';
import { Diagnostics } from './diagnostics/diagnostics.ts';
import { LastLines } from './diagnostics/lastLines.ts';
import { createLog, Redactor } from './diagnostics/log.ts';
import { Screen } from './diagnostics/screen.ts';
import { Documents } from './documents/documents.ts';
import { EmbeddedServer } from './embedded/server.ts';
import { systemClock as clock } from './lib/clock.ts';
import { atMost } from './lib/deadline.ts';
import { Ticker } from './lib/ticker.ts';
import { History } from './history/history.ts';
import { Journal } from './journal/journal.ts';
import { Importing } from './profiles/importing/importing.ts';
import { Profiles } from './profiles/profiles.ts';
import { Runs } from './query/runs.ts';
import { writeTextFile } from './query/exporting/textFile.ts';
import { SpoolStore } from './query/spool/spoolStore.ts';
import { TabJournal } from './query/ledger/tabJournal.ts';
import { StdioPeer } from './rpc/stdioPeer.ts';
import { Drain } from './session/drain.ts';
import { keep } from './session/keeping.ts';
import { keepHistory } from './session/keepHistory.ts';
import { publish } from './session/publish.ts';
import { recordEvents } from './session/recording/recording.ts';
import { Sessions } from './session/sessions.ts';
import { SnapshotSource } from './session/snapshot.ts';
import { Switcher } from './session/switcher.ts';
import { Settings } from './settings/settings.ts';
import { openDataFolder, type DataFolder } from './storage/dataFolder.ts';
import { defaultDataFolder, ownSurroundings } from './storage/paths.ts';
import { RotatedLines } from './storage/rotatedLines.ts';
import { certificateKeeper, dropUnusedCertificates } from './tls/trustedCertificates.ts';

/** stdin's end means that nobody listens any more: everything is closed within this time, or left to the system. */
const shutdownLimitMs = 1_800;
/** How long what runs is waited for when Hawser is asked to end. */
const drainLimitMs = 30_000;
/** How much of that what runs may take to stop. */
const cancelLimitMs = 700;
/** The folder is held by another sidecar: the host says so instead of starting this one again. */
const folderInUseExitCode = 3;

const usageExitCode = 2;

const redactor = new Redactor();
const lastLines = new LastLines();
const log = createLog({ level: 'info', redactor, keep: lastLines.add });

async function openStores(folder: DataFolder) {
  const [profiles, settings, documents, lastGoods] = await Promise.all([
    Profiles.open(folder),
    Settings.open(folder),
    Documents.open(folder),
    LastGoods.open(folder),
  ]);
  const { connections } = profiles.list();
  void dropUnusedCertificates(
    folder,
    connections.map(({ tls }) => tls.caFile),
  );
  return { profiles, settings, documents, lastGoods };
}

const onSecret = (secret: string) => redactor.add(secret);

async function openCredentials(folder: DataFolder): Promise<Credentials> {
  // The tests must leave the keychain of whoever runs them alone.
  const libraries = process.env.HAWSER_NO_KEYCHAIN ? [] : installedLibraries();
  const keychain = new Keychain(await KeychainIndex.open(folder), libraries);
  return new Credentials({ keychain, clock, onSecret });
}

const openJournal = (folder: DataFolder): TabJournal =>
  new TabJournal({
    journal: Journal.open({ path: folder.paths.journal, log }),
    clean: (text) => redactor.clean(text),
    now: clock.now(),
  });

interface ConnectionParts {
  profiles: Profiles;
  lastGoods: LastGoods;
  screen: Screen;
}

/** What connects, with all that it asks for on the way. */
async function openConnections(folder: DataFolder, { profiles, lastGoods, screen }: ConnectionParts) {
  const prompts = new Prompts(clock);
  const secrets = await openCredentials(folder);
  const embedded = new EmbeddedServer({ dataDir: folder.paths.embedded, log, clock });
  const connections = new Connections({
    clock,
    ticker: new Ticker(),
    profiles,
    secrets,
    prompts,
    embedded,
    screen,
    onUnkept: folder.problems.reporter('keychain'),
    lastGoods,
  });
  return { connections, embedded, prompts, secrets };
}

function openRuns(folder: DataFolder, connections: Connections): { runs: Runs; spools: SpoolStore } {
  const spools = new SpoolStore(folder.paths.spool);
  const { path: dataFolder } = folder;
  const runs = new Runs({ connections, journal: openJournal(folder), clock, log, spools, dataFolder });
  return { runs, spools };
}

interface HistoryParts {
  profiles: Profiles;
  settings: Settings;
  screen: Screen;
  runs: Runs;
}

function openHistory(folder: DataFolder, { profiles, settings, screen, runs }: HistoryParts): History {
  const history = new History({
    path: folder.paths.history,
    clock,
    settings: () => settings.get(),
    clean: (text) => screen.statement(text),
    onProblem: folder.problems.reporter('history.jsonl'),
  });
  keepHistory({ runs, history, profiles, settings });
  return history;
}

/** Where it is a name as well, everybody sees it anyway, and messages without it could not be read. */
const isPublic = (secret: string, profiles: Profiles): boolean =>
  profiles
    .list()
    .connections.some(({ host, database, username }) => [host, database, username].includes(secret));

const openImporting = (profiles: Profiles, held: HeldSecrets): Importing =>
  new Importing({
    surroundings: ownSurroundings(),
    present: () => profiles.list().connections,
    hold: (found) => held.hold(found),
  });

interface ArchiveParts {
  profiles: Profiles;
  settings: Settings;
  screen: Screen;
  sessions: Sessions;
}

/** What is kept of the sessions of windows. */
const openArchive = (folder: DataFolder, { profiles, settings, screen, sessions }: ArchiveParts): Archive =>
  new Archive({
    clock,
    folder,
    settings: () => settings.get(),
    recordOf: (id) => sessions.all().find((each) => each.id === id)?.record,
    nameOf: (id) => profiles.list().connections.find((each) => each.id === id)?.name ?? '',
    redact: (statement) => screen.statement(statement),
    clean: (value) => screen.clean(value),
  });

function openDiagnostics(
  { path: dataFolder, paths, problems }: DataFolder,
  { settings, connections, screen }: { settings: Settings; connections: Connections; screen: Screen },
): Diagnostics {
  return new Diagnostics({
    clock,
    screen,
    journal: new RotatedLines({ path: paths.diagnostics, log }),
    write: (path, text) => writeTextFile(path, text, dataFolder),
    settings: () => settings.get(),
    connections: () => connections.rows().map(({ config }) => config),
    state: () => [
      ...connections.rows().map(({ config, ...report }) => ({ connection: config.id, ...report })),
      ...problems.list(),
    ],
    log: () => lastLines.list(),
  });
}

/** Windows come in from here on. */
const letIn = (
  sessions: Sessions,
  { snapshots, runs, archive }: Pick<Services, 'snapshots' | 'runs' | 'archive'>,
) =>
  sessions.open({
    snapshots,
    isBusy: (sessionId) => runs.hasActive(sessionId),
    onBegin: (sessionId, windowId) => {
      archive.begin(sessionId, windowId);
      runs.beginSession(sessionId, windowId);
    },
    onEnd: (sessionId) => void runs.endSession(sessionId).finally(() => archive.end(sessionId)),
  });

interface Composed {
  services: Services;
  screen: Screen;
  open: () => void;
  close: () => Promise<void>;
}

async function compose(folder: DataFolder, sessions: Sessions): Promise<Composed> {
  const problems = folder.problems;
  const stores = await openStores(folder);
  const { profiles, settings } = stores;
  const screen = new Screen(redactor, (secret) => isPublic(secret, profiles));
  const held = new HeldSecrets(clock, onSecret);
  const { connections, embedded, prompts, secrets } = await openConnections(folder, { ...stores, screen });
  const { runs, spools } = openRuns(folder, connections);
  const history = openHistory(folder, { ...stores, screen, runs });
  const snapshots = new SnapshotSource({ connections, runs, prompts, problems, sessions, ...stores });
  const archive = openArchive(folder, { profiles, settings, screen, sessions });
  const switcher = new Switcher({ clock, connections, profiles, settings });
  const catalog = new Catalog({ connections, profiles, runs, folder: folder.paths.catalog, clock, log });
  const diagnostics = openDiagnostics(folder, { settings, connections, screen });
  const core = { clock, connections, history, runs, sessions, switcher, catalog, archive, diagnostics };
  publish({ ...core, ...stores, prompts, problems });
  keep({ ...core, ...stores });
  recordEvents({ ...core, ...stores, prompts, problems, spools });
  const close = async () => {
    sessions.close();
    prompts.close();
    held.close();
    const stored = Promise.all([...Object.values(stores), catalog].map((store) => store.close()));
    // What runs is cancelled while its connection is still there; a server that does not answer is not waited for.
    const stopped = runs.shutdown().catch((err: unknown) => log.error({ err }, 'runs did not stop'));
    await atMost(cancelLimitMs, stopped);
    await Promise.allSettled([
      archive.close(),
      history.close(),
      connections.close(),
      embedded.stop(),
      secrets.close(),
      stored,
    ]);
    await diagnostics.close();
    await folder.close();
  };
  return {
    open: () => letIn(sessions, { snapshots, runs, archive }),
    screen,
    services: {
      ...core,
      ...stores,
      held,
      importing: openImporting(profiles, held),
      snapshots,
      keepCertificate: certificateKeeper(folder),
    },
    close,
  };
}

/** Listens at once, so that whoever attaches meanwhile has an outcome in time however long the folder takes. */
function serve(sessions: Sessions, composing: Promise<Composed>, onEnd: () => void): void {
  const dispatch = createDispatch(
    sessions,
    composing.then(({ services }) => services),
  );
  let screen = new Screen(redactor);
  composing.then(
    (composed) => (screen = composed.screen),
    () => undefined,
  );
  new StdioPeer({
    input: process.stdin,
    output: process.stdout,
    inUse: (channel) => sessions.of(channel) !== undefined,
    onEnd,
    screen: (message) => screen.message(message),
    handle: (channel, method, params, signal) =>
      dispatch(method, params, { link: channel, signal, session: () => sessions.require(channel) }),
  });
}

function dataDirArgument(): string | undefined {
  try {
    return parseArgs({ options: { 'data-dir': { type: 'string' } } }).values['data-dir'];
  } catch (error) {
    process.stderr.write(`${String(error)}\nUsage: main.mjs [--data-dir DIR]\n`);
    process.exit(usageExitCode);
  }
}

async function main(): Promise<void> {
  const sessions = new Sessions(clock);
  const composing = openDataFolder(dataDirArgument() ?? defaultDataFolder()).then((folder) =>
    compose(folder, sessions),
  );
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(0), shutdownLimitMs);
    void composing.then(({ close }) => close()).finally(() => log.flush(() => process.exit(0)));
  };
  serve(sessions, composing, end);
  const { services, open } = await composing;
  const drain = new Drain(services);
  // Asked twice: at once. So does the end of stdin, for then nobody is there who could be told.
  const leave = () => (drain.isUnderWay ? end() : void drain.whenDone(drainLimitMs).then(end));
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, leave);
  open();
  log.info({ pid: process.pid }, 'ready');
}

// A fault of our own must cost as little as it can: it is logged, and what is connected goes on.
process.on('uncaughtException', (error) => log.error({ err: error }, 'uncaught exception'));
process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));

main().catch((error: unknown) => {
  const envelope = toEnvelope(error);
  process.stderr.write(`${JSON.stringify(envelope)}\n`);
  process.exit(envelope.code === 'DATA_FOLDER_IN_USE' ? folderInUseExitCode : 1);
});
