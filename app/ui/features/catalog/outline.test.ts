import { describe, expect, it } from 'vitest';
import type { CatalogObject, CatalogSchema } from '#shared/catalog/objects.ts';
import type { MethodName, MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import { CatalogStore } from '../../stores/catalog.ts';
import { Outline } from './outline.ts';

const none = {
  tables: 0,
  views: 0,
  materializedViews: 0,
  foreignTables: 0,
  functions: 0,
  types: 0,
  sequences: 0,
};
const schema = (name: string, more: Partial<CatalogSchema> = {}): CatalogSchema => ({
  oid: 1,
  name,
  owner: 'ada',
  isSystem: false,
  usable: true,
  counts: { ...none, tables: 2, views: null },
  ...more,
});
const table = (oid: number, name: string, more: Partial<CatalogObject> = {}): CatalogObject => ({
  oid,
  name,
  kind: 'table',
  ...more,
});

const age = { fetchedAt: 5, stale: false };
const denied = new AppError('PERMISSION_DENIED', 'permission denied for pg_class').toEnvelope();

type Answers = Partial<{ [M in MethodName]: MethodResult<M> | Error }>;

/** What stands under a connection once all that is open has been asked for, each row indented by its level. */
async function outline(answers: Answers, open: readonly string[] = [], isLive = true): Promise<string[]> {
  const asked: string[] = [];
  const rpc: Rpc = {
    call: (method) => {
      asked.push(method);
      const answer = answers[method];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as never);
    },
  };
  const reader = new CatalogStore(rpc);
  const isOpen = (key: string, otherwise: boolean) =>
    otherwise || open.some((name) => key.endsWith(`/${encodeURIComponent(name)}`));
  const make = () =>
    new Outline({ reader, isOpen, isLive, connectionId: 'c', database: 'shop' }, { key: 'c', level: 1 });
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(make().wanted.map((level) => level.get()));
  }
  return make().rows.map(
    ({ level, facts: { name, detail } }) =>
      `${'  '.repeat(level - 1)}${name}${detail === undefined ? '' : ` (${detail})`}`,
  );
}

const schemas = (...found: CatalogSchema[]): MethodResult<'catalog.schemas'> => ({
  ...age,
  schemas: found,
  extensions: [],
  searchPath: ['public'],
});

describe('what stands under a connection', () => {
  it('opens the only schema by itself, keeps partitions under their table, and folds the system away', async () => {
    const objects = [
      table(1, 'orders', { rows: 12 }),
      table(2, 'orders_2025', { partitionOf: 1 }),
      table(3, 'of_another_schema', { partitionOf: 99 }),
    ];
    expect(
      await outline({
        'catalog.schemas': schemas(schema('public'), schema('pg_catalog', { isSystem: true })),
        'catalog.objects': { ...age, objects, total: 3 },
      }),
    ).toEqual([
      'public',
      '  Tables (2)',
      '    orders (12)',
      '    of_another_schema',
      '  Views (not known)',
      'System schemas (1)',
      'Other databases',
    ]);
  });

  it('tells apart what is none, what could not be read, and what is only not known while disconnected', async () => {
    const empty = schemas(schema('public', { counts: none }));
    expect(await outline({ 'catalog.schemas': empty })).toContain('  Nothing in this schema');
    const failed = (error: ErrorEnvelope, fetchedAt: number | null) => ({
      'catalog.schemas': schemas(schema('public')),
      'catalog.objects': { fetchedAt, stale: true, error, objects: [], total: 0 },
    });
    expect(await outline(failed(denied, null))).toContain(
      '    Could not be read: permission denied for pg_class',
    );
    expect(await outline(failed(denied, 3))).toContain(
      '    Could not be read again: permission denied for pg_class',
    );
    const offline = { ...schemas(), fetchedAt: null, stale: true, error: denied };
    expect(await outline({ 'catalog.schemas': offline }, [], false)).toEqual([
      'Not connected, and not kept from before',
    ]);
    expect(await outline({ 'catalog.schemas': new AppError('INTERNAL', 'the engine failed') })).toEqual([
      'Could not be read: the engine failed',
    ]);
  });

  it('names the columns of a table and what else belongs to it, and says which part could not be read', async () => {
    const column = { name: 'id', type: 'integer', notNull: true, number: 1, isPrimaryKey: true };
    const rows = await outline(
      {
        'catalog.schemas': schemas(schema('public')),
        'catalog.objects': { ...age, objects: [table(1, 'orders')], total: 1 },
        'catalog.describe': {
          ...age,
          object: { ...table(1, 'orders'), schema: 'public', owner: 'ada' },
          columns: [
            column,
            {
              ...column,
              name: 'customer_id',
              references: { schema: 'public', table: 'customers', column: 'id' },
            },
          ],
          indexes: [{ name: 'orders_pkey', definition: '…', isUnique: true, isPrimary: true, isValid: true }],
          constraints: [],
          triggers: [],
          policies: [],
          partitions: [],
          facts: [],
          ddl: '',
          unreadable: [{ part: 'triggers', error: denied }],
        },
      },
      ['1', 'triggers'],
    );
    expect(rows.slice(2, 9)).toEqual([
      '    orders',
      '      id',
      '      customer_id',
      '      Indexes (1)',
      '      Triggers',
      '        Could not be read: permission denied for pg_class',
      '  Views (not known)',
    ]);
  });

  it('asks for nothing that is closed, and for more than a screenful only at the user’s word', async () => {
    const many = schema('public', { counts: { ...none, tables: 20_000 } });
    expect(await outline({ 'catalog.schemas': schemas(many) })).toEqual([
      'public',
      '  Tables (20,000)',
      'Other databases',
    ]);
  });
});
