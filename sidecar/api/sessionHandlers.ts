import type { Handlers } from '#shared/contract/derive.ts';
import type { RequestContext, Services } from './services.ts';

export const sessionHandlers = ({ clock, connections, sessions, snapshots }: Services) =>
  ({
    'host.ping': () => ({ at: clock.now() }),
    'host.online': () => {
      connections.online();
      return { at: clock.now() };
    },
    'session.attach': (params, { link }) => sessions.attach(params, link),
    'session.detach': (_params, { link }) => {
      sessions.detach(link);
      return {};
    },
    'session.snapshot': (_params, { session }) => ({ snapshot: snapshots.of(session()) }),
  }) satisfies Partial<Handlers<RequestContext>>;
