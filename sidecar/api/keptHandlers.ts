import type { Handlers } from '#shared/contract/derive.ts';
import type { RequestContext, Services } from './services.ts';

/** Sessions of windows that were kept. */
export const keptHandlers = ({ archive }: Services) =>
  ({
    'sessions.list': (params) => archive.list(params),
    'sessions.get': async ({ sessionId }) => ({ session: await archive.get(sessionId) }),
    'sessions.remove': (params) => archive.remove(params),
    'sessions.export': (params) => archive.export(params),
  }) satisfies Partial<Handlers<RequestContext>>;
