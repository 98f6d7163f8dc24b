import type { App } from '../../stores/context.ts';
import type { CatalogLevel } from '../../stores/catalogLevel.ts';
import type { CatalogRow } from './catalogRow.ts';

/** The level that a row shows: what is under it, or for one that has nothing under it what it is a part of. */
export function levelOf(
  { catalog }: App,
  { facts, connectionId, node }: CatalogRow,
): CatalogLevel | undefined {
  if (facts.level) return facts.level;
  switch (node.type) {
    case 'schema':
    case 'extensions':
    case 'extension':
    case 'database':
      return catalog.schemas(node.place);
    case 'databases':
      return catalog.databases(connectionId);
    case 'kind':
      return catalog.objects(node.place, node.schema, node.kind);
    case 'object':
      return catalog.objects(node.place, node.schema, node.object.kind);
    case 'column':
    case 'parts':
    case 'part':
      return catalog.describe(node.place, node.schema, node.object);
    default:
      return undefined;
  }
}
