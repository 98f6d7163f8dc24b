import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import type { LedgerEntry } from '#shared/query/ledger.ts';
import { lostWork, type LostWorkFacts } from './lostWork.ts';

const loss = (more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  id: 'l1',
  connectionId: 'c1',
  tabId: 't1',
  database: 'shop',
  at: 5_000,
  error: new AppError('CONNECTION_LOST', 'The connection was cut.').toEnvelope(),
  lost: [{ kind: 'transaction', value: 'open' }],
  replayed: [],
  ...more,
});
const run = (more: Partial<LostWorkFacts['run']> = {}): LostWorkFacts['run'] => ({
  active: false,
  state: 'done',
  startedAt: 1_000,
  endedAt: 2_000,
  transactionStatus: 'T',
  results: [{ commandTag: 'INSERT 0 1' }],
  ...more,
});
const tags = (...all: string[]) => all.map((commandTag) => ({ commandTag }));
const facts = { run: run(), losses: [loss()], begun: [500] };

describe('work of a transaction that was lost', () => {
  it('was rolled back with the connection', () => {
    expect(lostWork(facts)).toEqual({
      from: 0,
      words: 'rolled back with the lost connection',
      isRolledBack: true,
    });
    expect(lostWork({ ...facts, losses: [] })).toBeUndefined();
    expect(lostWork({ ...facts, run: run({ transactionStatus: 'I' }) })).toBeUndefined();
    expect(lostWork({ ...facts, losses: [loss({ at: 900 })] }), 'an earlier loss').toBeUndefined();
  });

  it('is what became of its COMMIT, where one was under way', () => {
    const words = (more: Partial<LedgerEntry>) => lostWork({ ...facts, losses: [loss(more)] })?.words;
    expect(words({ commitOutcome: 'committed' })).toBeUndefined();
    expect(words({ commitOutcome: 'rolledBack' })).toBe('rolled back with the lost connection');
    expect(words({ commitOutcome: 'unknown' })).toBe('whether it was committed is not known');
    expect(words({ judging: true })).toBe('whether it was committed is being asked');
    expect(lostWork({ ...facts, losses: [loss({ judging: true })] })?.isRolledBack).toBe(false);
  });

  it('is not that of a transaction which ended before another one was lost', () => {
    expect(lostWork({ ...facts, begun: [500, 3_000] })).toBeUndefined();
    expect(lostWork({ ...facts, begun: [500, 6_000] })?.words, 'one after the loss').toContain('rolled back');
  });

  it('is not known of a transaction that this window never saw', () => {
    expect(lostWork({ ...facts, begun: [] })?.words).toBe('whether it was committed is not known');
  });

  it('begins with the last BEGIN, or after the last COMMIT', () => {
    const from = (...all: string[]) => lostWork({ ...facts, run: run({ results: tags(...all) }) })?.from;
    expect(from('INSERT 0 1', 'BEGIN', 'INSERT 0 1', 'ROLLBACK', 'INSERT 0 1')).toBe(1);
    expect(from('INSERT 0 1', 'COMMIT', 'INSERT 0 1')).toBe(2);
  });

  it('is also that of a run which the loss itself ended', () => {
    const ended = run({ state: 'lost', transactionStatus: 'I', results: tags('BEGIN', 'INSERT 0 1') });
    expect(lostWork({ ...facts, run: ended, begun: [] })).toEqual({
      from: 0,
      words: 'rolled back with the lost connection',
      isRolledBack: true,
    });
  });
});
