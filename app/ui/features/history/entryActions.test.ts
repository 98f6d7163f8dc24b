import { expect, it } from 'vitest';
import { maxKeptText, type HistoryEntry } from '#shared/history/history.ts';
import type { App } from '../../stores/context.ts';
import { EntryActions } from './entryActions.ts';

/** An app with one live connection; what is opened, run and told. */
function setUp() {
  const opened: string[] = [];
  const ran: unknown[] = [];
  const told: string[] = [];
  const app = {
    connections: { get: (id: string) => (id === 'c1' ? { status: 'connected' } : undefined) },
    commands: { runs: { run: (request: unknown) => Promise.resolve(ran.push(request)) } },
    documents: {
      open: (tab: { text: string }) => {
        opened.push(tab.text);
        return { id: 't1', ...tab };
      },
    },
    toasts: { show: (text: string) => told.push(text) },
    workspace: { showTabs: () => {}, wantEditor: () => {} },
  } as unknown as App;
  const entry = (text: string, more: Partial<HistoryEntry> = {}) =>
    ({ id: 1, connectionId: 'c1', database: 'shop', text, length: text.length, ...more }) as HistoryEntry;
  const actions = new EntryActions(app, (each) => Promise.resolve(each));
  return { actions, entry, opened, ran, told };
}

it('runs a statement again in a tab of its own, where it ran', async () => {
  const { actions, entry, opened, ran, told } = setUp();
  await actions.runAgain(entry('select 1'));
  expect([opened, told]).toEqual([['select 1'], []]);
  expect(ran).toMatchObject([
    { tabId: 't1', connectionId: 'c1', database: 'shop', text: 'select 1', from: 0 },
  ]);
});

it('never runs what is not the statement that was run: it opens it, and says why', async () => {
  const { actions, entry, opened, ran, told } = setUp();
  const noPassword = "alter role ann password '[redacted]'";
  const cut = 'x'.repeat(maxKeptText);
  await actions.runAgain(entry(noPassword));
  await actions.runAgain(entry(cut, { length: cut.length + 1 }));
  await actions.runAgain(entry('select 2', { connectionId: 'c2' }));
  expect(opened).toEqual([noPassword, cut, 'select 2']);
  expect(ran).toEqual([]);
  expect(told).toEqual([
    'Not run. A password was left out of this statement: put it in place of [redacted].',
    'Not run. Only the beginning of this statement is kept: 262,144 of 262,145 characters.',
    'Not run: its connection has been deleted. The statement is in its tab.',
  ]);
});
