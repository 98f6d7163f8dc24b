import { expect, it } from 'vitest';
import { connectionConfigSchema } from '#shared/connection/config.ts';
import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import { WindowMemory } from '../../lib/windowMemory.ts';
import { Announcer } from '../announcer.svelte.ts';
import { CatalogStore } from '../catalog.ts';
import { Connections } from '../connections.svelte.ts';
import { Documents } from '../documents.svelte.ts';
import { Questions } from '../questions.svelte.ts';
import { RunsStore } from '../runs.svelte.ts';
import { SentTexts } from '../sentTexts.ts';
import { Toasts } from '../toasts.svelte.ts';
import { Transactions } from '../transactions.svelte.ts';
import { Workspace } from '../workspace.svelte.ts';
import { CatalogCommands } from './catalogCommands.ts';
import { RunCommands } from './runCommands.ts';
import { TransactionCommands } from './transactionCommands.ts';

const connectionId = '00000000-0000-4000-8000-000000000001';
const config = connectionConfigSchema.parse({
  id: connectionId,
  name: 'billing',
  database: 'app',
  credential: { source: 'session' },
  tls: { mode: 'prefer' },
  createdAt: 1,
  updatedAt: 2,
});

/** A sidecar that knows no database `gone`. */
class Sidecar implements Rpc {
  readonly calls: [method: MethodName, params: object][] = [];

  call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    this.calls.push([method, params]);
    if (method === 'database.select' && 'database' in params && params.database === 'gone')
      return Promise.reject(new AppError('DATABASE_NOT_FOUND', 'There is no database “gone”.'));
    return Promise.resolve({} as MethodResult<M>);
  }

  of(method: MethodName): object[] {
    return this.calls.flatMap(([name, params]) => (name === method ? [params] : []));
  }
}

function setUp() {
  const rpc = new Sidecar();
  const connections = new Connections();
  connections.load([{ config, status: 'connected' }]);
  const stores = {
    announcer: new Announcer(),
    catalog: new CatalogStore(rpc),
    connections,
    documents: new Documents(rpc, new WindowMemory(sessionStorage)),
    questions: new Questions(),
    runs: new RunsStore(rpc, new SentTexts({ sent: {} })),
    toasts: new Toasts(),
    transactions: new Transactions(),
    workspace: new Workspace(),
  };
  const runs = new RunCommands(stores);
  const commands = new CatalogCommands(rpc, stores, runs, new TransactionCommands(rpc, stores));
  return { ...stores, rpc, runs, commands, tab: stores.documents.open({ connectionId, text: 'select 1' }) };
}

it('a tab changes to a database that could be opened, and its runs go there', async () => {
  const { rpc, runs, commands, tab } = setUp();
  await commands.useDatabase(tab, 'archive');
  expect(tab.database).toBe('archive');
  await commands.useDatabase(tab, 'app');
  expect(rpc.of('database.select')).toMatchObject([{ database: 'archive' }, { database: 'app' }]);
  expect(tab).toMatchObject({ database: undefined, text: 'select 1' });
  // The window has selected another one meanwhile, for another tab: this one says where it is.
  void runs.run({ tabId: tab.id, connectionId, from: 0, text: 'select 1', start: { line: 1, column: 1 } });
  await Promise.resolve();
  expect(rpc.of('query.run')).toMatchObject([{ database: 'app' }]);
});

it('a tab stays where it is, with its transaction, where the other database cannot be opened', async () => {
  const { rpc, commands, tab, questions, toasts, transactions } = setUp();
  transactions.changed({ tabId: tab.id, connectionId, status: 'T', sinceAt: 1 });
  const changing = commands.useDatabase(tab, 'gone');
  questions.answer('confirm');
  await changing;
  expect(tab.database).toBeUndefined();
  expect(rpc.of('transaction.rollback')).toEqual([]);
  expect(toasts.list.map(({ text }) => text)).toEqual([
    'Not changed to “gone”: There is no database “gone”.',
  ]);
  expect(rpc.of('catalog.databases')).toMatchObject([{ refresh: true }]);
});
