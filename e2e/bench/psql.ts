import { access } from 'node:fs/promises';
import path from 'node:path';
import { runProgram } from './program.ts';

/** psql is what we are measured against: on the PATH, else from Debian's packages where we may install them. */
export async function findPsql(): Promise<string> {
  const found = await onPath();
  if (found) return found;
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    await runProgram('apt-get', ['update']);
    await runProgram('apt-get', ['install', '-y', 'postgresql-client']);
    const installed = await onPath();
    if (installed) return installed;
  }
  throw new Error('The benchmark needs psql on the PATH: install the PostgreSQL client programs.');
}

async function onPath(): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'psql.exe' : 'psql';
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (there) return file;
  }
  return undefined;
}
