import * as z from 'zod';
import { empty, identifier, method, timestamp } from '../contract/define.ts';
import { transactionStatusSchema } from './result.ts';

/** As SQL spells them, or in one word. */
const isolationSchema = z.enum([
  'read committed',
  'repeatable read',
  'serializable',
  'readCommitted',
  'repeatableRead',
]);

const transactionFacts = {
  /** The server's own byte. */
  status: transactionStatusSchema,
  /** When the open transaction began; absent in status I. */
  sinceAt: timestamp.optional(),
};

/** A tab's transaction as it stands; `xid` is the number of the one that was committed, where it had written anything. */
const transactionResult = z.strictObject({ ...transactionFacts, xid: z.string().optional() });

/** A tab belongs to the connection of its last run or transaction; `connectionId` says another, or a new tab's. */
const ofTab = { tabId: identifier, connectionId: identifier.optional() };

export const transactionMethods = {
  /** Fails with TRANSACTION_STATE where one is open, and with NO_CONNECTION_SELECTED on a new tab without `connectionId`. */
  'transaction.begin': method(
    z.strictObject({
      ...ofTab,
      /** Without it: where the window works on this connection, else where the tab is. */
      database: z.string().optional(),
      isolation: isolationSchema.optional(),
      readOnly: z.boolean().optional(),
    }),
    transactionResult,
  ),
  /**
   * Without an open transaction there is nothing to do. A failed one cannot be committed: TRANSACTION_STATE. Where the link
   * is lost meanwhile the error's `outcome` is unknown, and a `connection.ledger` follows with the server's verdict.
   */
  'transaction.commit': method(z.strictObject(ofTab), transactionResult),
  /** Rolls back the transaction of a tab. */
  'transaction.rollback': method(z.strictObject(ofTab), transactionResult),
  /**
   * Off: the first statement of a run outside a transaction opens one by itself. The connection's `autoCommit` is the
   * default of each tab. An open transaction stays as it is.
   */
  'tab.setAutoCommit': method(z.strictObject({ tabId: identifier, autoCommit: z.boolean() }), empty),
};

export const transactionNotifications = {
  /** Whenever a tab's transaction begins, fails or ends, its loss included; in status I there is none. */
  'transaction.changed': z.strictObject({
    tabId: identifier,
    connectionId: identifier,
    ...transactionFacts,
  }),
};
