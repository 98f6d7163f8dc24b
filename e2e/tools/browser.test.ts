import { describe, expect, it } from 'vitest';
import { findBrowser, type Machine } from './browser.ts';

const machine = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv, ...working: string[]): Machine => ({
  platform,
  env,
  works: (path) => working.includes(path),
  downloaded: '/cache/chrome',
});

describe('findBrowser', () => {
  it('takes what is on the PATH of Linux, in the order of the PATH', () => {
    const env = { PATH: '/a:/b' };
    expect(findBrowser(machine('linux', env, '/b/google-chrome', '/a/chromium'))).toBe('/a/chromium');
  });

  it('takes one without a window before all others, wherever it is on the PATH', () => {
    const env = { PATH: '/a:/b' };
    const both = machine('linux', env, '/a/chromium', '/b/chromium-headless-shell');
    expect(findBrowser(both)).toBe('/b/chromium-headless-shell');
  });

  it('passes over what does not start', () => {
    expect(findBrowser(machine('linux', { PATH: '/a:/b' }, '/b/chromium'))).toBe('/b/chromium');
  });

  it('knows the usual places of macOS and Windows', () => {
    const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    expect(findBrowser(machine('darwin', { HOME: '/Users/me' }, mac))).toBe(mac);
    const windows = 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe';
    expect(findBrowser(machine('win32', { PROGRAMFILES: 'C:\\Program Files' }, windows))).toBe(windows);
  });

  it('takes the downloaded one where none is installed, and the named one before all', () => {
    const env = { PATH: '/a', HAWSER_BROWSER: '/mine' };
    expect(findBrowser(machine('linux', env, '/cache/chrome'))).toBe('/cache/chrome');
    expect(findBrowser(machine('linux', env, '/a/chromium', '/mine'))).toBe('/mine');
  });

  it('says so where there is none', () => {
    expect(findBrowser(machine('linux', { PATH: '/a' }))).toBeUndefined();
  });
});
