import { createContext, type Snippet } from 'svelte';
import type { Rpc } from '../lib/rpc/rpc.ts';
import type { Actions } from './actions.svelte.ts';
import type { Announcer } from './announcer.svelte.ts';
import type { CatalogStore } from './catalog.ts';
import type { Commands } from './commands/commands.ts';
import type { Connections } from './connections.svelte.ts';
import type { DiagnosticsStore } from './diagnostics.ts';
import type { Documents } from './documents.svelte.ts';
import type { Door } from './door.ts';
import type { ExportsStore } from './exports.svelte.ts';
import type { FileChoice } from './fileChoice.svelte.ts';
import type { Groups } from './groups.svelte.ts';
import type { HistoryNews } from './historyNews.svelte.ts';
import type { LedgerStore } from './ledger.svelte.ts';
import type { LinkStatus } from './linkStatus.svelte.ts';
import type { Problems } from './problems.svelte.ts';
import type { Prompts } from './prompts.svelte.ts';
import type { Questions } from './questions.svelte.ts';
import type { RunsStore } from './runs.svelte.ts';
import type { SearchPaths } from './searchPaths.ts';
import type { SessionStore } from './session.svelte.ts';
import type { SettingsStore } from './settings.svelte.ts';
import type { Tests } from './tests.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';
import type { Transactions } from './transactions.svelte.ts';
import type { Workspace } from './workspace.svelte.ts';

/**
 * What components get by `getApp()`: the stores (read), the commands and `rpc` (ask). All made once in main.ts.
 *
 * - `documents`: the tabs; an editor writes by `documents.update(id, { text, cursor, scroll })`.
 * - `connections.get(id)`: row with config, status, info, error; `connections.get(id)?.status`.
 * - `runs`: made by the editor's and the results' side; the feed calls `runs.load(snapshot.runs)` and
 *   `runs.apply(notification)` for each `query.*`.
 * - `commands.connections.connect(id)`: what a NOT_CONNECTED error offers.
 * - `actions.register({...})`: what the palette and the shortcut sheet show; returns the way to unregister.
 * - `files.choose(wish, signal)`: the path of a file that the person chooses.
 * - `announcer.say(text)`: the polite live region.
 */
export interface App {
  readonly rpc: Rpc;
  readonly commands: Commands;
  readonly actions: Actions;
  readonly announcer: Announcer;
  readonly catalog: CatalogStore;
  readonly connections: Connections;
  readonly diagnostics: DiagnosticsStore;
  readonly documents: Documents;
  readonly door: Door;
  readonly exports: ExportsStore;
  readonly files: FileChoice;
  readonly groups: Groups;
  readonly history: HistoryNews;
  readonly ledger: LedgerStore;
  readonly link: LinkStatus;
  readonly problems: Problems;
  readonly prompts: Prompts;
  readonly questions: Questions;
  readonly runs: RunsStore;
  readonly searchPaths: SearchPaths;
  readonly session: SessionStore;
  readonly settings: SettingsStore;
  readonly tests: Tests;
  readonly toasts: Toasts;
  readonly transactions: Transactions;
  readonly workspace: Workspace;
}

export const [getApp, setApp] = createContext<App>();

/** How a text of SQL is shown to be read: features that have one show it by this. */
export const [getSqlView, setSqlView] = createContext<Snippet<[text: string]>>();
