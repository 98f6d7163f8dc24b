import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '#shared/query/ledger.ts';
import { AppError } from '#shared/error/appError.ts';
import { commitVerdict, lostLines, lostSummary, replayable } from './ledgerWords.ts';

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
const open = { kind: 'transaction', value: 'open' } as const;

describe('what a tab has lost', () => {
  it('is listed by kind, the transaction first', () => {
    expect(lostLines({ lost: [table, setting, open, role], replayed: [] })).toEqual([
      { kind: 'transaction', label: 'transaction', items: ['was open; the server rolls it back'] },
      { kind: 'setting', label: 'setting', items: ['search_path = app'] },
      { kind: 'role', label: 'role', items: ['role = app_ro'] },
      { kind: 'tempTable', label: 'temporary table', items: ['pg_temp.work'] },
    ]);
  });

  it('no longer lists what is set again', () => {
    expect(lostLines({ lost: [setting, role], replayed: [setting] }).map(({ kind }) => kind)).toEqual([
      'role',
    ]);
  });

  it('is summed up in one line', () => {
    expect(lostSummary({ lost: [open, setting, { ...setting, name: 'work_mem' }, table] })).toBe(
      'a transaction, 2 settings and a temporary table',
    );
    expect(lostSummary({ lost: [table] })).toBe('a temporary table');
    expect(lostSummary({ lost: [table], omitted: 7 })).toBe('a temporary table and 7 more');
  });

  it('can be set again where that repeats no statement', () => {
    expect(replayable({ lost: [open, setting, role, table], replayed: [] })).toEqual([setting, role]);
    expect(replayable({ lost: [setting, role], replayed: [role] })).toEqual([setting]);
  });

  it('tells what became of a COMMIT, and why where that is not known', () => {
    expect(commitVerdict(entry({}))).toBeUndefined();
    expect(commitVerdict(entry({ judging: true }))?.tone).toBe('warning');
    expect(commitVerdict(entry({ commitOutcome: 'committed' }))?.tone).toBe('ok');
    expect(commitVerdict(entry({ commitOutcome: 'rolledBack' }))?.tone).toBe('danger');
    const unknown = entry({ commitOutcome: 'unknown', unknownReason: 'identityChanged' });
    expect(commitVerdict(unknown)?.text).toContain('another server answers now');
  });
});
