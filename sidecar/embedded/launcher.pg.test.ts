import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tempFolder } from '../test/tempFolder.ts';
import { findBinaries } from './binaries.ts';
import { runCommand } from './command.ts';
import { findLauncher } from './launcher.ts';

let folder: string;
let remove: () => Promise<void>;
beforeEach(async () => {
  ({ path: folder, remove } = await tempFolder());
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await remove();
});

/** Lets the programs of these names fail as on a system that forbids what they do. */
async function forbid(...names: string[]): Promise<void> {
  const bin = path.join(folder, 'forbidden');
  await mkdir(bin);
  for (const name of names) {
    await writeFile(path.join(bin, name), `#!/bin/sh\necho "${name}: Operation not permitted" >&2\nexit 1\n`);
    await chmod(path.join(bin, name), 0o755);
  }
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
}

test('it runs the programs and keeps the data in the folder asked for', async () => {
  const home = path.join(folder, 'embedded');
  const launcher = await findLauncher({ binaries: await findBinaries(), home });
  expect(launcher.home).toBe(home);
  expect(launcher.version).toMatch(/^\d+\.\d+/);
  const { code, output } = await runCommand(launcher.command('initdb', ['--version']), {
    deadlineMs: 10_000,
  });
  expect({ code, output }).toEqual({ code: 0, output: `initdb (PostgreSQL) ${launcher.version}` });
});

test('programs that cannot run here are told of with what they said', async () => {
  const native = path.join(folder, 'native');
  await mkdir(path.join(native, 'bin'), { recursive: true });
  await writeFile(
    path.join(native, 'bin', 'postgres'),
    '#!/bin/sh\necho "libfoo.so.1: cannot open" >&2\nexit 127\n',
  );
  await chmod(path.join(native, 'bin', 'postgres'), 0o755);
  const found = findLauncher({
    binaries: { folder: native, release: '18.4.0', complete: true },
    home: path.join(folder, 'embedded'),
    outside: path.join(folder, 'outside', 'data'),
  });
  await expect(found).rejects.toMatchObject({
    code: 'EMBEDDED_UNAVAILABLE',
    facts: { detail: expect.stringContaining('libfoo.so.1') as string },
  });
});

// Only root has to become somebody else; these need a root whose folders nobody else can enter.
if (process.getuid?.() === 0) {
  test('root without user namespaces gets another account, a folder of its own and programs it can read', async () => {
    await forbid('unshare');
    await chmod(folder, 0o711);
    const outside = path.join(folder, 'outside', 'data');
    const launcher = await findLauncher({
      binaries: await findBinaries(),
      home: path.join(folder, 'embedded'),
      outside,
    });
    expect(launcher.home).toBe(outside);
    const { uid, mode } = await stat(outside);
    expect({ root: uid === 0, mode: mode & 0o777 }).toEqual({ root: false, mode: 0o700 });
    const file = path.join(outside, 'given');
    await writeFile(file, 'mine', { mode: 0o600 });
    await launcher.own(file);
    expect((await stat(file)).uid).toBe(uid);
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  test('root with no way to become somebody else is told what to do', async () => {
    await forbid('unshare', 'setpriv');
    const found = findLauncher({
      binaries: await findBinaries(),
      home: path.join(folder, 'embedded'),
      outside: path.join(folder, 'outside', 'data'),
    });
    await expect(found).rejects.toMatchObject({
      code: 'EMBEDDED_UNAVAILABLE',
      message: expect.stringContaining('root') as string,
      facts: {
        detail: expect.stringContaining('Operation not permitted') as string,
        hint: expect.stringContaining('ordinary user') as string,
      },
    });
  });
}
