import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempFolder } from '../test/tempFolder.ts';
import type { Hop } from './hops.ts';
import { readKey } from './keys.ts';

const hop = { id: 'hop', name: 'u@bastion', host: 'bastion', port: 22 } as Hop;
let folder: Awaited<ReturnType<typeof tempFolder>>;
let made = 0;

beforeAll(async () => {
  folder = await tempFolder();
});
afterAll(() => folder.remove());

function keygen(...options: string[]): { file: string; publicKey: string } {
  const file = path.join(folder.path, `key${(made += 1)}`);
  execFileSync('ssh-keygen', ['-q', '-N', 'right words', '-f', file, ...options]);
  return { file, publicKey: readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '' };
}

const open = (file: string, passphrase = 'right words', signal = new AbortController().signal) =>
  readKey(hop, file, { passphrase: () => Promise.resolve(passphrase), signal });

describe('a locked key', () => {
  it.each([
    ['of the usual kind', ['-t', 'ed25519']],
    ['of RSA', ['-t', 'rsa', '-b', '2048', '-Z', 'aes256-cbc']],
    ['of ECDSA', ['-t', 'ecdsa', '-Z', 'aes128-ctr']],
    ['with a tag', ['-t', 'ed25519', '-Z', 'aes256-gcm@openssh.com']],
    ['in the older format', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
  ])('%s is opened by its passphrase and by no other', async (_, options) => {
    const { file, publicKey } = keygen('-a', '2', ...options);
    expect((await open(file)).getPublicSSH().toString('base64')).toBe(publicKey);
    await expect(open(file, 'wrong')).rejects.toMatchObject({ code: 'SSH_PASSPHRASE_WRONG' });
  });

  it('by a cipher that is not known is told as such', async () => {
    const { file } = keygen('-a', '2', '-t', 'ed25519', '-Z', 'chacha20-poly1305@openssh.com');
    await expect(open(file)).rejects.toMatchObject({ code: 'SSH_KEY_FORMAT' });
  });

  it('whose passphrase makes much work lets all else go on meanwhile', async () => {
    const { file } = keygen('-t', 'ed25519', '-a', '20');
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await open(file);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });

  it('that would make work without an end ends with its attempt', async () => {
    const { file } = keygen('-t', 'ed25519', '-a', '7');
    const lines = readFileSync(file, 'latin1').trim().split('\n');
    const bytes = Buffer.from(lines.slice(1, -1).join(''), 'base64');
    // Behind the salt of 16 bytes, in a field of 24.
    const rounds = bytes.indexOf(Buffer.from([0, 0, 0, 24, 0, 0, 0, 16])) + 24;
    expect(bytes.readUInt32BE(rounds)).toBe(7);
    bytes.writeUInt32BE(0xffff_ffff, rounds);
    writeFileSync(file, [lines[0], bytes.toString('base64'), lines.at(-1)].join('\n'));
    const attempt = new AbortController();
    setTimeout(() => attempt.abort(new Error('given up')), 50);
    await expect(open(file, undefined, attempt.signal)).rejects.toThrow('given up');
  });
});
