import { describe, expect, it } from 'vitest';
import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { LedgerEntry } from '#shared/query/ledger.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';
import { Announcer } from './announcer.svelte.ts';
import { LedgerCommands } from './commands/ledgerCommands.ts';
import { LedgerStore } from './ledger.svelte.ts';

const entry = (id: string, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  id,
  connectionId: 'c1',
  tabId: 't1',
  database: 'shop',
  at: 1_000,
  error: new AppError('CONNECTION_LOST', 'The connection was cut.').toEnvelope(),
  lost: [{ kind: 'setting', name: 'search_path', value: 'app' }],
  replayed: [],
  ...more,
});
const announcer = new Announcer();
const open = { status: 'T', connectionId: 'c1', sinceAt: 1 } as const;

class Answering implements Rpc {
  readonly asked: [MethodName, unknown][] = [];
  readonly #answer: () => Promise<unknown>;

  constructor(answer: () => Promise<unknown>) {
    this.#answer = answer;
  }

  call<M extends MethodName>(method: M, params: MethodInput<M>): Promise<MethodResult<M>> {
    this.asked.push([method, params]);
    return this.#answer() as Promise<MethodResult<M>>;
  }
}

describe('the ledger of a tab', () => {
  it('takes a loss once, and what is learnt of it later into the same entry', () => {
    const ledger = new LedgerStore();
    expect(ledger.told(entry('a', { judging: true }))).toBe('new');
    expect(ledger.told(entry('a', { judging: true }))).toBeUndefined();
    expect(ledger.told(entry('a', { commitOutcome: 'committed' }))).toBe('judged');
    expect(ledger.told(entry('a', { commitOutcome: 'committed' }))).toBeUndefined();
    expect(ledger.of('t1')).toEqual([entry('a', { commitOutcome: 'committed' })]);
    expect(ledger.of('t2')).toEqual([]);
  });

  it('ends with the newest loss, in whatever order they are told', () => {
    const ledger = new LedgerStore();
    ledger.told(entry('b', { at: 2_000 }));
    ledger.told(entry('a', { at: 1_000 }));
    expect(ledger.of('t1').map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('knows of an open transaction that an engine took along, also when the new one has no ledger', () => {
    const ledger = new LedgerStore();
    ledger.told(entry('a'));
    ledger.lostWithEngine('t1', open, { at: 2_000 });
    ledger.load([entry('b', { at: 3_000 })]);
    expect(ledger.of('t1').map(({ at }) => at)).toEqual([2_000, 3_000]);
    expect(ledger.of('t1')[0]?.lost).toEqual([{ kind: 'transaction', value: 'open' }]);
  });

  it('leaves it to the next engine to tell, where that knows more of it', () => {
    const ledger = new LedgerStore();
    const error = new AppError('SIDECAR_RESTARTED', 'The engine was restarted.').toEnvelope();
    ledger.load([entry('a', { at: 500, error }), entry('b', { at: 1_500, error })]);
    ledger.lostWithEngine('t1', { ...open, sinceAt: 1_000 }, { at: 2_000 });
    expect(ledger.of('t1').map(({ id }) => id)).toEqual(['a', 'b']);
    ledger.lostWithEngine('t1', { ...open, sinceAt: 1_800 }, { at: 2_000 });
    expect(ledger.of('t1')).toHaveLength(3);
  });

  it('goes when it was read, apart from a COMMIT that is still being judged', () => {
    const ledger = new LedgerStore();
    ledger.told(entry('a'));
    ledger.told(entry('b', { judging: true }));
    const rpc = new Answering(() => Promise.resolve({}));
    new LedgerCommands(rpc, { announcer, ledger }).dismiss('t1');
    expect(ledger.of('t1').map(({ id }) => id)).toEqual(['b']);
    expect(rpc.asked).toEqual([['ledger.dismiss', { connectionId: 'c1', tabId: 't1' }]]);
  });

  it('is replayed once at a time, and keeps what the server did not take', async () => {
    const ledger = new LedgerStore();
    const error = new AppError('PERMISSION_DENIED', 'Not permitted.').toEnvelope();
    const failed = [{ item: { kind: 'role', name: 'role' }, error }];
    const rpc = new Answering(() => Promise.resolve({ replayed: [], failed }));
    const commands = new LedgerCommands(rpc, { announcer, ledger });
    const first = commands.replay('c1', 't1');
    expect(ledger.isReplaying('t1')).toBe(true);
    await commands.replay('c1', 't1');
    await first;
    expect(rpc.asked).toHaveLength(1);
    expect(ledger.isReplaying('t1')).toBe(false);
    expect(ledger.failures('t1')).toEqual(failed);
  });

  it('says why a replay was refused', async () => {
    const ledger = new LedgerStore();
    const refusal = new AppError('TRANSACTION_STATE', 'A transaction is open.');
    const rpc = new Answering(() => Promise.reject(refusal));
    await new LedgerCommands(rpc, { announcer, ledger }).replay('c1', 't1');
    expect(ledger.failures('t1')[0]?.error.message).toBe('A transaction is open.');
    expect(announcer.polite.at(-1)?.text).toBe('Nothing was set again. A transaction is open.');
  });
});
