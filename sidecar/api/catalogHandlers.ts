import type { Handlers } from '#shared/contract/derive.ts';
import { complete } from '../catalog/completion/complete.ts';
import type { NameLookup } from '../catalog/names/names.ts';
import { searchNames } from '../catalog/names/search.ts';
import type { LevelPlace } from '../catalog/reader.ts';
import type { TabSession } from '../query/tabSession.ts';
import type { RequestContext, Services } from './services.ts';

/** Whoever searches waits rather than be told that there is nothing; the catalog's own limit comes before. */
const searchWaitMs = 35_000;

interface Asked {
  connectionId: string;
  database?: string | undefined;
}

/** How a tab looks names up there; undefined where it has nothing there. */
function lookupOf(
  tab: TabSession | undefined,
  { connectionId, database }: LevelPlace,
  user = '',
): NameLookup | undefined {
  if (tab?.place?.connectionId !== connectionId) return undefined;
  const { held } = tab;
  const searchPath = tab.searchPath?.map((name) => (name === '$user' ? user : name));
  return { searchPath, tempSchema: held?.backend.database === database ? held.tempSchema : undefined };
}

export const catalogHandlers = ({ connections, profiles, catalog, runs }: Services) => {
  /** Throws NOT_FOUND. */
  const placeOf = ({ connectionId, database }: Asked, { session }: RequestContext): LevelPlace => {
    const config = profiles.get(connectionId);
    const current = connections.status(connectionId).info?.currentDatabase;
    return {
      connectionId,
      database: database ?? session().selectedOn(connectionId) ?? current ?? config.database,
    };
  };
  const tabOf = (tabId: string | undefined, { session }: RequestContext) =>
    tabId === undefined ? undefined : runs.tab(session().id, tabId);
  return {
    'catalog.databases': (params, context) =>
      catalog.databases(placeOf(params, context), { refresh: params.refresh, signal: context.signal }),
    'catalog.schemas': (params, context) =>
      catalog.schemas(placeOf(params, context), { refresh: params.refresh, signal: context.signal }),
    'catalog.objects': (params, context) =>
      catalog.objects(placeOf(params, context), params, { refresh: params.refresh, signal: context.signal }),
    'catalog.describe': (params, context) =>
      catalog.describe(placeOf(params, context), params, { refresh: params.refresh, signal: context.signal }),
    'catalog.ddl': (params, context) =>
      catalog.ddl(placeOf(params, context), params, { refresh: params.refresh, signal: context.signal }),
    'catalog.refresh': (params, context) =>
      catalog.refresh(placeOf(params, context), params, { signal: context.signal }),
    'catalog.complete': async (params, context) => {
      const place = placeOf(params, context);
      const user = connections.status(params.connectionId).info?.currentUser;
      const lookup = lookupOf(tabOf(params.tabId, context), place, user);
      const { names, ...age } = await catalog.names.get(place, { lookup });
      return { ...age, ...complete(names, params) };
    },
    'catalog.search': async (params, context) => {
      const { names, ...age } = await catalog.names.get(placeOf(params, context), { waitMs: searchWaitMs });
      return { ...age, ...(names ? searchNames(names, params) : { hits: [], total: 0 }) };
    },
    'database.select': async ({ connectionId, database }, { session, signal }) => {
      const window = session();
      const before = window.record.activeDatabase;
      // A backend of it shows that it is there and takes this user; it stays in the pool for what comes next.
      const lease = await connections.lease(connectionId, { database, signal, onWaiting: () => {} });
      await lease.release();
      window.select(connectionId, database);
      if (window.record.connectionId === connectionId && before !== null && before !== database)
        catalog.left(connectionId, before);
      return { session: window.record };
    },
  } satisfies Partial<Handlers<RequestContext>>;
};
