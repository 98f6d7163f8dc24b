import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultDataFolder, wholePath } from './paths.ts';

describe('the default data folder', () => {
  const linux = { platform: 'linux' as const, home: '/home/ada' };

  it('follows XDG_DATA_HOME on Linux, where that is a whole path', () => {
    expect(defaultDataFolder({ ...linux, env: {} })).toBe('/home/ada/.local/share/hawser');
    expect(defaultDataFolder({ ...linux, env: { XDG_DATA_HOME: '/data' } })).toBe('/data/hawser');
    for (const XDG_DATA_HOME of ['', 'data'])
      expect(defaultDataFolder({ ...linux, env: { XDG_DATA_HOME } })).toBe('/home/ada/.local/share/hawser');
  });

  it('is in Application Support on macOS', () => {
    expect(
      defaultDataFolder({ platform: 'darwin', env: { XDG_DATA_HOME: '/data' }, home: '/Users/ada' }),
    ).toBe('/Users/ada/Library/Application Support/Hawser');
  });

  it('is in APPDATA on Windows', () => {
    const home = 'C:\\Users\\ada';
    expect(defaultDataFolder({ platform: 'win32', env: { APPDATA: 'D:\\Roaming' }, home })).toBe(
      'D:\\Roaming\\Hawser',
    );
    expect(defaultDataFolder({ platform: 'win32', env: {}, home })).toBe(
      'C:\\Users\\ada\\AppData\\Roaming\\Hawser',
    );
  });
});

describe('a path that was typed', () => {
  it('may begin with ~ for the home folder', () => {
    const home = resolve('/home/ada');
    expect(wholePath('~', home)).toBe(resolve(home));
    expect(wholePath('~/.ssh/id', home)).toBe(join(home, '.ssh', 'id'));
    expect(wholePath(resolve('/etc/ca.pem'), home)).toBe(resolve('/etc/ca.pem'));
  });

  it('is not whole where it hangs on the current folder', () => {
    for (const typed of ['', 'id', './id', '../id', '~bob/id', 'a/~/id'])
      expect(wholePath(typed, '/home/ada')).toBeUndefined();
  });
});
