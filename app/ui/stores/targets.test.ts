import { describe, expect, it } from 'vitest';
import { connectionConfigSchema } from '#shared/connection/config.ts';
import type { ConnectionStatus } from '#shared/connection/status.ts';
import type { MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { LedgerEntry } from '#shared/query/ledger.ts';
import type { Snapshot } from '#shared/session/snapshot.ts';
import { settingsSchema } from '#shared/settings/settings.ts';
import { WindowMemory } from '../lib/windowMemory.ts';
import { Announcer } from './announcer.svelte.ts';
import { CatalogStore } from './catalog.ts';
import { Commands } from './commands/commands.ts';
import { Connections } from './connections.svelte.ts';
import { DiagnosticsStore } from './diagnostics.ts';
import { Documents } from './documents.svelte.ts';
import { ExportsStore } from './exports.svelte.ts';
import { FileChoice } from './fileChoice.svelte.ts';
import { Groups } from './groups.svelte.ts';
import { HistoryNews } from './historyNews.svelte.ts';
import { LedgerStore } from './ledger.svelte.ts';
import { LinkStatus } from './linkStatus.svelte.ts';
import { Problems } from './problems.svelte.ts';
import { Prompts } from './prompts.svelte.ts';
import { Questions } from './questions.svelte.ts';
import { RunsStore } from './runs.svelte.ts';
import { SearchPaths } from './searchPaths.ts';
import { SentTexts } from './sentTexts.ts';
import { SessionStore } from './session.svelte.ts';
import { SettingsStore } from './settings.svelte.ts';
import { feedTargets } from './targets.ts';
import { Tests } from './tests.svelte.ts';
import { Toasts } from './toasts.svelte.ts';
import { Transactions } from './transactions.svelte.ts';
import { Workspace } from './workspace.svelte.ts';

const config = connectionConfigSchema.parse({
  id: '00000000-0000-4000-8000-000000000001',
  name: 'billing',
  credential: { source: 'session' },
  tls: { mode: 'prefer' },
  createdAt: 0,
  updatedAt: 0,
});

function setUp() {
  const rpc = { call: () => Promise.resolve({} as MethodResult<never>) };
  const stores = {
    announcer: new Announcer(),
    catalog: new CatalogStore(rpc),
    connections: new Connections(),
    diagnostics: new DiagnosticsStore(),
    documents: new Documents(rpc, new WindowMemory(sessionStorage)),
    exports: new ExportsStore(),
    files: new FileChoice(rpc),
    groups: new Groups(),
    ledger: new LedgerStore(),
    link: new LinkStatus(),
    history: new HistoryNews(),
    problems: new Problems(),
    prompts: new Prompts(),
    questions: new Questions(),
    runs: new RunsStore(rpc, new SentTexts({ sent: {} })),
    searchPaths: new SearchPaths(),
    session: new SessionStore(),
    settings: new SettingsStore(),
    tests: new Tests(),
    toasts: new Toasts(),
    transactions: new Transactions(),
    workspace: new Workspace(),
  };
  const targets = feedTargets(stores, new Commands(rpc, stores), () => undefined);
  const tabId = stores.documents.open({ title: 'query 4' }).id;
  const load = (status: ConnectionStatus, more: Partial<Snapshot> = {}) =>
    targets.load({
      revision: 1,
      session: { id: 's' } as Snapshot['session'],
      connections: [{ config, status }],
      groups: [],
      documents: [],
      settings: settingsSchema.parse({}),
      runs: [],
      prompts: [],
      transactions: [],
      problems: [],
      ...more,
    });
  const entry = (more: Partial<LedgerEntry>): LedgerEntry => ({
    id: 'l1',
    connectionId: config.id,
    tabId,
    database: 'shop',
    at: 1_000,
    error: new AppError('CONNECTION_LOST', 'The connection was cut.').toEnvelope(),
    lost: [{ kind: 'transaction', value: 'open' }],
    replayed: [],
    ...more,
  });
  const told = (more: Partial<LedgerEntry>) =>
    targets.apply({ method: 'connection.ledger', params: entry(more) });
  const spoken = () => stores.announcer.assertive.map(({ text }) => text);
  return { ...stores, tabId, load, entry, told, spoken };
}

describe('a loss that is read aloud', () => {
  it('says the verdict of a COMMIT once, when it comes', () => {
    const { told, spoken } = setUp();
    told({ judging: true });
    told({ judging: true });
    told({ commitOutcome: 'committed' });
    told({ commitOutcome: 'committed' });
    expect(spoken()).toEqual([
      'query 4: the connection was lost; asking the server what became of the COMMIT.',
      'query 4: the COMMIT has taken effect.',
    ]);
  });

  it('says that the engine was restarted, and what each tab lost with it, each once', () => {
    const { entry, load, spoken, tabId } = setUp();
    load('connected', { transactions: [{ tabId, connectionId: config.id, status: 'T', sinceAt: 500 }] });
    expect(spoken()).toEqual([]);
    load('disconnected');
    expect(spoken()).toEqual(['The engine was restarted.', 'query 4 has lost a transaction.']);
    const setting = { kind: 'setting', name: 'work_mem', value: '8MB' } as const;
    load('disconnected', { ledger: [entry({ lost: [setting] })] });
    load('disconnected', { ledger: [entry({ lost: [setting] })] });
    expect(spoken().slice(2)).toEqual(['query 4 has lost a setting.']);
  });

  it('is old news to a window that was opened just now', () => {
    const { entry, load, spoken } = setUp();
    load('connected', { ledger: [entry({})] });
    expect(spoken()).toEqual([]);
  });
});
