import { spawn } from 'node:child_process';
import { mkdir, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { ChildWindow } from './childWindow.ts';
import { DevtoolsPipe } from './devtoolsPipe.ts';
import type { OpenedWindow, WindowOptions } from './port.ts';

/** Chrome, Chromium or Edge as a window without the trimmings of a browser, with a profile of our own. */
export async function openChromium(options: WindowOptions): Promise<OpenedWindow | undefined> {
  const program = await findChromium();
  if (program === undefined) return undefined;
  await mkdir(options.profileFolder, { recursive: true, mode: 0o700 });
  const child = spawn(program, chromiumArgs(options), {
    // The address holds the one-time code, and a command line can be read by every user of the machine: the window
    // starts on an empty page and is told the address through the pipes 3 and 4. When they break, for example because
    // this process was killed, Chromium ends.
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const devtools = new DevtoolsPipe(child.stdio[3] as Writable, child.stdio[4] as Readable);
  const window = new ChildWindow(child, {
    close: () => devtools.closeBrowser(),
    raise: () => devtools.raise(),
  });
  // Where this fails the page never asks for its session, and the caller turns to the next way.
  devtools.navigate(options.url).catch(() => window.close());
  return window;
}

function chromiumArgs({ openingUrl, profileFolder }: WindowOptions): string[] {
  const args = [
    `--app=${openingUrl}`,
    `--user-data-dir=${profileFolder}`,
    '--remote-debugging-pipe',
    '--window-size=1360,860',
    '--class=Hawser',
    '--no-first-run',
    '--no-default-browser-check',
    // This window shows one page of this machine: whatever Chromium would fetch for itself is of no use here.
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-extensions',
    '--disable-features=Translate,MediaRouter,OptimizationHints',
    // The profile holds no passwords; asking for the keychain would puzzle whoever is asked.
    '--password-store=basic',
    '--use-mock-keychain',
  ];
  // Chromium refuses to run as root within its sandbox, and without it shows a bar about that in every window.
  if (process.getuid?.() === 0) args.push('--no-sandbox', '--test-type');
  return args;
}

const unixNames = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
];
const macApps = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const windowsPrograms = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/** Where such browsers are installed, best first. */
export function chromiumCandidates(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string[] {
  if (platform === 'darwin') return macApps.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  if (platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(
      (root) => root !== undefined,
    );
    return windowsPrograms.flatMap((program) => roots.map((root) => `${root}\\${program}`));
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return unixNames.flatMap((name) => folders.map((folder) => join(folder, name)));
}

async function findChromium(): Promise<string | undefined> {
  for (const candidate of chromiumCandidates(process.platform, process.env)) {
    const found = await realpath(candidate).catch(() => undefined);
    // A browser from a snap sees neither hidden folders nor inherited pipes, so it cannot serve as our window.
    if (found !== undefined && !found.startsWith('/snap/') && found !== '/usr/bin/snap') return candidate;
  }
  return undefined;
}
