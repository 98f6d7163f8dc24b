import type { Announcer } from '../announcer.svelte.ts';
import type { CatalogStore } from '../catalog.ts';
import type { Connections } from '../connections.svelte.ts';
import type { Documents } from '../documents.svelte.ts';
import type { ExportsStore } from '../exports.svelte.ts';
import type { FileChoice } from '../fileChoice.svelte.ts';
import type { Groups } from '../groups.svelte.ts';
import type { LedgerStore } from '../ledger.svelte.ts';
import type { Questions } from '../questions.svelte.ts';
import type { RunsStore } from '../runs.svelte.ts';
import type { SettingsStore } from '../settings.svelte.ts';
import type { Transactions } from '../transactions.svelte.ts';
import type { Toasts } from '../toasts.svelte.ts';
import type { Workspace } from '../workspace.svelte.ts';

/** The stores that commands look at, and write only where the truth is the window's own. */
export interface CommandStores {
  readonly announcer: Announcer;
  readonly catalog: CatalogStore;
  readonly connections: Connections;
  readonly documents: Documents;
  readonly exports: ExportsStore;
  readonly files: FileChoice;
  readonly groups: Groups;
  readonly ledger: LedgerStore;
  readonly questions: Questions;
  readonly runs: RunsStore;
  readonly settings: SettingsStore;
  readonly toasts: Toasts;
  readonly transactions: Transactions;
  readonly workspace: Workspace;
}
