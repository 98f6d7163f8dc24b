import type { App } from '../../stores/context.ts';
import type { DocumentTab } from '../../stores/documentTab.svelte.ts';
import { shownDatabase } from '../../stores/shownDatabase.ts';
import type { DescribeTable } from './originTable.ts';

/** A clipboard does not wait for long; without an answer a copied statement names no table. */
const describeMs = 8_000;

/** What rows can come from, the most frequent first. */
const kinds = ['table', 'view', 'materializedView', 'foreignTable'] as const;

/** Asks the catalog of a tab's database what a table or view is called. */
export function tableDescriber({ connections, rpc, runs }: App, tab: () => DocumentTab): DescribeTable {
  return async (oid) => {
    const connectionId = runs.tab(tab().id)?.run?.connectionId;
    if (connectionId === undefined) return undefined;
    const database = shownDatabase(tab(), connections.get(connectionId));
    const place = { connectionId, ...(database === undefined ? {} : { database }) };
    const signal = AbortSignal.timeout(describeMs);
    for (const kind of kinds) {
      const { object, columns } = await rpc.call('catalog.describe', { ...place, oid, kind }, signal);
      if (object) return { object, columns };
    }
    return undefined;
  };
}
