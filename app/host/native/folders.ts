import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { MethodResult } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import type { FileKind } from '#shared/native/methods.ts';

type Listing = MethodResult<'native.listFolder'>;
type Entry = Listing['entries'][number];

/** More than anybody looks through; what is beyond is reached by typing its path. */
const maxEntries = 2000;

/** Below the home folder. */
const usualFolders: Record<FileKind, readonly string[]> = {
  certificate: ['.postgresql'],
  privateKey: ['.postgresql'],
  sshKey: ['.ssh'],
  passwordFile: [],
  data: ['Documents'],
  folder: [],
};

/** Where the dialog for a kind of file begins: at what is typed already, else where such files are kept, else at home. */
export async function startFolder(home: string, kind: FileKind, start = ''): Promise<string> {
  const typed = start.trim() === '' ? [] : [absolute(start.trim(), home)];
  const usual = usualFolders[kind];
  const candidates = [
    ...typed,
    ...typed.map((path) => dirname(path)),
    ...usual.map((name) => join(home, name)),
  ];
  for (const candidate of candidates) if ((await kindOf(candidate)) === 'folder') return candidate;
  return home;
}

/** Rejects with why it cannot be listed. */
export async function listFolder(home: string, path: string, hidden: boolean): Promise<Listing> {
  const asked = absolute(path.trim() === '' ? home : path.trim(), home);
  const isFile = (await kindOf(asked)) === 'file';
  const folder = isFile ? dirname(asked) : asked;
  const file = isFile ? basename(asked) : undefined;
  const found = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(folder, (error as NodeJS.ErrnoException).code);
  });
  const shown = found.filter(({ name }) => hidden || !name.startsWith('.') || name === file);
  const entries = (await Promise.all(shown.map((entry) => describe(folder, entry))))
    .filter((entry) => entry !== undefined)
    .sort(foldersFirst);
  const parent = dirname(folder);
  return {
    folder,
    ...(parent !== folder && { parent }),
    ...(file !== undefined && { file }),
    entries: entries.slice(0, maxEntries),
    more: entries.length > maxEntries,
    places: await placesOf(home),
  };
}

const byName = new Intl.Collator(undefined, { numeric: true });
const foldersFirst = (a: Entry, b: Entry): number =>
  a.kind === b.kind ? byName.compare(a.name, b.name) : a.kind === 'folder' ? -1 : 1;

/** Undefined for what is neither a file nor a folder, and for links that lead nowhere. */
async function describe(folder: string, entry: Dirent): Promise<Entry | undefined> {
  const path = join(folder, entry.name);
  const kind = entry.isSymbolicLink()
    ? await kindOf(path)
    : entry.isDirectory()
      ? 'folder'
      : entry.isFile()
        ? 'file'
        : undefined;
  return kind && { name: entry.name, path, kind };
}

async function placesOf(home: string): Promise<Listing['places']> {
  const places = [
    { label: 'Home', path: home },
    ...['.ssh', '.postgresql'].map((name) => ({ label: name, path: join(home, name) })),
  ];
  const kinds = await Promise.all(places.map(({ path }) => kindOf(path)));
  return places.filter((_, index) => kinds[index] === 'folder');
}

async function kindOf(path: string): Promise<Entry['kind'] | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? 'folder' : found?.isFile() ? 'file' : undefined;
}

function absolute(path: string, home: string): string {
  const own = /^~(?=$|[\\/])/.test(path) ? join(home, path.slice(1)) : path;
  return isAbsolute(own) ? resolve(own) : resolve(home, own);
}

function unreadable(folder: string, code: string | undefined): AppError {
  const why =
    code === 'EACCES' || code === 'EPERM'
      ? 'may not be read by you'
      : code === 'ENOENT' || code === 'ENOTDIR'
        ? 'is not there'
        : 'cannot be read';
  return new AppError('FILE_NOT_FOUND', `${folder} ${why}.`, code === undefined ? {} : { detail: code });
}
