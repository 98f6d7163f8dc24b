import type { Handlers } from '#shared/contract/derive.ts';
import { userInfo } from 'node:os';
import { parseText } from '../profiles/conninfo/parseText.ts';
import type { RequestContext, Services } from './services.ts';

/** What is done with definitions of connections, whether they are live or not. */
export const profileHandlers = ({ connections, held, importing, keepCertificate, profiles }: Services) =>
  ({
    'connection.list': (_params, { session }) => ({
      connections: connections.rowsFor(session().id),
      groups: profiles.list().groups,
    }),
    'connection.save': async ({ config, secrets }) => {
      const { config: saved, problem } = await connections.save(config, held.filledIn(secrets));
      return { config: saved, ...(problem && { problem: problem.toEnvelope() }) };
    },
    'connection.parse': async ({ text }) => {
      const services = /service/i.test(text) ? await importing.services() : undefined;
      const { secrets, ...read } = parseText(text, { osUser: userInfo().username, services });
      const secretRef = held.hold(secrets);
      return { ...read, ...(secretRef !== undefined && { secretRef }) };
    },
    'connection.duplicate': async ({ id }) => ({ config: await profiles.duplicate(id) }),
    'connection.delete': async ({ id }) => {
      await profiles.delete(id);
      return {};
    },
    'connection.move': async ({ id, groupId, index }) => {
      await profiles.gather(groupId, { connections: { ids: [id], index } });
      return {};
    },
    'certificate.keep': ({ pem }) => keepCertificate(pem),
    'connection.test': ({ config, secrets, testId, trust }, { signal, session }) => {
      const window = session();
      const named = testId === undefined ? {} : { testId };
      return connections.test(
        { config, secrets: held.filledIn(secrets), trust },
        {
          signal,
          onStage: (stage) => {
            window.deliver({ method: 'connection.testProgress', params: { ...named, ...stage } });
          },
        },
      );
    },
  }) satisfies Partial<Handlers<RequestContext>>;
