import { describe, expect, it } from 'vitest';
import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { TransactionCommands } from './commands/transactionCommands.ts';
import { idleSince, isIdleTooLong } from './transactionIdle.ts';
import { Transactions } from './transactions.svelte.ts';

const opened = { tabId: 't1', connectionId: 'c1', status: 'T', sinceAt: 1_000 } as const;

/** Answers every call with the same outcome. */
class Answering implements Rpc {
  readonly asked: [MethodName, unknown][] = [];
  readonly #error: AppError | undefined;

  constructor(error?: AppError) {
    this.#error = error;
  }

  call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    this.asked.push([method, params]);
    return this.#error ? Promise.reject(this.#error) : Promise.resolve({ status: 'I' } as MethodResult<M>);
  }
}

describe('the transaction of a tab', () => {
  it('is what the server says, and none once it is idle', () => {
    const transactions = new Transactions();
    transactions.changed(opened);
    expect(transactions.of('t1')).toEqual({ status: 'T', connectionId: 'c1', sinceAt: 1_000 });
    expect(transactions.tabsOn('c1')).toEqual(['t1']);
    transactions.changed({ tabId: 't1', connectionId: 'c1', status: 'I' });
    expect(transactions.of('t1')).toBeUndefined();
  });

  it('is gone with an engine that was restarted, but the choice of the tab is told again', () => {
    const transactions = new Transactions();
    transactions.changed(opened);
    transactions.choose('t1', false);
    expect(transactions.load({ transactions: [], tabs: [] })).toEqual([['t1', false]]);
    expect(transactions.of('t1')).toBeUndefined();
    expect(transactions.autoCommit('t1')).toBe(false);
  });

  it('takes over the choices that the engine knows from before a reload', () => {
    const transactions = new Transactions();
    expect(transactions.load({ transactions: [], tabs: [{ tabId: 't1', autoCommit: false }] })).toEqual([]);
    expect(transactions.autoCommit('t1')).toBe(false);
  });

  it('is asked for one action at a time', async () => {
    const transactions = new Transactions();
    const rpc = new Answering();
    const commands = new TransactionCommands(rpc, { transactions });
    const first = commands.begin('t1', 'c1', { isolation: 'serializable' });
    expect(transactions.pending('t1')).toBe('begin');
    await commands.commit('t1');
    await first;
    expect(rpc.asked).toEqual([
      ['transaction.begin', { tabId: 't1', connectionId: 'c1', isolation: 'serializable' }],
    ]);
    expect(transactions.pending('t1')).toBeUndefined();
  });

  it('keeps why a commit was refused, until the transaction changes', async () => {
    const transactions = new Transactions();
    transactions.changed(opened);
    const refusal = new AppError('TRANSACTION_STATE', 'This transaction has failed.');
    await new TransactionCommands(new Answering(refusal), { transactions }).commit('t1');
    expect(transactions.failure('t1')).toBe(refusal);
    transactions.changed({ tabId: 't1', connectionId: 'c1', status: 'I' });
    expect(transactions.failure('t1')).toBeUndefined();
  });

  it('leaves a lost link to the banner and the ledger', async () => {
    const transactions = new Transactions();
    const lost = new AppError('CONNECTION_LOST', 'The server stopped answering.', { outcome: 'unknown' });
    await new TransactionCommands(new Answering(lost), { transactions }).rollback('t1');
    expect(transactions.failure('t1')).toBeUndefined();
    expect(transactions.pending('t1')).toBeUndefined();
  });

  it('says at once that the answer to a COMMIT was lost, until the ledger tells of it', async () => {
    const transactions = new Transactions();
    transactions.changed(opened);
    const lost = new AppError('CONNECTION_LOST', 'The server stopped answering.', { outcome: 'unknown' });
    const commands = new TransactionCommands(new Answering(lost), { transactions });
    await commands.commit('t1');
    expect(transactions.failure('t1')).toBe(lost);
    transactions.changed({ tabId: 't1', connectionId: 'c1', status: 'I' });
    expect(transactions.failure('t1')).toBe(lost);
    transactions.commitTold('t1');
    expect(transactions.failure('t1')).toBeUndefined();

    const committing = commands.commit('t1');
    transactions.commitTold('t1');
    await committing;
    expect(transactions.failure('t1'), 'the ledger was quicker').toBeUndefined();
  });

  it('says of a COMMIT that went with the engine that nothing is known of it, and nothing of one never sent', async () => {
    const transactions = new Transactions();
    const away = new AppError('SIDECAR_RESTARTED', 'The engine stopped.');
    await new TransactionCommands(new Answering(away), { transactions }).commit('t1');
    expect(transactions.failure('t1')?.facts.hint).toBe('Whether it was committed is not known yet.');
    const unsent = new AppError('CONNECTION_LOST', 'No link.', { outcome: 'none' });
    await new TransactionCommands(new Answering(unsent), { transactions }).commit('t1');
    expect(transactions.failure('t1')).toBeUndefined();
  });

  it('leaves the mode of the tab as it was where the engine refuses another', async () => {
    const transactions = new Transactions();
    const refusal = new AppError('INTERNAL', 'No.');
    await new TransactionCommands(new Answering(refusal), { transactions }).setAutoCommit('t1', false);
    expect(transactions.autoCommit('t1')).toBeUndefined();
    const away = new AppError('SIDECAR_RESTARTED', 'The link was lost.');
    await new TransactionCommands(new Answering(away), { transactions }).setAutoCommit('t1', false);
    expect(transactions.autoCommit('t1')).toBe(false);
  });

  it('is idle since it began or since its last run, and not while one runs', () => {
    expect(idleSince({ sinceAt: 1_000 }, undefined)).toBe(1_000);
    expect(idleSince({ sinceAt: 1_000 }, { active: false, endedAt: 4_000 })).toBe(4_000);
    expect(idleSince({ sinceAt: 1_000 }, { active: false, endedAt: 500 })).toBe(1_000);
    expect(idleSince({ sinceAt: 1_000 }, { active: true, endedAt: undefined })).toBeUndefined();
    expect(isIdleTooLong(299_000)).toBe(false);
    expect(isIdleTooLong(301_000)).toBe(true);
  });
});
