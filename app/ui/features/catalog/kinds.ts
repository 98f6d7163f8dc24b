import type { CatalogObject, CatalogSchema, ObjectKind } from '#shared/catalog/objects.ts';
import type { SearchKind } from '#shared/catalog/search.ts';

/** What belongs to a table beside its columns. */
export const partKinds = ['indexes', 'constraints', 'triggers', 'policies'] as const;
export type PartKind = (typeof partKinds)[number] | 'partitions';

export const partWords: Record<PartKind, string> = {
  indexes: 'Indexes',
  constraints: 'Constraints',
  triggers: 'Triggers',
  policies: 'Policies',
  partitions: 'Partitions',
};

/** Partitions stand under their table, where that is in the same list. */
export function listed(objects: readonly CatalogObject[]): CatalogObject[] {
  const oids = new Set(objects.map(({ oid }) => oid));
  return objects.filter(({ partitionOf }) => partitionOf === undefined || !oids.has(partitionOf));
}

/** Among what a search finds. */
export const partOf: Partial<Record<SearchKind, PartKind>> = {
  index: 'indexes',
  constraint: 'constraints',
  trigger: 'triggers',
  policy: 'policies',
};

interface KindWords {
  readonly one: string;
  readonly many: string;
  readonly count: keyof CatalogSchema['counts'];
}

export const kindWords: Record<ObjectKind, KindWords> = {
  table: { one: 'table', many: 'Tables', count: 'tables' },
  view: { one: 'view', many: 'Views', count: 'views' },
  materializedView: { one: 'materialized view', many: 'Materialized views', count: 'materializedViews' },
  foreignTable: { one: 'foreign table', many: 'Foreign tables', count: 'foreignTables' },
  function: { one: 'function', many: 'Functions', count: 'functions' },
  type: { one: 'type', many: 'Types', count: 'types' },
  sequence: { one: 'sequence', many: 'Sequences', count: 'sequences' },
};

const readKinds: ReadonlySet<ObjectKind> = new Set(['table', 'view', 'materializedView', 'foreignTable']);

/** It has columns, and rows that SELECT gives. */
export const canBeRead = (kind: ObjectKind): boolean => readKinds.has(kind);

/** INSERT and UPDATE can be written for it; whether a view takes them is known to the server. */
export const canBeWritten = (kind: ObjectKind): boolean => readKinds.has(kind) && kind !== 'materializedView';
