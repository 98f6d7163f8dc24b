import type { Notification, NotificationName } from '#shared/contract/derive.ts';
import type { LedgerEntry } from '#shared/query/ledger.ts';
import type { Snapshot } from '#shared/session/snapshot.ts';
import type { Settings } from '#shared/settings/settings.ts';
import { spokenLoss, spokenVerdict, verdictWords } from '../lib/ledgerWords.ts';
import { spokenStatus, type StatusChange } from '../lib/statusWords.ts';
import type { Announcer } from './announcer.svelte.ts';
import { isLiveStatus } from './connections.svelte.ts';
import type { Commands } from './commands/commands.ts';
import type { App } from './context.ts';
import type { FeedTargets, NotificationHandlers } from './feed.ts';
import type { Told } from './ledger.svelte.ts';

type Stores = Omit<
  App,
  'rpc' | 'commands' | 'actions' | 'door' | 'files' | 'questions' | 'toasts' | 'workspace'
>;

/** Hands snapshot and notifications to the stores; `replaced` ends the link of a window that another one took over. */
export function feedTargets(stores: Stores, commands: Commands, replaced: () => void): FeedTargets {
  const handlers = notificationHandlers(stores, replaced);
  return {
    load: (snapshot) => load(stores, commands, snapshot),
    apply: ({ method, params }: Notification) => {
      const handler = handlers[method] as (params: Notification['params']) => void;
      handler(params);
    },
  };
}

function load(stores: Stores, commands: Commands, snapshot: Snapshot): void {
  stores.settings.load(snapshot.settings);
  stores.catalog.outdateAll();
  stores.groups.load(snapshot.groups);
  const before = new Map(stores.connections.list.map(({ config, status }) => [config.id, status]));
  const ended = stores.connections.load(snapshot.connections);
  // What changed while this window could not hear of it.
  for (const { config, ...report } of snapshot.connections) {
    const previous = before.get(config.id);
    if (previous) announce(stores.announcer, config.name, { ...report, previous });
  }
  stores.session.load(snapshot.session);
  stores.runs.load(snapshot.runs);
  stores.searchPaths.load(snapshot.searchPaths);
  stores.documents.load(snapshot.documents);
  stores.runs.recall((tabId) => stores.documents.get(tabId)?.text);
  stores.prompts.load(snapshot.prompts);
  stores.problems.load(snapshot.problems);
  stores.diagnostics.load();
  loadLedger(stores, snapshot.ledger, ended);
  for (const [tabId, autoCommit] of stores.transactions.load(snapshot))
    void commands.transactions.setAutoCommit(tabId, autoCommit);
  void commands.comeBack.start(ended);
  stores.link.draining(snapshot.drainingUntil);
  stores.link.markLoaded();
}

/** A window that was opened just now finds losses to be read; one that was there hears of them. `ended`: with the engine. */
function loadLedger(stores: Stores, entries: Snapshot['ledger'], ended: readonly string[]): void {
  const { announcer, ledger, link, transactions } = stores;
  if (ended.length > 0) announcer.interrupt('The engine was restarted.');
  const news = ledger.load(entries);
  for (const { tabId, ...open } of transactions.endedWith(ended)) {
    const committing = transactions.failure(tabId)?.facts.outcome === 'unknown';
    const entry = ledger.lostWithEngine(tabId, open, { at: Date.now(), committing });
    if (entry) news.push({ entry, told: 'new' });
  }
  if (link.loaded) for (const { entry, told } of news) newsOfLoss(stores, entry, told);
}

function announce(announcer: Announcer, name: string, change: StatusChange): void {
  const spoken = spokenStatus(name, change);
  if (spoken?.isLoss) announcer.interrupt(spoken.words);
  else if (spoken) announcer.say(spoken.words);
}

/** A tab's loss, and what became of its COMMIT once that is known: each is said once. */
function newsOfLoss(stores: Stores, entry: LedgerEntry, told: Told): void {
  const { announcer, documents, transactions } = stores;
  if (verdictWords(entry) !== undefined) transactions.commitTold(entry.tabId);
  const title = documents.get(entry.tabId)?.title;
  if (title === undefined) return;
  const words = told === 'new' ? spokenLoss(title, entry) : spokenVerdict(title, entry);
  if (words !== undefined) announcer.interrupt(words);
}

function notificationHandlers(stores: Stores, replaced: () => void): NotificationHandlers {
  const { connections, groups, link, prompts, problems, session, settings, tests, announcer } = stores;
  return {
    'session.changed': (params) => session.load(params.session),
    'session.replaced': replaced,
    'session.draining': ({ until }) => link.draining(until),
    'store.problem': ({ file, problem }) => problems.changed(file, problem),
    'connection.statusChanged': (params) => {
      connections.statusChanged(params);
      if (isLiveStatus(params.status) !== isLiveStatus(params.previous))
        stores.catalog.invalidated({ connectionId: params.connectionId });
      const name = connections.get(params.connectionId)?.config.name;
      if (name !== undefined) announce(announcer, name, params);
    },
    'document.changed': ({ id, document }) => {
      const isBusy = stores.runs.isBusy(id) || stores.transactions.of(id) !== undefined;
      if (!document) stores.documents.removedElsewhere(id, isBusy);
      else if (stores.documents.changedElsewhere(document))
        announcer.say(`${document.title} was changed in another window, too. Both texts are kept.`);
    },
    'connection.testProgress': (params) => tests.progressed(params),
    'connection.changed': (params) => {
      connections.changed(params);
      if (!params.row) stores.catalog.forget(params.id);
    },
    'catalog.invalidated': (params) => stores.catalog.invalidated(params),
    'group.changed': (params) => groups.changed(params),
    'credential.requested': (params) => prompts.requested(params),
    'credential.settled': ({ promptId }) => prompts.settled(promptId),
    'diagnostics.recorded': ({ events }) => stores.diagnostics.recorded(events),
    'settings.changed': (params) => settings.load(params.settings as Settings),
    'connection.ledger': (params) => {
      const told = stores.ledger.told(params);
      if (told) newsOfLoss(stores, params, told);
    },
    'history.changed': () => stores.history.changed(),
    'export.progress': (params) => stores.exports.progressed(params),
    'tab.searchPathChanged': (params) => stores.searchPaths.changed(params),
    'transaction.changed': (params) => stores.transactions.changed(params),
    ...runHandlers(stores),
  };
}

/** Runs take what is theirs as it comes. */
function runHandlers(stores: Stores) {
  const run =
    <N extends NotificationName>(method: N) =>
    (params: Extract<Notification, { method: N }>['params']) =>
      stores.runs.apply({ method, params } as Parameters<typeof stores.runs.apply>[0]);
  return {
    'query.runStarted': run('query.runStarted'),
    'query.resultStarted': run('query.resultStarted'),
    'query.progress': run('query.progress'),
    'query.resultEnded': run('query.resultEnded'),
    'query.waiting': run('query.waiting'),
    'query.arranging': run('query.arranging'),
    'query.notice': run('query.notice'),
    'query.runEnded': run('query.runEnded'),
  };
}
