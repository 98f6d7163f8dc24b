import { describe, expect, it } from 'vitest';
import { chromiumCandidates } from './chromium.ts';
import { browserCommand } from './defaultBrowser.ts';
import { hasDisplay, openWindow, type OpeningOptions } from './openWindow.ts';
import type { OpenedWindow, OpenWindow } from './port.ts';

interface Trial {
  options: (ways: OpenWindow[]) => OpeningOptions;
  /** A page comes in. */
  admit: () => void;
  abort: AbortController;
  urls: string[];
}

function createTrial(): Trial {
  const abort = new AbortController();
  const urls: string[] = [];
  let admit: () => void = () => undefined;
  const options = (ways: OpenWindow[]): OpeningOptions => ({
    ways,
    attempt: () => {
      urls.push(`code ${urls.length + 1}`);
      return { url: urls.at(-1) ?? '', openingUrl: '', origin: '', profileFolder: '' };
    },
    admitted: (signal) =>
      new Promise((resolve) => {
        admit = resolve;
        signal.addEventListener('abort', () => resolve());
      }),
    signal: abort.signal,
  });
  return { options, admit: () => admit(), abort, urls };
}

/** A window as a program would make it, which tells whether it was closed. */
function createWindow(): OpenedWindow & { wasClosed: boolean; userCloses: () => void } {
  let userCloses: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (userCloses = resolve));
  const window = {
    closed,
    userCloses,
    wasClosed: false,
    close: () => {
      window.wasClosed = true;
      return Promise.resolve();
    },
  };
  return window;
}

const absent: OpenWindow = () => Promise.resolve(undefined);
const broken: OpenWindow = () => Promise.reject(new Error('EACCES'));

describe('opening a window', () => {
  it('takes the first way by which a page comes in', async () => {
    const trial = createTrial();
    const window = createWindow();
    const opening = openWindow(
      trial.options([absent, broken, () => (setImmediate(trial.admit), Promise.resolve(window))]),
    );
    expect(await opening).toBe(window);
    expect(window.wasClosed).toBe(false);
  });

  it('notices a page that is quicker than the program that opens it', async () => {
    const trial = createTrial();
    const window = createWindow();
    const quick: OpenWindow = () => {
      trial.admit();
      return new Promise((resolve) => setTimeout(() => resolve(window), 50));
    };
    expect(await openWindow(trial.options([quick]))).toBe(window);
  });

  it('turns to the next way, with a new code, when a window closes before its page has come', async () => {
    const trial = createTrial();
    const [first, second] = [createWindow(), createWindow()];
    const ways: OpenWindow[] = [
      () => (setImmediate(first.userCloses), Promise.resolve(first)),
      () => (setImmediate(trial.admit), Promise.resolve(second)),
    ];
    expect(await openWindow(trial.options(ways))).toBe(second);
    expect(first.wasClosed).toBe(true);
    expect(trial.urls).toEqual(['code 1', 'code 2']);
  });

  it('says when there is no way', async () => {
    expect(await openWindow(createTrial().options([absent, broken]))).toBeUndefined();
  });

  it('stops at once and closes what it had begun when the program ends', async () => {
    const trial = createTrial();
    const window = createWindow();
    const opening = openWindow(trial.options([() => Promise.resolve(window), absent]));
    setImmediate(() => trial.abort.abort());
    expect(await opening).toBeUndefined();
    expect(window.wasClosed).toBe(true);
    expect(trial.urls).toHaveLength(1);
  });
});

describe('where windows can be', () => {
  it('wants a display on Linux only', () => {
    expect(hasDisplay('linux', {})).toBe(false);
    expect(hasDisplay('linux', { DISPLAY: '' })).toBe(false);
    expect(hasDisplay('linux', { DISPLAY: ':0' })).toBe(true);
    expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
    expect(hasDisplay('darwin', {})).toBe(true);
  });

  it('looks for Chrome and its kin where each platform has them', () => {
    expect(chromiumCandidates('linux', { PATH: '/usr/bin' })).toContain('/usr/bin/chromium');
    expect(chromiumCandidates('linux', {})).toEqual([]);
    expect(chromiumCandidates('darwin', {})[0]).toMatch(/Google Chrome\.app/);
    expect(chromiumCandidates('win32', { PROGRAMFILES: 'C:\\Programs' })).toContain(
      'C:\\Programs\\Microsoft\\Edge\\Application\\msedge.exe',
    );
  });

  it('hands the address to the default browser as one argument', () => {
    const url = 'http://127.0.0.1:1/#code=a&b|c';
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      expect(browserCommand(platform, url).at(-1)).toBe(url);
    }
  });
});
