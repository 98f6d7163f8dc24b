import { describe, expect, it } from 'vitest';
import type { LedgerEntry, LostItem } from '#shared/query/ledger.ts';
import { AppError } from '#shared/error/appError.ts';
import { lossWords } from './lossWords.ts';

const transaction: LostItem = { kind: 'transaction', value: 'open' };
const setting: LostItem = { kind: 'setting', name: 'search_path', value: 'app' };
const entry = (tabId: string, lost: LostItem[], more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  id: `l-${tabId}`,
  connectionId: 'c1',
  tabId,
  database: 'shop',
  at: 10_000,
  error: new AppError('CONNECTION_LOST', 'The connection was cut.').toEnvelope(),
  lost,
  replayed: [],
  ...more,
});
const calm = { lossAt: 10_000, entries: [], open: false, lastEndAt: undefined };

describe('what a lost connection took along', () => {
  it('is no transaction where none was open', () => {
    expect(lossWords(calm)).toEqual({ text: 'no transaction was open' });
    expect(lossWords({ ...calm, lastEndAt: 1_000 })?.text).toBe('no transaction was open');
  });

  it('is not claimed before it is known', () => {
    expect(lossWords({ ...calm, lastEndAt: 9_990 })).toBeUndefined();
    expect(lossWords({ ...calm, lastEndAt: 10_050 })).toBeUndefined();
    expect(lossWords({ ...calm, open: true })).toEqual({ text: 'a transaction was open' });
  });

  it('names what one tab lost, and where more is said of it', () => {
    const entries = [entry('t1', [transaction, setting])];
    expect(lossWords({ ...calm, entries })).toEqual({
      text: 'lost a transaction and a setting',
      tabId: 't1',
    });
    const lock: LostItem = { kind: 'advisoryLock', name: '7' };
    expect(lossWords({ ...calm, entries: [entry('t1', [transaction, lock])] })?.text).toBe(
      'lost a transaction and an advisory lock',
    );
    expect(lossWords({ ...calm, entries: [entry('t1', [setting])] })?.text).toBe(
      'no transaction was open, lost a setting',
    );
  });

  it('tells what became of a COMMIT that was under way, and counts tabs', () => {
    const judged = entry('t1', [transaction], { judging: true });
    expect(lossWords({ ...calm, entries: [judged] })?.text).toBe(
      'asking the server what became of the COMMIT',
    );
    const committed = entry('t1', [transaction], { commitOutcome: 'committed' });
    expect(lossWords({ ...calm, entries: [committed] })?.text).toBe('the COMMIT has taken effect');
    const both = [entry('t1', [setting]), entry('t2', [transaction])];
    expect(lossWords({ ...calm, entries: both })?.text).toBe('2 tabs have lost something');
  });

  it('leaves to the tab in front what that lost itself', () => {
    const own = entry('t1', [transaction]);
    const other = entry('t2', [setting]);
    expect(lossWords({ ...calm, entries: [own], front: 't1' })).toBeUndefined();
    expect(lossWords({ ...calm, entries: [own, other], front: 't1' })).toEqual({
      text: 'another tab has lost something',
      tabId: 't2',
    });
    expect(lossWords({ ...calm, entries: [own, own], front: 't2' })?.text).toBe('lost a transaction');
  });

  it('is nothing any more where all is set again', () => {
    const again = entry('t1', [setting], { replayed: [setting] });
    expect(lossWords({ ...calm, entries: [again] })?.text).toBe('no transaction was open');
  });
});
