import type { Handlers } from '#shared/contract/derive.ts';
import { exportText } from '../profiles/importing/exportText.ts';
import type { RequestContext, Services } from './services.ts';

/** Definitions from other programs, and from here to elsewhere. */
export const definitionHandlers = ({ connections, held, importing, profiles }: Services) =>
  ({
    'definitions.scan': async () => ({ sources: await importing.scan() }),
    'definitions.preview': (request) => importing.preview(request),
    'definitions.import': async ({ items, groups }) => {
      const filled = items.map((item) => ({ ...item, secrets: held.filledIn(item.secrets) }));
      const created = await connections.import(filled, groups);
      return { ids: created.map(({ id }) => id) };
    },
    'definitions.export': ({ ids }) => exportText(profiles.list(), ids),
  }) satisfies Partial<Handlers<RequestContext>>;
