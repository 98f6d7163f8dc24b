import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { DefinitionSource } from '#shared/connection/definitions.ts';
import { pgpassPath } from '../../credentials/pgpassFile.ts';
import type { Surroundings } from '../../storage/paths.ts';
import { parseJson, unreadable } from './fields.ts';
import type { Reading } from './found.ts';
import { readDbeaver } from './readDbeaver.ts';
import { readDbGate } from './readDbGate.ts';
import { isHawserFile, readHawser } from './readHawser.ts';
import { readEnvironment, readServiceFile } from './readLibpq.ts';
import { readPassFile } from './readPassFile.ts';
import { readPgAdmin } from './readPgAdmin.ts';
import { servicePlaces } from './places.ts';

interface Content {
  text: string;
  /** Where it was read; absent where the window read it. */
  path: string | undefined;
  surroundings: Surroundings;
}

/** Reads what a source holds. Rejects with IMPORT_UNREADABLE. */
export async function read(source: DefinitionSource, content: Content): Promise<Reading> {
  switch (source) {
    case 'hawser': {
      const value = parseJson(content.text);
      if (!isHawserFile(value)) throw unreadable('This is no export of Hawser.');
      return readHawser(value);
    }
    case 'pgadmin':
      return readPgAdmin(parseJson(content.text));
    case 'dbeaver':
      return readDbeaver(parseJson(content.text));
    case 'dbgate':
      return readDbGate(content.text);
    case 'service':
      return readServiceFile(content.text, { fileName: fileNameOf(content), osUser: userInfo().username });
    case 'environment':
      return await readOwnEnvironment(content.surroundings);
    case 'pgpass': {
      const { path, surroundings } = content;
      const isUsual = path === pgpassPath(undefined, surroundings.env);
      const place = isUsual ? {} : path === undefined ? { isLoose: true } : { path };
      return readPassFile(content.text, { fileName: fileNameOf(content), ...place });
    }
    case 'tableplus':
      return await readTablePlusFiles(content);
  }
}

const fileNameOf = ({ path }: Content): string => (path === undefined ? 'the file' : basename(path));

async function readOwnEnvironment(surroundings: Surroundings): Promise<Reading> {
  const texts = servicePlaces(surroundings).map((path) => readFile(path, 'utf8').catch(() => ''));
  return readEnvironment(surroundings.env, {
    osUser: userInfo().username,
    serviceFiles: await Promise.all(texts),
  });
}

/** Loaded only where there is one: its library is of no use else. */
async function readTablePlusFiles({ text, path }: Content): Promise<Reading> {
  const { readTablePlus } = await import('./readTablePlus.ts');
  const groups =
    path && (await readFile(join(dirname(path), 'ConnectionGroups.plist'), 'utf8').catch(() => undefined));
  return readTablePlus(text, groups);
}
