import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { settingsPatchSchema } from '#shared/settings/methods.ts';
import { settingsSchema, type Settings as Values } from '#shared/settings/settings.ts';
import { openDataFolder, type DataFolder } from '../storage/dataFolder.ts';
import { Settings } from './settings.ts';

let base: string;
let folder: DataFolder;
let opened: Settings[];
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'hawser-settings-'));
  folder = await openDataFolder(base);
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((settings) => settings.close()));
  await folder.close();
  rmSync(base, { recursive: true, force: true });
});
async function open(): Promise<Settings> {
  const settings = await Settings.open(folder);
  opened.push(settings);
  return settings;
}

const defaults = settingsSchema.parse({});

it('settings have their defaults until they are set', async () => {
  expect((await open()).get()).toMatchObject({
    theme: 'system',
    exclusive: false,
    enablePersistence: true,
    retentionDays: 30,
    shortcuts: {},
  });
});

it('a patch changes what it names, at once, is told, and is there after a restart', async () => {
  const settings = await open();
  const told: Values[] = [];
  settings.events.on((values) => told.push(values));
  const update = settings.update({ theme: 'dark' });
  const expected = { ...defaults, theme: 'dark' };
  expect([settings.get(), told]).toEqual([expected, [expected]]);
  expect(await update).toEqual(expected);
  expect(JSON.parse(readFileSync(folder.paths.settings, 'utf8'))).toEqual({ version: 1, ...expected });
  await settings.close();
  expect((await open()).get()).toEqual(expected);
});

it('a patch that changes nothing is not told', async () => {
  const settings = await open();
  const told: Values[] = [];
  settings.events.on((values) => told.push(values));
  expect(await settings.update({})).toEqual(defaults);
  expect(await settings.update({ sidebarWidth: 264 })).toEqual(defaults);
  expect(told).toEqual([]);
});

it('many patches that come together are all there, in one write', async () => {
  const settings = await open();
  await Promise.all(Array.from({ length: 50 }, (_, index) => settings.update({ sidebarWidth: 300 + index })));
  await Promise.all([settings.update({ exclusive: true }), settings.update({ theme: 'light' })]);
  expect(JSON.parse(readFileSync(folder.paths.settings, 'utf8'))).toMatchObject({
    sidebarWidth: 349,
    exclusive: true,
    theme: 'light',
  });
  // The copy is from before the last write: had each patch been one, it would hold all but the last.
  expect(JSON.parse(readFileSync(`${folder.paths.settings}.bak`, 'utf8'))).toMatchObject({
    sidebarWidth: 349,
    exclusive: false,
    theme: 'system',
  });
});

it('a file that lacks some settings gets their defaults', async () => {
  writeFileSync(folder.paths.settings, '{"version":1,"theme":"dark"}');
  expect((await open()).get()).toEqual({ ...defaults, theme: 'dark' });
  expect(folder.problems.list()).toEqual([]);
});

it('a value that cannot be costs itself alone, and is told by its name', async () => {
  const typed = JSON.stringify({ version: 1, theme: 'dark', retentionDays: 400, shortcuts: { run: ['F5'] } });
  writeFileSync(folder.paths.settings, typed);
  const settings = await open();
  expect(settings.get()).toEqual({ ...defaults, theme: 'dark', shortcuts: { run: ['F5'] } });
  expect(folder.problems.list()).toMatchObject([
    { code: 'STORE_RECOVERED', message: 'settings.json says something that cannot be: retentionDays.' },
  ]);
  expect(readFileSync(folder.paths.settings, 'utf8')).toBe(typed);
  await settings.update({ theme: 'light' });
  expect(JSON.parse(readFileSync(folder.paths.settings, 'utf8'))).toEqual({
    version: 1,
    ...defaults,
    theme: 'light',
    shortcuts: { run: ['F5'] },
  });
  expect(readdirSync(base).filter((name) => name.includes('corrupt'))).toEqual([]);
});

it('null takes a setting back to its default, also where that is to be absent', async () => {
  const settings = await open();
  await settings.update({ retentionDays: 7, persistenceFolder: join(base, 'elsewhere'), theme: 'dark' });
  expect(await settings.update({ retentionDays: null, persistenceFolder: null })).toEqual({
    ...defaults,
    theme: 'dark',
  });
});

it('what a newer Hawser has set stays in the file, and is told to nobody', async () => {
  const newer = { newerSetting: { deep: [1, 2] } };
  writeFileSync(folder.paths.settings, JSON.stringify({ version: 1, theme: 'dark', ...newer }));
  const settings = await open();
  expect(await settings.update({ retentionDays: 7 })).toEqual({
    ...defaults,
    theme: 'dark',
    retentionDays: 7,
  });
  expect(JSON.parse(readFileSync(folder.paths.settings, 'utf8'))).toMatchObject({
    ...newer,
    retentionDays: 7,
  });
});

it.each([
  { retentionDays: 0 },
  { retentionDays: 366 },
  { retentionDays: 1.5 },
  { persistenceFolder: 'sessions' },
  { persistenceFolder: '~/sessions' },
  { nullText: ' ' },
  { defaultApplicationName: 'ä'.repeat(32) },
  { shortcuts: { run: ['Ctrl+Enter'] } },
  { shortcuts: { run: ['K', 'L', 'M', 'N', 'O'] } },
  { unknown: 1 },
])('%j is no patch', (patch) => {
  expect(settingsPatchSchema.safeParse(patch).success).toBe(false);
});

it.each(['/home/me/kept', 'C:\\kept', 'D:/kept', '\\\\server\\share\\kept'])(
  '%s is a whole path',
  (persistenceFolder) => {
    expect(settingsPatchSchema.parse({ persistenceFolder })).toEqual({ persistenceFolder });
  },
);

it.each(['Mod+Shift+K', 'Alt+1', 'F12', '?', 'Mod+Alt+ArrowUp', 'Mod++'])('%s is a key', (each) => {
  expect(settingsPatchSchema.parse({ shortcuts: { run: [each] } })).toEqual({ shortcuts: { run: [each] } });
});

it.runIf(process.platform === 'linux')('a folder that takes no other is not tried without end', async () => {
  const settings = await open();
  await expect(settings.update({ persistenceFolder: '/proc/nothing/kept' })).rejects.toMatchObject({
    message: 'Nothing can be kept in this folder. The path does not exist, and cannot be made.',
  });
});

it('a folder for sessions is made where it can be; else nothing changes, and it says why', async () => {
  const settings = await open();
  const persistenceFolder = join(base, 'new', 'kept');
  expect(await settings.update({ persistenceFolder })).toMatchObject({ persistenceFolder });
  expect(readdirSync(persistenceFolder)).toEqual([]);
  const file = join(base, 'file');
  writeFileSync(file, '');
  await expect(
    settings.update({ persistenceFolder: join(file, 'kept'), theme: 'dark' }),
  ).rejects.toMatchObject({
    code: 'FILE_NOT_WRITABLE',
    message: 'Nothing can be kept in this folder. A part of the path is a file.',
  });
  expect(settings.get()).toMatchObject({ persistenceFolder, theme: 'system' });
});
