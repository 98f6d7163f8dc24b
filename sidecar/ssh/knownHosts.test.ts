import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { preferring } from './hostKey.ts';
import { appendKnownHost, judge, knownKeys } from './knownHosts.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hawser-known-'));
  file = path.join(folder, 'known_hosts');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A blob that begins with its type, as keys do. */
function key(type: string, seed: string): { blob: Buffer; line: string } {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  const blob = Buffer.concat([length, Buffer.from(type + seed)]);
  return { blob, line: `${type} ${blob.toString('base64')}` };
}
const one = key('ssh-ed25519', 'one');
const two = key('ssh-ed25519', 'two');
const rsa = key('ssh-rsa', 'rsa');
const old = key('ssh-dss', 'old');

function hashed(name: string): string {
  const salt = Buffer.from('12345678901234567890');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

const verdict = async (lines: string[], host: string, port: number, alias?: string) => {
  await writeFile(file, lines.join('\n'));
  return judge(one.blob, await knownKeys({ host, port, alias, files: [file, `${file}.missing`] })).kind;
};

describe('known_hosts', () => {
  it.each<[string, string[], string, number, string]>([
    ['a name', [`db.example ${one.line} me@home`], 'db.example', 22, 'known'],
    ['a name in capitals', [`db.example ${one.line}`], 'DB.Example', 22, 'known'],
    ['one of several names', [`a,db,10.0.0.1 ${one.line}`], '10.0.0.1', 22, 'known'],
    ['a pattern', [`*.example ${one.line}`], 'db.example', 22, 'known'],
    ['a pattern that excludes it', [`*.example,!db.example ${one.line}`], 'db.example', 22, 'unknown'],
    ['a port', [`[db]:2222 ${one.line}`], 'db', 2222, 'known'],
    ['another port', [`[db]:2223 ${one.line}`], 'db', 2222, 'unknown'],
    ['the name without its port', [`db ${one.line}`], 'db', 2222, 'known'],
    ['another key without its port', [`db ${two.line}`], 'db', 2222, 'unknown'],
    ['a hashed name', [`${hashed('db')} ${one.line}`], 'db', 22, 'known'],
    ['a hashed name with its port', [`${hashed('[db]:2222')} ${one.line}`], 'db', 2222, 'known'],
    ['another name', [`${hashed('other')} ${one.line}`, `other ${one.line}`], 'db', 22, 'unknown'],
    ['another key', [`db ${two.line}`], 'db', 22, 'changed'],
    ['another key beside the right one', [`db ${two.line}`, `db ${one.line}`], 'db', 22, 'known'],
    ['a key of a type that it does not show any more', [`db ${rsa.line}`], 'db', 22, 'changed'],
    ['a key of a type that nobody can ask for', [`db ${old.line}`], 'db', 22, 'unknown'],
    ['a revoked key', [`db ${one.line}`, `@revoked * ${one.line}`], 'db', 22, 'revoked'],
    ['another revoked key', [`db ${one.line}`, `@revoked * ${two.line}`], 'db', 22, 'known'],
    ['an authority', [`@cert-authority * ${one.line}`], 'db', 22, 'unknown'],
    ['a comment', [`# db ${one.line}`], 'db', 22, 'unknown'],
    [
      'a line that is broken',
      ['db ssh-ed25519 AAAA', 'db', `db ssh-rsa ${one.line.slice(12)}`],
      'db',
      22,
      'unknown',
    ],
  ])('with %s', async (_what, lines, host, port, expected) => {
    expect(await verdict(lines, host, port)).toBe(expected);
  });

  it('is looked up by a name of its own alone, where the host has one', async () => {
    expect(await verdict([`db ${two.line}`, `known ${one.line}`], 'db', 2222, 'Known')).toBe('known');
    expect(await verdict([`db ${one.line}`], 'db', 22, 'known')).toBe('unknown');
  });

  it('names the file and line of what it knows', async () => {
    await writeFile(file, `# comment\n\ndb ${two.line}\n`);
    const found = judge(one.blob, await knownKeys({ host: 'db', port: 22, files: [file] }));
    expect(found).toMatchObject({ kind: 'changed', keys: [{ file, line: 3, type: 'ssh-ed25519' }] });
  });

  it('cannot be passed over where it cannot be read', async () => {
    await expect(knownKeys({ host: 'db', port: 22, files: [folder] })).rejects.toThrow(/EISDIR/);
  });

  it.each([true, false])('is written line by line, also beside others (hashed: %s)', async (hash) => {
    const place = { host: 'db', port: 2222, files: [file] };
    await writeFile(file, `old ${two.line}`);
    await Promise.all(
      ['a', 'b', 'c'].map((host) =>
        appendKnownHost(file, { place: { ...place, host }, blob: one.blob, hashed: hash }),
      ),
    );
    for (const host of ['a', 'b', 'c'])
      expect(judge(one.blob, await knownKeys({ ...place, host })).kind).toBe('known');
    expect((await readFile(file, 'utf8')).startsWith(`old ${two.line}\n`)).toBe(true);
  });

  it('is made with its folder, for its owner alone', async () => {
    const inFolder = path.join(folder, 'new', 'known_hosts');
    await appendKnownHost(inFolder, {
      place: { host: 'db', port: 22, files: [] },
      blob: one.blob,
      hashed: false,
    });
    expect(await readFile(inFolder, 'utf8')).toBe(`db ${one.line}\n`);
    expect((await stat(inFolder)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(inFolder))).mode & 0o777).toBe(0o700);
  });
});

it('asks for the algorithms of the keys that are known first', () => {
  expect(preferring([])[0]).toBe('ssh-ed25519');
  expect(preferring(['ssh-rsa', 'ssh-dss']).slice(0, 4)).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-rsa',
    'ssh-ed25519',
  ]);
});
