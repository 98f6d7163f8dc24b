import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '#shared/query/ledger.ts';
import { AppError } from '#shared/error/appError.ts';
import {
  entryTitle,
  entryWords,
  fitsHeadline,
  lostLines,
  lostSummary,
  replayable,
  spokenLoss,
  spokenReplay,
  spokenVerdict,
  verdictTone,
  verdictWords,
} from './ledgerWords.ts';

const entry = (more: Partial<LedgerEntry>): LedgerEntry => ({
  id: 'l1',
  connectionId: 'c1',
  tabId: 't1',
  database: 'shop',
  at: 0,
  error: new AppError('CONNECTION_LOST', 'The connection was cut.').toEnvelope(),
  lost: [],
  replayed: [],
  ...more,
});
const setting = { kind: 'setting', name: 'search_path', value: 'app' } as const;
const role = { kind: 'role', name: 'role', value: 'app_ro' } as const;
const table = { kind: 'tempTable', name: 'pg_temp.work' } as const;
const lock = { kind: 'advisoryLock', name: '7' } as const;
const open = { kind: 'transaction', value: 'open' } as const;

describe('what a tab has lost', () => {
  it('is listed by kind, the transaction first', () => {
    expect(lostLines({ lost: [table, setting, open, role], replayed: [] })).toEqual([
      { kind: 'transaction', label: 'transaction', items: ['was open; the server rolls it back'] },
      { kind: 'setting', label: 'setting', items: ['search_path = app'] },
      { kind: 'role', label: 'role', items: ['app_ro'] },
      { kind: 'tempTable', label: 'temporary table', items: ['pg_temp.work'] },
    ]);
  });

  it('no longer lists what is set again', () => {
    expect(lostLines({ lost: [setting, role], replayed: [setting] }).map(({ kind }) => kind)).toEqual([
      'role',
    ]);
  });

  it('is summed up in one line', () => {
    const none = { replayed: [] };
    expect(lostSummary({ ...none, lost: [open, setting, { ...setting, name: 'work_mem' }, table] })).toBe(
      'a transaction, 2 settings and a temporary table',
    );
    expect(lostSummary({ ...none, lost: [table] })).toBe('a temporary table');
    expect(lostSummary({ ...none, lost: [table], omitted: 7 })).toBe('a temporary table and 7 more');
    expect(lostSummary({ ...none, lost: [lock] })).toBe('an advisory lock');
    expect(lostSummary({ lost: [setting, lock], replayed: [setting] })).toBe('an advisory lock');
  });

  it('can be set again where that repeats no statement', () => {
    expect(replayable({ lost: [open, setting, role, table], replayed: [] })).toEqual([setting, role]);
    expect(replayable({ lost: [setting, role], replayed: [role] })).toEqual([setting]);
  });

  it('tells what became of a COMMIT, and why where that is not known', () => {
    expect(verdictWords(entry({}))).toBeUndefined();
    expect(verdictTone(entry({ judging: true }))).toBe('warning');
    expect(verdictTone(entry({ commitOutcome: 'committed' }))).toBe('ok');
    expect(verdictTone(entry({ commitOutcome: 'rolledBack' }))).toBe('danger');
    const unknown = entry({ commitOutcome: 'unknown', unknownReason: 'identityChanged' });
    expect(verdictWords(unknown)).toBe(
      'whether the COMMIT took effect is not known: another server answers now',
    );
  });

  it('says in its headline what fits there: one thing by name, more of them by kind', () => {
    expect(entryWords(entry({ lost: [open] }))).toBe('a transaction, which the server rolls back');
    expect(entryWords(entry({ lost: [{ ...open, value: 'failed' }] }))).toBe('a transaction that had failed');
    expect(entryWords(entry({ lost: [setting] }))).toBe('setting search_path = app');
    expect(entryWords(entry({ lost: [{ ...role, value: 'postgres' }] }))).toBe('role = postgres');
    expect(entryWords(entry({ lost: [setting, role] }))).toBe('a setting and a role');
    expect(entryWords(entry({ lost: [setting, role], replayed: [role] }))).toBe('a setting');
    expect(entryWords(entry({ lost: [setting], replayed: [setting] }))).toBe('all is set again');
    expect(entryWords(entry({}))).toBe('The connection was cut.');
  });

  it('does not call lost what a COMMIT has made lasting', () => {
    const committed = entry({ lost: [open, table], commitOutcome: 'committed' });
    expect(lostLines(committed).map(({ kind }) => kind)).toEqual(['tempTable']);
    expect(lostSummary(committed)).toBe('a temporary table');
    expect(entryTitle(committed)).toBe('COMMIT interrupted');
    expect(entryWords(committed)).toBe('lost: a temporary table');
    const again = entry({ lost: [open, setting], replayed: [setting], commitOutcome: 'committed' });
    expect(entryWords(again)).toBe('all is set again');
    expect(fitsHeadline(again)).toBe(false);
    const nothing = entry({ lost: [open], commitOutcome: 'committed' });
    expect(entryTitle(entry({ lost: [open] }))).toBe('Lost with the connection');
    expect(entryWords(nothing)).toBe('');
    expect(spokenLoss('query 1', nothing)).toBe(
      'query 1: the connection was lost; the COMMIT has taken effect.',
    );
    expect(spokenLoss('query 1', committed)).toBe(
      'query 1: the connection was lost; the COMMIT has taken effect. Lost: a temporary table.',
    );
  });

  it('says in its headline what became of a COMMIT', () => {
    const words = (more: Partial<LedgerEntry>) => verdictWords(entry({ lost: [open], ...more }));
    expect(words({ judging: true })).toBe('asking the server what became of the COMMIT');
    expect(words({ commitOutcome: 'rolledBack' })).toBe(
      'the COMMIT did not take effect: all was rolled back',
    );
    expect(words({ commitOutcome: 'unknown' })).toBe(
      'whether the COMMIT took effect is not known: the server could not be asked',
    );
    expect(entryWords(entry({ judging: true, lost: [open, setting, table] }))).toBe(
      'lost: a setting and a temporary table',
    );
  });

  it('is read aloud, and the verdict once more when it comes', () => {
    expect(spokenLoss('query 1', entry({ lost: [open, setting] }))).toBe(
      'query 1 has lost a transaction and a setting.',
    );
    expect(spokenLoss('query 1', entry({ lost: [setting], replayed: [setting] }))).toBe(
      'query 1: what was lost with the connection is set again.',
    );
    expect(spokenVerdict('query 1', entry({ judging: true }))).toBeUndefined();
    expect(spokenVerdict('query 1', entry({ commitOutcome: 'rolledBack' }))).toBe(
      'query 1: the COMMIT did not take effect: all was rolled back.',
    );
  });

  it('is read aloud as far as it is set again', () => {
    expect(spokenReplay([setting, role], [])).toBe('Set again: search_path, role.');
    const failed = [{ item: role, error: { message: 'The role is gone.' } }];
    expect(spokenReplay([], failed)).toBe('Nothing was set again. role: The role is gone.');
  });
});
