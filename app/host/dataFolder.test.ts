import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultDataFolder } from './dataFolder.ts';

it('puts the data where the platform has application data', () => {
  const home = homedir();
  expect(defaultDataFolder('linux', { XDG_DATA_HOME: '/data' })).toBe(join('/data', 'hawser'));
  expect(defaultDataFolder('linux', { XDG_DATA_HOME: '' })).toBe(join(home, '.local', 'share', 'hawser'));
  expect(defaultDataFolder('darwin', {})).toBe(join(home, 'Library', 'Application Support', 'Hawser'));
  expect(defaultDataFolder('win32', { APPDATA: '/roaming' })).toBe(join('/roaming', 'Hawser'));
});
