import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startKeyring, whyNoKeyring, type TestKeyring } from '../test/gnomeKeyring.ts';
import { tempFolder } from '../test/tempFolder.ts';
import { openDataFolder, type DataFolder } from '../storage/dataFolder.ts';
import { Keychain } from './keychain.ts';
import { KeychainIndex } from './keychainIndex.ts';
import { installedLibraries, type KeychainLibrary } from './keychainLibraries.ts';

const reason = whyNoKeyring();
if (reason !== undefined) process.stdout.write(`Left out: tests with a real keychain. ${reason}.\n`);

let folder: DataFolder;
let temp: Awaited<ReturnType<typeof tempFolder>>;
let keyring: TestKeyring;
const opened: Keychain[] = [];

async function open(libraries?: KeychainLibrary[]): Promise<Keychain> {
  const keychain = new Keychain(await KeychainIndex.open(folder), libraries);
  opened.push(keychain);
  return keychain;
}

const noted = async (): Promise<unknown> =>
  JSON.parse(await readFile(folder.paths.keychain, 'utf8').catch(() => 'null'));

/** What a call came to, and whether the thread was free for others all the while. */
async function watched(
  work: Promise<unknown>,
): Promise<{ error: unknown; ms: number; longestStallMs: number }> {
  const from = performance.now();
  let last = from;
  let longestStallMs = 0;
  const timer = setInterval(() => {
    longestStallMs = Math.max(longestStallMs, performance.now() - last);
    last = performance.now();
  }, 20);
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  clearInterval(timer);
  return { error, ms: performance.now() - from, longestStallMs };
}

/** 2 s are promised; the rest is for a machine that has others to serve. */
const within = 3_500;

beforeAll(async () => {
  if (reason === undefined) keyring = await startKeyring();
});
afterAll(async () => {
  await (keyring as TestKeyring | undefined)?.close();
});
beforeEach(async () => {
  temp = await tempFolder();
  folder = await openDataFolder(temp.path);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(opened.splice(0).map((keychain) => keychain.close()));
  await folder.close();
  await temp.remove();
});

const useKeyring = () => {
  for (const [name, value] of Object.entries(keyring.env)) vi.stubEnv(name, value);
};

const libraries = installedLibraries();
for (const name of ['keytar', 'keyring'])
  if (!libraries.some((library) => library.name === name))
    process.stdout.write(`Left out: tests with ${name}, which could not be installed here.\n`);

describe.skipIf(reason !== undefined).each(libraries)('a real keychain through $name', (library) => {
  const account = (name: string) => `connection:${library.name}:${name}`;
  const secret = `ä"'\\ \n ${library.name} 😀`;

  it('keeps a secret for the next start, finds it again, and deletes it', async () => {
    useKeyring();
    await (await open([library])).set(account('password'), secret);
    expect(JSON.stringify(await noted())).not.toContain(library.name === 'keytar' ? 'ä' : '😀');
    expect(await noted()).toMatchObject({
      entries: [{ account: account('password'), library: library.name }],
    });
    const later = await open([library]);
    expect(await later.get(account('password'))).toBe(secret);
    await later.set(account('password'), 'another');
    expect(await later.get(account('password'))).toBe('another');
    await later.remove(account('password'));
    expect(await later.get(account('password'))).toBeUndefined();
    expect(await noted()).toMatchObject({ entries: [] });
    // Not by our own notes alone: the entry itself is gone.
    await (await KeychainIndex.open(folder)).put(account('password'), library.name);
    expect(await (await open([library])).get(account('password'))).toBeUndefined();
  });

  it('says that it is locked, and deletes what was to go once it is open again', async () => {
    useKeyring();
    const keychain = await open([library]);
    await keychain.set(account('password'), secret);
    await keyring.lock();
    try {
      const codes = [
        await watched(keychain.get(account('password'))),
        await watched(keychain.set(account('other'), secret)),
      ];
      expect(codes.map(({ error }) => (error as { code?: string }).code)).toEqual([
        'KEYCHAIN_LOCKED',
        'KEYCHAIN_LOCKED',
      ]);
      for (const { ms } of codes) expect(ms).toBeLessThan(within);
      expect(keychain.works).toBe(false);
      await keychain.remove(account('password'));
      expect(keychain.has(account('password'))).toBe(false);
      expect(await noted()).toMatchObject({ entries: [{ doomed: true }, { doomed: true }] });
    } finally {
      await keyring.unlock();
    }
    expect(await keychain.probe()).toBeUndefined();
    await vi.waitFor(async () => expect(await noted()).toMatchObject({ entries: [] }), 10_000);
  });

  it('that never answers is not waited for longer than 2 s, and nothing else waits with it', async () => {
    useKeyring();
    const keychain = await open([library]);
    await keychain.set(account('password'), secret);
    keyring.freeze();
    try {
      const all = await Promise.all(
        [keychain.get(account('password')), keychain.set(account('other'), secret), keychain.probe()].map(
          watched,
        ),
      );
      expect(all.slice(0, 2).map(({ error }) => (error as { code?: string }).code)).toEqual([
        'KEYCHAIN_TIMEOUT',
        'KEYCHAIN_TIMEOUT',
      ]);
      for (const { ms, longestStallMs } of all) {
        expect(ms).toBeLessThan(within);
        expect(longestStallMs).toBeLessThan(1_000);
      }
    } finally {
      keyring.thaw();
    }
    expect(await keychain.get(account('password'))).toBe(secret);
    await keychain.remove(account('password'));
  });
});

describe.skipIf(reason !== undefined || libraries.length < 2)('two libraries', () => {
  it('do not find what the other one wrote, so that each entry is read by its own', async () => {
    useKeyring();
    const [keytar, keyringLibrary] = libraries as [KeychainLibrary, KeychainLibrary];
    await (await open([keyringLibrary])).set('connection:two:password', 'by keyring');
    const both = await open([keytar, keyringLibrary]);
    expect(await both.get('connection:two:password')).toBe('by keyring');
    await both.set('connection:two:password', 'by keytar');
    await vi.waitFor(async () => expect(await noted()).toMatchObject({ entries: [{ library: 'keytar' }] }));
    expect(await both.get('connection:two:password')).toBe('by keytar');
    await (await KeychainIndex.open(folder)).put('connection:two:password', 'keyring');
    expect(await (await open([keyringLibrary])).get('connection:two:password')).toBeUndefined();
  });
});

describe('no keychain', () => {
  it.each([
    ['no library is installed', [], {}],
    [
      'there is no bus to ask over',
      undefined,
      { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere', DISPLAY: '' },
    ],
    ['a library does not load', [{ name: 'keytar', path: '/nowhere' }] satisfies KeychainLibrary[], {}],
  ] as const)('is told as such where %s', async (_why, given, env) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const keychain = await open(given && [...given]);
    expect(await keychain.probe()).toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' });
    await expect(keychain.set('connection:1:password', 'x')).rejects.toMatchObject({
      code: 'KEYCHAIN_UNAVAILABLE',
    });
    // What was never put there is not asked for.
    expect(await keychain.get('connection:2:password')).toBeUndefined();
  });
});
