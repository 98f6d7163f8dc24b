import type { Handlers } from '#shared/contract/derive.ts';
import type { RequestContext, Services } from './services.ts';

export const storeHandlers = ({ documents, settings }: Services) =>
  ({
    'document.save': ({ document }, { session }) => documents.save(document, session().id),
    'document.list': () => ({ documents: documents.list() }),
    'document.remove': async ({ id }, { session }) => {
      await documents.remove(id, session().id);
      return {};
    },
    'settings.get': () => ({ settings: settings.get() }),
    'settings.update': async ({ patch }) => ({ settings: await settings.update(patch) }),
  }) satisfies Partial<Handlers<RequestContext>>;
