import type { Ask } from '../reader.ts';
import { nameQueries } from './queries.ts';
import type { NameRows } from './names.ts';

/** Reads all names of a database, one query after the other. */
export async function loadNames(ask: Ask): Promise<NameRows> {
  const [path] = await ask(nameQueries.searchPath);
  const schemas = await ask(nameQueries.schemas);
  const relations = await ask(nameQueries.relations);
  const foreignKeys = await ask(nameQueries.foreignKeys);
  const functions = await ask(nameQueries.functions);
  const types = await ask(nameQueries.types);
  const parts = await ask(nameQueries.parts);
  const searchPath = JSON.parse(path?.[0] ?? '[]') as string[];
  return { searchPath, schemas, relations, foreignKeys, functions, types, parts };
}
