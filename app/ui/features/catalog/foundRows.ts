import type { CatalogObject, ObjectKind } from '#shared/catalog/objects.ts';
import { objectKindSchema } from '#shared/catalog/objects.ts';
import type { SearchHit } from '#shared/catalog/search.ts';
import type { CatalogPlace } from '../../stores/catalog.ts';
import type { FoundIn } from '../../stores/catalogSearch.svelte.ts';
import type { App } from '../../stores/context.ts';
import { databaseOf } from '../../stores/shownDatabase.ts';
import { CatalogRow } from './catalogRow.ts';
import { listed, partOf } from './kinds.ts';

/** What a search found, under a heading for each database. */
export function foundRows(
  { connections }: Pick<App, 'connections'>,
  found: readonly FoundIn[],
  isOpen: (key: string) => boolean,
): CatalogRow[] {
  return found.flatMap(({ place, hits, total, stale }, index) => {
    const { connectionId } = place;
    const key = `found:${connectionId}/${encodeURIComponent(place.database)}`;
    const expanded = isOpen(key);
    const name = `In ${placeWords({ connections }, place)}`;
    const shown = hits.length < total ? `${hits.length.toLocaleString()} of ${total.toLocaleString()}` : '';
    const head = new CatalogRow(
      {
        key,
        parentKey: '',
        connectionId,
        name,
        node: { type: 'found', place },
        detail: shown === '' ? total.toLocaleString() : shown,
        aside: stale ? 'as kept from before' : undefined,
        expanded,
      },
      { level: 1, position: index + 1, setSize: found.length },
    );
    const rows = hits.map((hit, at) =>
      hitRow(hit, place, key, { level: 2, position: at + 1, setSize: hits.length }),
    );
    return expanded ? [head, ...rows] : [head];
  });
}

function hitRow(
  hit: SearchHit,
  place: CatalogPlace,
  parentKey: string,
  at: { level: number; position: number; setSize: number },
): CatalogRow {
  const { kind, schema, name, parent, detail, match } = hit;
  return new CatalogRow(
    {
      key: `${parentKey}/${kind}/${hit.oid}/${encodeURIComponent(name)}`,
      parentKey,
      connectionId: place.connectionId,
      name,
      node: { type: 'hit', hit, place, schema, object: objectOf(hit) },
      aside: kind === 'schema' ? 'schema' : parent === undefined ? schema : `${schema}.${parent}`,
      matches: match.map(([from, to]) => ({ from, to })),
      tip: [`${wordsOf(kind)} in ${schema}${parent === undefined ? '' : `.${parent}`}`, detail],
    },
    at,
  );
}

/** The connection, and the database where it is another than the connection's own. */
export function placeWords(
  { connections }: Pick<App, 'connections'>,
  { connectionId, database }: CatalogPlace,
): string {
  const row = connections.get(connectionId);
  if (!row) return 'a connection';
  return databaseOf(row) === database ? row.config.name : `${row.config.name} · ${database}`;
}

const wordsOf = (kind: SearchHit['kind']): string =>
  kind === 'materializedView' ? 'materialized view' : kind === 'foreignTable' ? 'foreign table' : kind;

/** What was found, or what it is a part of. */
export function objectOf({ kind, oid, name, parent, parentKind }: SearchHit): CatalogObject | undefined {
  if (parent !== undefined) return { oid, name: parent, kind: parentKind ?? 'table' };
  const own = objectKindSchema.safeParse(kind);
  return own.success ? { oid, name, kind: own.data } : undefined;
}

/** The keys of the rows above something that was found, and its own at the end; what stands there is read on the way. */
export async function pathTo(
  { catalog, connections }: Pick<App, 'catalog' | 'connections'>,
  hit: SearchHit,
  place: CatalogPlace,
): Promise<string[]> {
  const row = connections.get(place.connectionId);
  const { schemas = [] } = (await catalog.schemas(place).get()) ?? {};
  const path: string[] = [`connection:${place.connectionId}`];
  const into = (id: string) => path.push(`${path.at(-1) ?? ''}/${encodeURIComponent(id)}`);
  if (row && databaseOf(row) !== place.database) {
    into('databases');
    into(place.database);
  }
  if (schemas.find(({ name }) => name === hit.schema)?.isSystem) into('system');
  into(`schema ${hit.schema}`);
  const object = objectOf(hit);
  if (!object) return path;
  into(object.kind satisfies ObjectKind);
  const { objects = [] } = (await catalog.objects(place, hit.schema, object.kind).get()) ?? {};
  const isListed = listed(objects).some(({ oid }) => oid === object.oid);
  // Partitions stand under their table; the way there ends where it is known.
  if (!isListed) return path;
  into(String(object.oid));
  if (hit.parent === undefined) return path;
  await catalog.describe(place, hit.schema, object).get();
  if (hit.kind === 'column') into(`column ${hit.name}`);
  else {
    into(partOf[hit.kind] ?? '');
    into(hit.name);
  }
  return path;
}
