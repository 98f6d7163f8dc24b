import { describe, expect, it, vi } from 'vitest';
import { connectionConfigSchema, type ConnectionConfig } from '#shared/connection/config.ts';
import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import { WindowMemory } from '../../lib/windowMemory.ts';
import { Announcer } from '../announcer.svelte.ts';
import { CatalogStore } from '../catalog.ts';
import { Connections } from '../connections.svelte.ts';
import { Documents } from '../documents.svelte.ts';
import { ExportsStore } from '../exports.svelte.ts';
import { FileChoice } from '../fileChoice.svelte.ts';
import { Groups } from '../groups.svelte.ts';
import { LedgerStore } from '../ledger.svelte.ts';
import { Questions } from '../questions.svelte.ts';
import { RunsStore } from '../runs.svelte.ts';
import { SentTexts } from '../sentTexts.ts';
import { SettingsStore } from '../settings.svelte.ts';
import { Toasts } from '../toasts.svelte.ts';
import { Transactions } from '../transactions.svelte.ts';
import { Workspace } from '../workspace.svelte.ts';
import { Commands } from './commands.ts';

const config = connectionConfigSchema.parse({
  id: '00000000-0000-4000-8000-000000000001',
  name: 'billing',
  color: '#aa3366',
  credential: { source: 'session' },
  tls: { mode: 'prefer' },
  createdAt: 1,
  updatedAt: 2,
});
const newId = '00000000-0000-4000-8000-000000000002';

class Sidecar implements Rpc {
  readonly calls: { method: MethodName; params: unknown }[] = [];

  call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    this.calls.push({ method, params });
    return Promise.resolve({ config: { ...config, id: newId } } as MethodResult<M>);
  }

  of(method: MethodName): unknown[] {
    return this.calls.flatMap((each) => (each.method === method ? [each.params] : []));
  }
}

function setUp() {
  const rpc = new Sidecar();
  const stores = {
    announcer: new Announcer(),
    catalog: new CatalogStore(rpc),
    connections: new Connections(),
    documents: new Documents(rpc, new WindowMemory(sessionStorage)),
    exports: new ExportsStore(),
    files: new FileChoice(rpc),
    groups: new Groups(),
    ledger: new LedgerStore(),
    questions: new Questions(),
    runs: new RunsStore(rpc, new SentTexts({ sent: {} })),
    settings: new SettingsStore(),
    toasts: new Toasts(),
    transactions: new Transactions(),
    workspace: new Workspace(),
  };
  return { rpc, ...stores, commands: new Commands(rpc, stores).connections };
}

async function deleted(given: ConnectionConfig) {
  const app = setUp();
  const own = app.documents.open({ connectionId: given.id, text: 'select 1' });
  const other = app.documents.open({ connectionId: 'another', text: 'select 2' });
  const removing = app.commands.remove(given);
  app.questions.answer('confirm');
  await removing;
  return { ...app, own, other };
}

describe('a deleted connection', () => {
  it('can be had again, with its definition and its tabs', async () => {
    const { rpc, toasts, own, other } = await deleted(config);
    expect(rpc.of('connection.delete')).toEqual([{ id: config.id }]);
    toasts.undoLast();
    await vi.waitFor(() => expect(own.connectionId).toBe(newId));
    expect(other.connectionId).toBe('another');
    const [saved] = rpc.of('connection.save') as { config: Partial<ConnectionConfig>; secrets: unknown }[];
    expect(saved?.secrets).toEqual({});
    expect(saved?.config).toMatchObject({ name: 'billing', color: '#aa3366', host: config.host });
    for (const key of ['id', 'createdAt', 'updatedAt']) expect(saved?.config).not.toHaveProperty(key);
  });

  it('names a stored password only where there may be one', () => {
    const text = (source: ConnectionConfig['credential']['source']) => {
      const app = setUp();
      void app.commands.remove({ ...config, credential: { source } });
      const words = app.questions.current?.text;
      app.questions.answer('cancel');
      return words;
    };
    expect(text('keychain')).toContain('its stored password are deleted');
    for (const source of ['session', 'none'] as const) expect(text(source)).not.toContain('password');
  });

  it('says that its password does not come back, where it may have had one', async () => {
    const { toasts } = await deleted(config);
    expect(toasts.list[0]?.text).toBe('Deleted “billing”; its password would have to be entered again');
    const open = await deleted({ ...config, credential: { source: 'none' } });
    expect(open.toasts.list[0]?.text).toBe('Deleted “billing”');
  });
});
