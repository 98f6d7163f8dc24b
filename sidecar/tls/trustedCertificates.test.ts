import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { openDataFolder, type DataFolder } from '../storage/dataFolder.ts';
import { tempFolder } from '../test/tempFolder.ts';
import { dropUnusedCertificates } from './trustedCertificates.ts';

const dayMs = 24 * 60 * 60 * 1000;
const now = Date.now();
let base: Awaited<ReturnType<typeof tempFolder>>;
let folder: DataFolder;

const nameOf = (digit: string): string => `${digit.repeat(64)}.pem`;
const put = async (name: string, ageMs: number): Promise<string> => {
  const file = join(folder.paths.certificates, name);
  await writeFile(file, '');
  await utimes(file, new Date(now - ageMs), new Date(now - ageMs));
  return file;
};
const left = async () => (await readdir(folder.paths.certificates)).sort();
const drop = (...caFiles: (string | undefined)[]) => dropUnusedCertificates(folder, caFiles, now);

beforeEach(async () => {
  base = await tempFolder();
  folder = await openDataFolder(base.path);
  await mkdir(folder.paths.certificates);
});

afterEach(async () => {
  await folder.close();
  await base.remove();
});

it('removes the kept certificates that no definition names, and nothing else', async () => {
  const used = await put(nameOf('a'), 9 * dayMs);
  await put(nameOf('b'), 9 * dayMs);
  await put(`${nameOf('b')}.tmp`, 9 * dayMs);
  await put('my-own.pem', 9 * dayMs);
  await drop(undefined, used);
  expect(await left()).toEqual([nameOf('a'), 'my-own.pem']);
});

it('leaves one that was kept just now: the form that it is for may not be saved yet', async () => {
  await put(nameOf('a'), dayMs / 2);
  await drop();
  expect(await left()).toEqual([nameOf('a')]);
});

it('knows one by its name, wherever the data folder was before', async () => {
  await put(nameOf('a'), 9 * dayMs);
  await drop(`/elsewhere/certificates/${nameOf('a')}`);
  expect(await left()).toEqual([nameOf('a')]);
});

it('removes nothing while the definitions may not be all that there are', async () => {
  await put(nameOf('a'), 9 * dayMs);
  folder.problems.reporter('connections.json')(new AppError('STORE_RECOVERED', 'It was damaged.'));
  await drop();
  expect(await left()).toEqual([nameOf('a')]);
});

it('does without the folder', async () => {
  folder.paths.certificates = join(base.path, 'none');
  await expect(drop()).resolves.toBeUndefined();
});
