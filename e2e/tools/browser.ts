import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';
import { installPackage, isDebian } from './packages.ts';
import { npmCommand, runProgram } from './program.ts';
import { root } from './root.ts';

const isRoot = process.getuid?.() === 0;

/** Arguments that keep a browser in a test quiet. */
export const browserArgs: readonly string[] = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Chromium refuses to run its sandbox as root, which is what many build machines are.
  ...(isRoot ? ['--no-sandbox'] : []),
];

/** Where browsers are looked for; a test gives another machine. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** Whether this file is there and starts. */
  works(path: string): boolean;
  /** Where the test runner keeps the browser that it downloads. */
  readonly downloaded: string;
}

/** Chromium without a window of its own, which starts and draws at half the cost. */
const shells: readonly string[] = ['chromium-headless-shell', 'chrome-headless-shell'];
const names: readonly string[] = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];

/** Every place where an installed browser may be, best first. */
function candidates({ platform, env, downloaded }: Machine): string[] {
  const named = env.HAWSER_BROWSER ? [env.HAWSER_BROWSER] : [];
  return [...named, ...onPath(env, shells), ...installedPlaces(platform, env), downloaded];
}

const onPath = (env: NodeJS.ProcessEnv, programs: readonly string[]): string[] =>
  (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => programs.map((name) => join(folder, name)));

function installedPlaces(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string[] {
  if (platform === 'win32') {
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA];
    return folders
      .filter((folder) => folder !== undefined)
      .flatMap((folder) => [
        `${folder}\\Google\\Chrome\\Application\\chrome.exe`,
        `${folder}\\Chromium\\Application\\chrome.exe`,
      ]);
  }
  if (platform !== 'darwin') return [...onPath(env, names), '/opt/google/chrome/chrome'];
  const folders = ['/Applications', `${env.HOME ?? ''}/Applications`];
  return [
    ...folders.flatMap((folder) => [
      `${folder}/Google Chrome.app/Contents/MacOS/Google Chrome`,
      `${folder}/Chromium.app/Contents/MacOS/Chromium`,
    ]),
    ...onPath(env, names),
  ];
}

const thisMachine = (): Machine => ({
  platform: process.platform,
  env: process.env,
  works,
  downloaded: chromium.executablePath(),
});

/** A file that is there may still be a stand-in that only advertises a package, or lack its libraries. */
function works(path: string): boolean {
  if (!existsSync(path)) return false;
  // On Windows the question for its version opens a window instead of answering.
  if (process.platform === 'win32') return true;
  return spawnSync(path, ['--version'], { timeout: 20_000, stdio: 'ignore' }).status === 0;
}

/** The path of a Chrome or Chromium that starts; undefined where there is none. */
export function findBrowser(machine: Machine = thisMachine()): string | undefined {
  return candidates(machine).find((path) => machine.works(path));
}

/** Finds a browser or fetches one; throws with what to do where neither can be done. */
export async function ensureBrowser(): Promise<string> {
  for (const fetch of [installShell, downloadBrowser, installChromium]) {
    await fetch();
    const found = findBrowser();
    if (found !== undefined) return found;
  }
  throw new Error(
    'The browser tests need Chrome or Chromium, and none could be found or fetched. Install one ' +
      '(or name one in HAWSER_BROWSER), or run: npx playwright install --with-deps chromium',
  );
}

// A download of 150 MB over a slow line takes minutes; where there is no line it should not eat the time of the tests.
const downloadDeadlineMs = 3 * 60_000;

async function downloadBrowser(): Promise<void> {
  console.log('No browser is installed: downloading one for the tests.');
  const { command, args } = npmCommand(['exec', '--', 'playwright', 'install', '--no-shell', 'chromium']);
  // Five tries at 30 s each are the default: behind a firewall that swallows packets they would cost minutes.
  const env = { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '6000' };
  await runProgram(command, args, { cwd: root, env, deadlineMs: downloadDeadlineMs });
}

/** Before a whole browser is taken, which there may be. */
async function installShell(): Promise<void> {
  const machine = thisMachine();
  const isThere = onPath(machine.env, shells).some((path) => machine.works(path));
  if (isDebian() && !machine.env.HAWSER_BROWSER && !isThere) await installPackage('chromium-headless-shell');
}

async function installChromium(): Promise<void> {
  if (isDebian()) await installPackage('chromium');
}
