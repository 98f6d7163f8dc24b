import { spawnSync } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tempFolder } from '../test/tempFolder.ts';
import { findPgpass, parsePgpass, type PgpassLogin } from './pgpass.ts';
import { pgpassPath, readPgpass } from './pgpassFile.ts';

const login: PgpassLogin = { host: 'db.example', port: 5433, database: 'shop', username: 'ada' };
const find = (text: string, more: Partial<PgpassLogin> = {}) =>
  findPgpass(parsePgpass(text), { ...login, ...more });

describe('a password file', () => {
  it.each([
    ['a line for this login', 'db.example:5433:shop:ada:secret', {}, 'secret'],
    ['the first of several that fit', '*:*:*:ada:one\ndb.example:5433:shop:ada:two', {}, 'one'],
    ['wildcards in every field', '*:*:*:*:secret', {}, 'secret'],
    ['another host', 'db2.example:5433:shop:ada:secret', {}, undefined],
    ['another port', 'db.example:5432:shop:ada:secret', {}, undefined],
    ['another database', 'db.example:5433:shops:ada:secret', {}, undefined],
    ['another user', 'db.example:5433:shop:eva:secret', {}, undefined],
    ['a host in other letters', 'DB.example:5433:shop:ada:secret', {}, undefined],
    ['a wildcard that is part of a name', 'db.*:5433:shop:ada:secret', {}, undefined],
    ['an escaped asterisk, which is a name', '\\*:5433:shop:ada:secret', {}, undefined],
    ['a user of that name', '*:*:*:\\*:secret', { username: '*' }, 'secret'],
    ['an address with escaped colons', '\\:\\:1:5433:shop:ada:secret', { host: '::1' }, 'secret'],
    ['an escaped backslash', 'db.example:5433:sh\\\\op:ada:secret', { database: 'sh\\op' }, 'secret'],
    ['a needless escape', 'db.ex\\ample:5433:shop:ada:secret', {}, 'secret'],
    ['escapes in the password', '*:*:*:*:a\\:b\\\\c\\d', {}, 'a:b\\cd'],
    ['a colon that ends the password', '*:*:*:*:secret:more', {}, 'secret'],
    ['a backslash at the very end', '*:*:*:*:secret\\', {}, 'secret\\'],
    ['a comment', '#*:*:*:*:no\n*:*:*:*:yes', {}, 'yes'],
    ['a hash within', '*:*:*:*:se#cret', {}, 'se#cret'],
    ['a comment that is none, for it is indented', ' #\n*:*:*:*:yes', {}, 'yes'],
    ['line ends of Windows', '*:*:*:*:secret\r\n', {}, 'secret'],
    ['blanks, which belong to the fields', '*:*:*:*: secret ', {}, ' secret '],
    ['a blank before a field', ' *:*:*:*:secret', {}, undefined],
    ['too few fields', '*:*:*:secret', {}, undefined],
    ['an empty line, and none at the end', '\n\n*:*:*:*:secret', {}, 'secret'],
    ['nothing at all', '', {}, undefined],
    ['letters of all kinds', '*:*:*:ädä:pä😀s', { username: 'ädä' }, 'pä😀s'],
    ['localhost for a socket', 'localhost:5433:shop:ada:secret', { host: '/var/run/postgresql' }, 'secret'],
    ['the folder of a socket elsewhere', '/srv/pg:5433:shop:ada:secret', { host: '/srv/pg' }, 'secret'],
    ['localhost for a socket elsewhere', 'localhost:5433:shop:ada:secret', { host: '/srv/pg' }, undefined],
    ['an address for localhost', 'localhost:5433:shop:ada:secret', { host: '127.0.0.1' }, undefined],
  ])('with %s', (_what, text, more, expected) => {
    expect(find(text, more)).toBe(expected);
  });
});

describe('the password file', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>;
  beforeEach(async () => {
    folder = await tempFolder();
    vi.stubEnv('HOME', folder.path);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await folder.remove();
  });

  const file = async (mode = 0o600, name = '.pgpass') => {
    const at = path.join(folder.path, name);
    await writeFile(at, '*:*:*:ada:secret\n', { mode });
    await chmod(at, mode);
    return at;
  };

  it('is the definition’s own, else the one of PGPASSFILE, else the user’s', () => {
    expect(pgpassPath(undefined, {})).toBe(path.join(homedir(), '.pgpass'));
    const env = { PGPASSFILE: '/somewhere/pass' };
    expect(pgpassPath(undefined, env)).toBe('/somewhere/pass');
    expect(pgpassPath('~/own', env)).toBe(path.join(homedir(), 'own'));
  });

  it('gives the password, also through a link', async () => {
    const at = await file();
    expect(await readPgpass(undefined, login)).toBe('secret');
    await symlink(at, path.join(folder.path, 'link'));
    expect(await readPgpass(path.join(folder.path, 'link'), login)).toBe('secret');
  });

  it.each([0o640, 0o604, 0o660, 0o601, 0o777])(
    'that others may use (mode %o) is ignored, and the user is told why',
    async (mode) => {
      const at = await file(mode);
      const error = await readPgpass(undefined, login).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'CREDENTIAL_REQUIRED',
        facts: { reason: 'pgpassMode', hint: `Close it to others: chmod 0600 ${at}` },
      });
    },
  );

  it('that is not there, has no line, or is no file is told as such', async () => {
    const reasonOf = (passfile: string | undefined, username = 'ada') =>
      readPgpass(passfile, { ...login, username }).then(
        () => 'found',
        (error: unknown) => (error as { facts: { reason?: string } }).facts.reason,
      );
    expect(await reasonOf(undefined)).toBe('pgpassMissing');
    await file();
    expect(await reasonOf(undefined, 'eva')).toBe('pgpassNoEntry');
    await mkdir(path.join(folder.path, 'folder'));
    expect(await reasonOf(path.join(folder.path, 'folder'))).toBe('pgpassUnreadable');
  });

  it('that is a pipe does not hold up whoever asks', async () => {
    const pipe = path.join(folder.path, 'pipe');
    expect(spawnSync('mkfifo', ['-m', '600', pipe]).status).toBe(0);
    await expect(readPgpass(pipe, login)).rejects.toMatchObject({ facts: { reason: 'pgpassUnreadable' } });
  });
});
