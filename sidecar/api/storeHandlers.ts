import type { Handlers } from '#shared/contract/derive.ts';
import type { RequestContext, Services } from './services.ts';

export const storeHandlers = ({ documents, history, settings }: Services) =>
  ({
    'document.save': ({ document }, { session }) => documents.save(document, session().id),
    'document.list': () => ({ documents: documents.list() }),
    'document.remove': async ({ id }, { session }) => {
      await documents.remove(id, session().id);
      return {};
    },
    'history.search': (params) => history.search(params),
    'history.get': async ({ id }) => ({ entry: await history.get(id) }),
    'history.remove': async ({ ids }) => ({ removed: await history.remove(ids) }),
    'history.clear': async (filter) => ({ removed: await history.clear(filter) }),
    'history.favourite': async ({ id, favourite }) => {
      await history.setFavourite(id, favourite);
      return {};
    },
    'settings.get': () => ({ settings: settings.get() }),
    'settings.update': async ({ patch }) => ({ settings: await settings.update(patch) }),
  }) satisfies Partial<Handlers<RequestContext>>;
