import type { Description } from '#shared/catalog/description.ts';
import type { ObjectKind } from '#shared/catalog/objects.ts';
import { AppError, toEnvelope } from '#shared/error/appError.ts';
import { objectDdl } from '../ddl/ddl.ts';
import type { Ask } from '../reader.ts';
import { text } from './cells.ts';
import { loadColumns } from './columns.ts';
import { loadFacts } from './facts.ts';
import { loadObjects } from './objects.ts';
import { loadConstraints, loadIndexes, loadPartitions, loadPolicies, loadTriggers } from './tableParts.ts';

type Unreadable = NonNullable<Description['unreadable']>;
type Part = Unreadable[number]['part'];

const catalogOf: Partial<Record<ObjectKind, { table: string; schema: string; owner: string }>> = {
  function: { table: 'pg_proc', schema: 'pronamespace', owner: 'proowner' },
  type: { table: 'pg_type', schema: 'typnamespace', owner: 'typowner' },
};

const placeSql = (oid: number, kind: ObjectKind): string => {
  const { table, schema, owner } = catalogOf[kind] ?? {
    table: 'pg_class',
    schema: 'relnamespace',
    owner: 'relowner',
  };
  return `
select n.nspname, pg_catalog.pg_get_userbyid(o.${owner})
from pg_catalog.${table} o join pg_catalog.pg_namespace n on n.oid = o.${schema}
where o.oid = ${oid}`;
};

const hasColumns: ReadonlySet<ObjectKind> = new Set(['table', 'view', 'materializedView', 'foreignTable']);

/** One object with all its parts. What of them cannot be read is told, and does not keep the others from being shown. */
export async function loadDescription(ask: Ask, oid: number, kind: ObjectKind): Promise<Description> {
  const [place] = await ask(placeSql(oid, kind));
  if (!place) throw gone();
  const [schema, owner] = [text(place, 0), text(place, 1)];
  const [object] = await loadObjects(ask, schema, kind, oid);
  if (!object) throw gone();
  const unreadable: Unreadable = [];
  const part = async <T>(name: Part, isThere: boolean, load: () => Promise<T>, none: T): Promise<T> => {
    if (!isThere) return none;
    return await load().catch((error: unknown) => {
      unreadable.push({ part: name, error: toEnvelope(error) });
      return none;
    });
  };
  const isRelation = hasColumns.has(kind);
  const description = {
    object: { ...object, schema, owner },
    columns: await part(
      'columns',
      isRelation || object.variety === 'composite',
      () => loadColumns(ask, oid, kind),
      [],
    ),
    indexes: await part('indexes', isRelation, () => loadIndexes(ask, oid), []),
    constraints: await part('constraints', isRelation, () => loadConstraints(ask, oid), []),
    triggers: await part('triggers', isRelation, () => loadTriggers(ask, oid), []),
    policies: await part('policies', isRelation, () => loadPolicies(ask, oid), []),
    ...(await part<Pick<Description, 'partitions' | 'partitionCount'>>(
      'partitions',
      object.isPartitioned === true,
      () => loadPartitions(ask, oid),
      { partitions: [] },
    )),
    facts: await part('facts', true, () => loadFacts(ask, oid, kind), []),
    ddl: await part('ddl', true, () => objectDdl(ask, oid, kind), ''),
  };
  return { ...description, ...(unreadable.length > 0 ? { unreadable } : {}) };
}

const gone = (): AppError => new AppError('NOT_FOUND', 'This object is no longer there.');
