import { createDecipheriv, createHash, type CipherGCMTypes } from 'node:crypto';
import { setImmediate as othersFirst } from 'node:timers/promises';
import bcrypt from 'bcrypt-pbkdf';

/** A locked key in OpenSSH's own format. */
interface LockedKey {
  cipher: string;
  salt: Buffer;
  rounds: number;
  /** How many keys, and their public halves: as they stand in the file. */
  publicPart: Buffer;
  content: Buffer;
  tag: Buffer;
}

export class UnknownCipher extends Error {}

const magic = 'openssh-key-v1\0';
const pem = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END OPENSSH PRIVATE KEY-----/;
const hashBytes = 32;

/**
 * The same key without its lock, as text; undefined where it is none of this format that is locked. How much work its
 * passphrase makes is said by the file, seconds of it are usual, and ssh2 would do them in one go: here all else goes on
 * meanwhile, and an abort ends it. Rejects where the passphrase is wrong or the file damaged.
 */
export async function unlocked(
  text: string,
  passphrase: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const base64 = pem.exec(text)?.[1];
  const locked = base64 === undefined ? undefined : parse(Buffer.from(base64, 'base64'));
  if (!locked) return undefined;
  const { bits, mode, ivBytes } = cipherOf(locked.cipher);
  const material = await derive(passphrase, locked, bits / 8 + ivBytes, signal);
  const name = `aes-${bits}-${mode}`;
  const [key, iv] = [material.subarray(0, bits / 8), material.subarray(bits / 8)];
  const decipher =
    mode === 'gcm'
      ? createDecipheriv(name as CipherGCMTypes, key, iv).setAuthTag(locked.tag)
      : createDecipheriv(name, key, iv).setAutoPadding(false);
  const content = Buffer.concat([decipher.update(locked.content), decipher.final()]);
  if (content.length < 8 || content.readUInt32BE(0) !== content.readUInt32BE(4))
    throw new Error('The passphrase does not fit');
  return format(locked.publicPart, content);
}

function cipherOf(name: string): { bits: number; mode: string; ivBytes: number } {
  const found = /^aes(?<bits>128|192|256)-(?<mode>ctr|cbc|gcm)(?:@openssh\.com)?$/.exec(name)?.groups;
  if (!found?.mode) throw new UnknownCipher(`It is locked by ${name}`);
  return { bits: Number(found.bits), mode: found.mode, ivBytes: found.mode === 'gcm' ? 12 : 16 };
}

/** Undefined for another format, and for a key without lock. */
function parse(bytes: Buffer): LockedKey | undefined {
  if (bytes.toString('latin1', 0, magic.length) !== magic) return undefined;
  let at = magic.length;
  const number = () => bytes.readUInt32BE((at += 4) - 4);
  const string = () => {
    const length = number();
    if (at + length > bytes.length) throw new Error('The file is cut short');
    return bytes.subarray(at, (at += length));
  };
  const [cipher, kdf, options] = [string().toString(), string().toString(), string()];
  if (kdf !== 'bcrypt') return undefined;
  const saltBytes = options.readUInt32BE(0);
  const from = at;
  for (let left = number(); left > 0; left--) string();
  const publicPart = bytes.subarray(from, at);
  return {
    cipher,
    salt: options.subarray(4, 4 + saltBytes),
    rounds: options.readUInt32BE(4 + saltBytes),
    publicPart,
    content: string(),
    tag: bytes.subarray(at),
  };
}

/** OpenBSD's bcrypt_pbkdf, with a pause behind each of its hashes: one takes a good ten milliseconds. */
async function derive(
  passphrase: string,
  { salt, rounds }: LockedKey,
  length: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const material = Buffer.alloc(length);
  const sha2pass = sha512(Buffer.from(passphrase));
  const stride = Math.ceil(length / hashBytes);
  const round = new Uint8Array(hashBytes);
  for (let block = 0; block < stride; block++) {
    const sum = Buffer.alloc(hashBytes);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(block + 1);
    let input = Buffer.concat([salt, count]);
    for (let done = 0; done < rounds; done++) {
      signal.throwIfAborted();
      bcrypt.hash(sha2pass, sha512(input), round);
      for (const [index, byte] of round.entries()) sum[index] = (sum[index] ?? 0) ^ byte;
      input = Buffer.from(round);
      await othersFirst();
    }
    // The bytes of all blocks are mixed, so that none of them is enough for the key.
    for (let index = 0; index * stride + block < length; index++)
      material[index * stride + block] = sum[index] ?? 0;
  }
  return material;
}

const sha512 = (data: Uint8Array): Buffer => createHash('sha512').update(data).digest();

function format(publicPart: Buffer, content: Buffer): string {
  const string = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const none = string(Buffer.from('none'));
  const bytes = Buffer.concat([
    Buffer.from(magic, 'latin1'),
    none,
    none,
    string(Buffer.alloc(0)),
    publicPart,
    string(content),
  ]);
  const lines = bytes.toString('base64').replaceAll(/.{70}/g, '$&\n').trimEnd();
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
