import type { Handlers } from '#shared/contract/derive.ts';
import type { RequestContext, Services } from './services.ts';

/** What needs none of the stores. */
export const doorHandlers = ({ sessions }: Pick<Services, 'sessions'>) =>
  ({
    'session.attach': (params, { link }) => sessions.attach(params, link),
    'session.detach': (_params, { link }) => {
      sessions.detach(link);
      return {};
    },
  }) satisfies Partial<Handlers<RequestContext>>;

export const sessionHandlers = ({ clock, connections, snapshots }: Services) =>
  ({
    'host.ping': () => ({ at: clock.now() }),
    'host.online': () => {
      connections.online();
      return { at: clock.now() };
    },
    'session.snapshot': (_params, { session }) => ({ snapshot: snapshots.of(session()) }),
  }) satisfies Partial<Handlers<RequestContext>>;
