import { expect, it } from 'vitest';
import type { StateItem } from '../sessionState.ts';
import { UnreadSettings } from './unreadSettings.ts';

const before: StateItem[] = [
  { kind: 'setting', name: 'work_mem', value: '7168' },
  { kind: 'tempTable', name: 'mine', value: '' },
];

async function after(texts: string[]) {
  const settings = new UnreadSettings();
  for (const text of texts) await settings.note(text);
  return settings.over(before).map(({ kind, name, value }) => [kind, name, value].join(' ').trim());
}

it.each([
  [
    ['select 1', 'update a set b = 1', 'set transaction read only'],
    ['setting work_mem 7168', 'tempTable mine'],
  ],
  [
    ["set WORK_MEM = '9MB'", 'set role writer'],
    ['tempTable mine', 'setting work_mem 9MB', 'role role writer'],
  ],
  [
    ['set local work_mem = 1000', 'set lock_timeout to 5'],
    ['setting work_mem 7168', 'tempTable mine', 'setting lock_timeout 5'],
  ],
  [
    ['set role writer', 'reset all'],
    ['tempTable mine', 'role role writer'],
  ],
  [['set role writer', 'discard all'], []],
  [['discard plans'], ['setting work_mem 7168', 'tempTable mine']],
  [['/* first */ reset work_mem'], ['tempTable mine']],
  [['reset work_mem', 'savepoint a', 'set lock_timeout = 1', 'rollback to a'], ['tempTable mine']],
  [
    ['set search_path = pg_catalog, "a ""b"', 'reset work_mem'],
    ['tempTable mine', 'setting search_path pg_catalog, "a ""b"'],
  ],
  [
    ["set time zone interval '1' hour", 'set nonsense to to'],
    ['setting work_mem 7168', 'tempTable mine'],
  ],
])('knows what %j sets', async (texts, items) => {
  expect(await after(texts)).toEqual(items);
});

it('knows nothing any more once the state was read', async () => {
  const settings = new UnreadSettings();
  await settings.note('reset work_mem');
  settings.clear();
  expect(settings.over(before)).toEqual(before);
});

it.each([
  ['is open', [], ['tempTable mine', 'setting a 1', 'setting b 2']],
  ['has failed', ['failed'], ['setting work_mem 7168', 'tempTable mine', 'setting a 1']],
  ['was rolled back', ['ended'], ['setting work_mem 7168', 'tempTable mine', 'setting a 1']],
  ['was committed', ['ended', 'committed'], ['tempTable mine', 'setting a 1', 'setting b 2']],
])('knows what was set before and in a transaction that %s', async (_how, then, items) => {
  const settings = new UnreadSettings();
  await settings.note('set a = 1');
  settings.transactionBegan();
  for (const text of ['set b = 2', 'reset work_mem']) await settings.note(text);
  if (then.includes('ended')) settings.transactionEnded();
  if (then.includes('committed')) settings.committed();
  const held = settings.over(before, then.includes('failed'));
  expect(held.map(({ kind, name, value }) => [kind, name, value].join(' ').trim())).toEqual(items);
});
