import type { Handlers } from '#shared/contract/derive.ts';
import type { RequestContext, Services } from './services.ts';

export const connectionHandlers = ({ catalog, clock, connections, held, profiles, switcher }: Services) =>
  ({
    'connection.connect': async ({ id, secrets }, { session, signal }) => {
      const window = session();
      const config = profiles.get(id);
      const connecting = connections.connect(id, held.filledIn(secrets), signal);
      // The first connection that a window opens is its active one; from then on it moves by switch alone.
      if (window.record.connectionId === null) window.follow(config, connections.status(id), clock.now());
      return { info: connections.readOnly.inForce(window.id, await connecting) };
    },
    'connection.disconnect': async ({ id }) => {
      await connections.disconnect(id);
      return {};
    },
    'connection.retryNow': ({ id }) => {
      connections.retryNow(id);
      return {};
    },
    'connection.stopRetry': ({ id }) => {
      connections.stopRetry(id);
      return {};
    },
    'connection.acknowledgeIdentity': ({ id }) => {
      connections.acknowledgeIdentity(id);
      return {};
    },
    'connection.budget': ({ id }) => connections.requireLive(id).budget(),
    'connection.closeIdle': async ({ id }) => ({ closed: await connections.requireLive(id).closeIdle() }),
    'connection.override': ({ id, readOnly }, { session }) => {
      connections.readOnly.override(session().id, id, readOnly);
      return { readOnly };
    },
    'connection.switch': async ({ id, secrets }, { session, signal }) => {
      const window = session();
      const { connectionId: before } = window.record;
      const record = await switcher.switch(window, id, held.filledIn(secrets), signal);
      if (before !== null && before !== id) catalog.left(before);
      return { session: record };
    },
    'connection.status': ({ id }, { session }) =>
      connections.readOnly.seenBy(session().id, id, connections.status(id)),
    'embedded.reset': async ({ id }) => {
      await connections.resetEmbedded(id);
      return {};
    },
  }) satisfies Partial<Handlers<RequestContext>>;

export const credentialHandlers = ({ connections }: Services) =>
  ({
    'credential.provide': async ({ remember = 'session', ...answer }, { session, signal }) => {
      const info = await connections.provide({ ...answer, remember }, signal);
      return { info: connections.readOnly.inForce(session().id, info) };
    },
    'credential.sources': ({ id }) => connections.sources(id),
    'credential.refuse': ({ promptId }) => {
      connections.refuse(promptId);
      return {};
    },
  }) satisfies Partial<Handlers<RequestContext>>;
