import { expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import type { SettingsPatch } from '#shared/settings/methods.ts';
import { settingsSchema } from '#shared/settings/settings.ts';
import { settingRow } from '#shared/settings/table.ts';
import { Announcer } from '../../stores/announcer.svelte.ts';
import type { App } from '../../stores/context.ts';
import { SettingsStore } from '../../stores/settings.svelte.ts';
import { Toasts } from '../../stores/toasts.svelte.ts';
import { SettingsModel } from './settingsModel.svelte.ts';

/** A sidecar that takes what it is given, unless it is told to refuse it. */
function setUp() {
  const settings = new SettingsStore();
  const sent: SettingsPatch[] = [];
  const refusing: { with?: AppError } = {};
  const call = (_: string, { patch }: { patch: SettingsPatch }) => {
    if (refusing.with) return Promise.reject(refusing.with);
    sent.push(patch);
    const kept = Object.entries({ ...settings.value, ...patch }).filter(([, value]) => value !== null);
    settings.load(settingsSchema.parse(Object.fromEntries(kept)));
    return Promise.resolve({ settings: settings.value });
  };
  const toasts = new Toasts();
  const app = { announcer: new Announcer(), rpc: { call }, settings, toasts } as unknown as App;
  return { model: new SettingsModel(app), sent, refusing, told: () => toasts.list.map(({ text }) => text) };
}

const days = settingRow('retentionDays');
const folder = settingRow('persistenceFolder');

it('what is right is sent at once; what is not stays in its field, with what is wrong', async () => {
  const { model, sent } = setUp();
  await model.type(days, '400');
  expect([sent, model.textOf('retentionDays'), model.wrong]).toEqual([[], '400', 'retentionDays']);
  expect(model.errorOf('retentionDays')).toBe('A whole number from 1 to 365');
  await model.type(days, 'ten');
  expect(model.textOf('retentionDays')).toBe('ten');
  await model.type(days, ' 10 ');
  expect([sent, model.wrong, model.isChanged('retentionDays')]).toEqual([
    [{ retentionDays: 10 }],
    undefined,
    true,
  ]);
  await model.type(days, '');
  expect([sent.at(-1), model.textOf('retentionDays')]).toEqual([{ retentionDays: null }, '30']);
});

it('what the sidecar refuses stands beside its field too', async () => {
  const { model, refusing, told } = setUp();
  refusing.with = new AppError('FILE_NOT_WRITABLE', 'It is read-only.');
  await model.type(folder, '/elsewhere');
  expect([model.textOf('persistenceFolder'), model.errorOf('persistenceFolder')]).toEqual([
    '/elsewhere',
    'It is read-only.',
  ]);
  // The dialog was closed before the answer came.
  model.close();
  await model.type(folder, '/nowhere');
  expect(told()).toEqual(['Folder for sessions: It is read-only.']);
  delete refusing.with;
  await model.reset(['persistenceFolder'], 'Folder');
  expect([model.textOf('persistenceFolder'), model.wrong]).toEqual(['', undefined]);
});

it('a reset takes back what differs, and can be undone as one', async () => {
  const { model, sent } = setUp();
  await model.set('theme', 'dark');
  await model.type(folder, '/elsewhere');
  await model.setKeys({ palette: ['Alt+K'] });
  await model.reset(['theme', 'persistenceFolder', 'wordWrap', 'shortcuts'], 'All');
  expect(sent.at(-1)).toEqual({ theme: null, persistenceFolder: null, shortcuts: null });
  expect([model.undoing, model.isChanged('theme')]).toEqual(['All: back to the default.', false]);
  await model.undo();
  expect(model.values).toMatchObject({
    theme: 'dark',
    persistenceFolder: '/elsewhere',
    shortcuts: { palette: ['Alt+K'] },
  });
  expect(model.undoing).toBeUndefined();
});
