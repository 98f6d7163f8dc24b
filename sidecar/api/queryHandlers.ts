import type { Handlers } from '#shared/contract/derive.ts';
import { arrangeResult, findInResult } from '../query/arrange/arranging.ts';
import { WriteGate } from '../query/guard/confirmation.ts';
import { splitStatements } from '../query/statements.ts';
import type { RequestContext, Services } from './services.ts';

export const queryHandlers = ({ clock, connections, profiles, runs }: Services) => {
  const gate = new WriteGate();
  return {
    'query.split': async ({ text }) => {
      const statements = await splitStatements(text);
      return { statements: statements.map(({ from, to }) => ({ from, to })) };
    },
    'query.run': async (params, { session }) => {
      const { connectionId, tabId, text, confirm } = params;
      const window = session();
      const { id } = window;
      // A tab that holds something stays in the database where it holds it.
      const isHeld = runs.tab(id, tabId).held?.connectionId === connectionId;
      const database = params.database ?? (isHeld ? undefined : window.selectedOn(connectionId));
      const config = profiles.get(connectionId);
      // A window that may only read writes nothing anywhere, and is told so by the guard.
      const live = connections.requireLive(connectionId);
      const asks = config.environment === 'production' && connections.readOnly.of(id, connectionId) === 'off';
      if (asks && confirm !== true)
        await gate.confirmed(text, { config, live, database: database ?? live.info.currentDatabase });
      if (connections.status(connectionId).info?.identity?.writesHeld)
        await gate.acknowledged(text, { config, live });
      return runs.run(id, { ...params, database });
    },
    'query.rows': (params, { session }) => runs.rows(session().id, params),
    'query.value': (params, { session }) => runs.value(session().id, params),
    'query.arrange': (params, { session, signal }) => {
      const { id } = session();
      const run = runs.runOf(id, params.resultId);
      return arrangeResult(runs.result(id, params.resultId), params, { run, clock, signal });
    },
    'query.find': (params, { session, signal }) =>
      findInResult(runs.result(session().id, params.resultId), params, signal),
    'query.export': (params, { session, signal }) => runs.exports.run(session().id, params, signal),
    'query.saveValue': (params, { session, signal }) => runs.exports.saveValue(session().id, params, signal),
    'query.exportPreview': (params, { session }) => runs.exports.preview(session().id, params),
    'query.cancel': (params, { session }) => runs.cancel(session().id, params),
    'query.close': (params, { session }) => runs.close(session().id, params),
  } satisfies Partial<Handlers<RequestContext>>;
};
