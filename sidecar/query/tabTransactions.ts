import type { MethodParams, MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { HeldBackend } from './heldBackend.ts';
import type { TabSession } from './tabSession.ts';
import { beginText } from './transactionText.ts';

type Result = MethodResult<'transaction.commit'>;

/** Opens a transaction in a tab. Rejects with TRANSACTION_STATE where one is open, or with why there is no backend. */
export async function beginTransaction(
  tab: TabSession,
  params: MethodParams<'transaction.begin'>,
  signal: AbortSignal,
): Promise<Result> {
  return tab.perform(signal, async (acquire, inner) => {
    const { connectionId = tab.place?.connectionId } = params;
    if (connectionId === undefined)
      throw new AppError('NO_CONNECTION_SELECTED', 'This tab has no connection yet.', { outcome: 'none' });
    const { database } = params;
    const isHere = tab.place?.connectionId === connectionId && database === undefined;
    const place = isHere && tab.place ? tab.place : { connectionId, database };
    const held = await acquire(place);
    if (held.transactionStatus !== 'I')
      throw new AppError('TRANSACTION_STATE', 'This tab has an open transaction already.', {
        hint: 'Commit it or roll it back first.',
        outcome: 'none',
        actions: [{ id: 'rollback', label: 'Roll back' }],
      });
    const guard = tab.guardOn(connectionId);
    if (guard) await guard.begin(held, sending(held, inner));
    else await held.control(beginText(params), inner);
    return resultOf(held);
  });
}

/** Commits what is open. Rejects with the server's refusal (then it was rolled back), or where the link was lost. */
export function commitTransaction(tab: TabSession, signal: AbortSignal): Promise<Result> {
  return tab.perform(signal, async (_, inner) => {
    const { held } = tab;
    if (!held || held.transactionStatus === 'I') return { status: 'I' };
    if (held.transactionStatus === 'E')
      throw new AppError('TRANSACTION_STATE', 'This transaction has failed: it can only be rolled back.', {
        outcome: 'none',
        actions: [{ id: 'rollback', label: 'Roll back' }],
      });
    const guard = tab.guardOn(held.connectionId);
    if (guard) {
      await guard.end(held, { commits: true }, sending(held, inner));
      return resultOf(held);
    }
    const { xid } = await held.control('commit', inner);
    return { ...resultOf(held), ...(xid === undefined ? {} : { xid }) };
  });
}

/** Ends what is open without a trace. */
export function rollbackTransaction(tab: TabSession, signal: AbortSignal): Promise<Result> {
  return tab.perform(signal, async (_, inner) => {
    const { held } = tab;
    if (!held || held.transactionStatus === 'I') return { status: 'I' };
    await held.control('rollback', inner);
    return resultOf(held);
  });
}

/** How a guard sends what begins and ends a transaction. */
const sending = (held: HeldBackend, signal: AbortSignal) => async (text: string) => {
  await held.control(text, signal);
  return {};
};

const resultOf = ({ transactionStatus: status, transactionSinceAt: sinceAt }: HeldBackend): Result => ({
  status,
  ...(sinceAt === undefined ? {} : { sinceAt }),
});
