import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import type { LedgerEntry } from '#shared/query/ledger.ts';
import { Redactor } from '../../diagnostics/redactor.ts';
import { Journal } from '../../journal/journal.ts';
import { tempFolder } from '../../test/tempFolder.ts';
import { TabJournal } from './tabJournal.ts';

let folder: Awaited<ReturnType<typeof tempFolder>>;
let path: string;
let redactor: Redactor;
beforeEach(async () => {
  folder = await tempFolder();
  path = join(folder.path, 'journal.jsonl');
  redactor = new Redactor();
});
afterEach(() => folder.remove());

const tab = { sessionId: 's', tabId: 't' };
const place = { connectionId: 'c', database: 'postgres', at: 1 };

/** The journal of another process, and a window that has come to it. */
function open(sessionId = 's'): TabJournal {
  const clean = (text: string) => redactor.clean(text);
  const journal = new TabJournal({
    journal: Journal.open({ path, log: { warn: () => {} } }),
    clean,
    now: 1,
  });
  journal.sessionBegan(sessionId, 'window');
  return journal;
}
const written = () => readFileSync(path, 'utf8');
const entry = (more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  ...{ ...place, id: 'loss-1', tabId: 't', lost: [], replayed: [] },
  error: new AppError('CONNECTION_LOST', 'The connection was cut.').toEnvelope(),
  ...more,
});

describe('what a tab held', () => {
  it.each(['postgres', 'open', 'auto', 'held', 'window', 'c', 't', 'transaction', 'setting', '10MB'])(
    'is found again though the password is %s, and what that stands in is not set again',
    (password) => {
      redactor.add(password);
      open().holds(tab, {
        ...place,
        transaction: 'open',
        commit: { xid: '7', identity: { systemIdentifier: '5', timeline: 1 } },
        items: [
          { kind: 'role', name: 'role', value: 'postgres' },
          { kind: 'setting', name: 'work_mem', value: '10MB' },
          { kind: 'setting', name: 'lock_timeout', value: '5s' },
        ],
      });
      const [loss] = open().lossesOf('s');
      expect(loss?.entry).toMatchObject({ connectionId: 'c', tabId: 't', database: 'postgres' });
      expect(loss?.entry.error).toMatchObject({ code: 'SIDECAR_RESTARTED', retry: 'auto' });
      expect(loss?.entry.lost).toMatchObject([
        { kind: 'transaction', value: 'open' },
        { kind: 'role', name: 'role' },
        { kind: 'setting', name: 'work_mem' },
        { kind: 'setting', name: 'lock_timeout', value: '5s' },
      ]);
      const values = ['postgres', '10MB', '5s'].filter((value) => value !== password);
      expect(loss?.items.map(({ value }) => value)).toEqual(values);
      // Once more, for a loss is written as such when it has been found.
      expect(open().lossesOf('s')).toMatchObject([loss]);
    },
  );

  it('is listed without a value that is too long to be kept, which is not set again', () => {
    const value = 'x'.repeat(50_000);
    open().holds(tab, { ...place, items: [{ kind: 'setting', name: 'search_path', value }] });
    expect(written().length).toBeLessThan(1_000);
    const [loss] = open().lossesOf('s');
    expect(loss?.entry.lost).toEqual([{ kind: 'setting', name: 'search_path' }]);
    expect(loss?.items).toEqual([]);
  });
});

describe('a loss', () => {
  it.each(['hunter2', 'postgres', 'auto', 'user', 'CONNECTION_LOST', 'setting'])(
    'is found again without the password %s in its texts and values',
    (password) => {
      redactor.add(password);
      const value = `${'x'.repeat(195)}${password}`;
      const said = { ...entry().error, hint: `Not with ${password}.`, detail: `It was ${password}.` };
      open().lost('s', {
        entry: entry({
          error: said,
          lost: [
            { kind: 'setting', name: 'search_path', value: `${value.slice(0, 200)}…` },
            { kind: 'setting', name: 'work_mem', value: '10MB' },
          ],
        }),
        items: [
          { kind: 'setting', name: 'search_path', value },
          { kind: 'setting', name: 'work_mem', value: '10MB' },
        ],
        commit: undefined,
      });
      const [loss] = open().lossesOf('s');
      expect(loss).toMatchObject({
        entry: {
          id: 'loss-1',
          error: { code: 'CONNECTION_LOST', retry: 'auto', hint: 'Not with [redacted].' },
          lost: [
            { kind: 'setting', name: 'search_path' },
            { name: 'work_mem', value: '10MB' },
          ],
        },
        items: [{ name: 'work_mem' }],
      });
      expect(written()).not.toContain('xxx');
    },
  );

  it('is kept without what the server tells of rows', () => {
    const detail = 'Key (email)=(jane@example.org) already exists.';
    const error = new AppError('QUERY_FAILED', 'Duplicate key.', { sqlstate: '23505', detail });
    open().lost('s', { entry: entry({ error: error.toEnvelope() }), items: [], commit: undefined });
    expect(written()).not.toContain('jane');
    expect(open().lossesOf('s')).toMatchObject([{ entry: { error: { sqlstate: '23505' } } }]);
  });
});
