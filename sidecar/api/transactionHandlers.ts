import type { Handlers } from '#shared/contract/derive.ts';
import { beginTransaction, commitTransaction, rollbackTransaction } from '../query/tabTransactions.ts';
import { setSearchPath } from '../query/searchPath.ts';
import type { RequestContext, Services } from './services.ts';

export const transactionHandlers = ({ connections, runs }: Services) =>
  ({
    'transaction.begin': (params, { session, signal }) => {
      if (params.connectionId !== undefined) connections.requireLive(params.connectionId);
      const window = session();
      const tab = runs.tab(window.id, params.tabId);
      const connectionId = params.connectionId ?? tab.place?.connectionId;
      const isHeld = tab.held !== undefined && tab.held.connectionId === connectionId;
      const selected = connectionId === undefined || isHeld ? undefined : window.selectedOn(connectionId);
      return beginTransaction(tab, { ...params, database: params.database ?? selected }, signal);
    },
    'transaction.commit': ({ tabId }, { session, signal }) =>
      commitTransaction(runs.tab(session().id, tabId), signal),
    'transaction.rollback': ({ tabId }, { session, signal }) =>
      rollbackTransaction(runs.tab(session().id, tabId), signal),
    'tab.setAutoCommit': (params, { session }) => {
      runs.setAutoCommit(session().id, params);
      return {};
    },
    'tab.setSearchPath': async (params, { session, signal }) => {
      connections.requireLive(params.connectionId);
      await setSearchPath(runs.tab(session().id, params.tabId), params, signal);
      return {};
    },
    'ledger.list': (of, { session }) => ({ entries: runs.ledger.list(session().id, of) }),
    'ledger.replay': (params, { session, signal }) => runs.replay(session().id, params, signal),
    'ledger.dismiss': (of, { session }) => {
      runs.ledger.dismiss(session().id, of);
      return {};
    },
  }) satisfies Partial<Handlers<RequestContext>>;
