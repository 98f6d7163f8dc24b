import { Link, type LinkOptions } from './lib/rpc/link.ts';
import type { WindowMemory } from './lib/windowMemory.ts';
import { Actions } from './stores/actions.svelte.ts';
import { Announcer } from './stores/announcer.svelte.ts';
import { CatalogStore } from './stores/catalog.ts';
import { Commands } from './stores/commands/commands.ts';
import { Connections } from './stores/connections.svelte.ts';
import type { App } from './stores/context.ts';
import { DiagnosticsStore } from './stores/diagnostics.ts';
import { Documents } from './stores/documents.svelte.ts';
import { ExportsStore } from './stores/exports.svelte.ts';
import { Feed } from './stores/feed.ts';
import { FileChoice } from './stores/fileChoice.svelte.ts';
import { Groups } from './stores/groups.svelte.ts';
import { HistoryNews } from './stores/historyNews.svelte.ts';
import { LedgerStore } from './stores/ledger.svelte.ts';
import { LinkStatus } from './stores/linkStatus.svelte.ts';
import { Problems } from './stores/problems.svelte.ts';
import { Prompts } from './stores/prompts.svelte.ts';
import { Questions } from './stores/questions.svelte.ts';
import { RunsStore } from './stores/runs.svelte.ts';
import { SearchPaths } from './stores/searchPaths.ts';
import { SentTexts } from './stores/sentTexts.ts';
import { SessionStore } from './stores/session.svelte.ts';
import { SettingsStore } from './stores/settings.svelte.ts';
import { feedTargets } from './stores/targets.ts';
import { Tests } from './stores/tests.svelte.ts';
import { Toasts } from './stores/toasts.svelte.ts';
import { Transactions } from './stores/transactions.svelte.ts';
import { Workspace } from './stores/workspace.svelte.ts';

/** The one place where everything of the window is made. Nothing moves before `link.start()`. */
export function createApp(memory: WindowMemory, open: LinkOptions['open']): { app: App; link: Link } {
  const status = new LinkStatus();
  const link: Link = new Link({
    open,
    attach: (peer, signal) => feed.attach(peer, signal),
    notified: (method, params) => feed.notified(method, params),
    changed: (state) => status.changed(state),
  });
  const stores = {
    announcer: new Announcer(),
    catalog: new CatalogStore(link),
    connections: new Connections(),
    diagnostics: new DiagnosticsStore(),
    documents: new Documents(link, memory),
    exports: new ExportsStore(),
    files: new FileChoice(link),
    groups: new Groups(),
    history: new HistoryNews(),
    ledger: new LedgerStore(),
    link: status,
    problems: new Problems(),
    prompts: new Prompts(),
    questions: new Questions(),
    runs: new RunsStore(link, new SentTexts(memory)),
    searchPaths: new SearchPaths(),
    session: new SessionStore(),
    settings: new SettingsStore(),
    tests: new Tests(),
    toasts: new Toasts(),
    transactions: new Transactions(),
    workspace: new Workspace(),
  };
  const commands = new Commands(link, stores);
  const feed = new Feed(
    feedTargets(stores, commands, () => link.replaced()),
    memory,
  );
  const door = {
    retry: () => link.retryNow(),
    takeOver: () => {
      feed.takeOver();
      link.retryNow();
    },
    startAnew: () => {
      memory.renew();
      link.retryNow();
    },
  };
  return { app: { ...stores, rpc: link, actions: new Actions(stores.settings), commands, door }, link };
}
