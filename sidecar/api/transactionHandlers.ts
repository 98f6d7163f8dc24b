import type { Handlers } from '#shared/contract/derive.ts';
import { beginTransaction, commitTransaction, rollbackTransaction } from '../query/tabTransactions.ts';
import type { RequestContext, Services } from './services.ts';

export const transactionHandlers = ({ connections, runs }: Services) =>
  ({
    'transaction.begin': (params, { session, signal }) => {
      if (params.connectionId !== undefined) connections.requireLive(params.connectionId);
      return beginTransaction(runs.tab(session().id, params.tabId), params, signal);
    },
    'transaction.commit': ({ tabId }, { session, signal }) =>
      commitTransaction(runs.tab(session().id, tabId), signal),
    'transaction.rollback': ({ tabId }, { session, signal }) =>
      rollbackTransaction(runs.tab(session().id, tabId), signal),
    'tab.setAutoCommit': (params, { session }) => {
      runs.setAutoCommit(session().id, params);
      return {};
    },
    'ledger.list': (of, { session }) => ({ entries: runs.ledger.list(session().id, of) }),
    'ledger.replay': (params, { session, signal }) => runs.replay(session().id, params, signal),
    'ledger.dismiss': (of, { session }) => {
      runs.ledger.dismiss(session().id, of);
      return {};
    },
  }) satisfies Partial<Handlers<RequestContext>>;
