import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import { asError } from '../lib/asError.ts';
import type { Hop } from './hops.ts';
import { loadSsh2 } from './library.ts';
import { UnknownCipher, unlocked } from './lockedKey.ts';
import { keyFormat, keyUnreadable, passphraseMissing, passphraseWrong } from './sshErrors.ts';

interface Opening {
  passphrase: () => Promise<string | undefined>;
  signal: AbortSignal;
}

/** A private key, unlocked. Rejects with what is wrong with the file, or that its passphrase is missing. */
export async function readKey(hop: Hop, file: string, { passphrase, signal }: Opening): Promise<ParsedKey> {
  const text = await readFile(file, 'latin1').catch((error: unknown) => {
    throw keyUnreadable(hop, file, error);
  });
  const locked = await parse(text);
  if (!(locked instanceof Error)) return privateOnly(hop, file, locked);
  if (!isLocked(text, locked)) throw keyFormat(hop, file, locked.message, formatHint(text));
  const given = await passphrase();
  if (!given) throw passphraseMissing(hop, file);
  const opened = await open(text, given, signal);
  signal.throwIfAborted();
  if (opened instanceof UnknownCipher)
    throw keyFormat(hop, file, opened.message, 'Lock it by AES: ssh-keygen -p -Z aes256-ctr -f key');
  if (opened instanceof Error) throw passphraseWrong(hop, file);
  return privateOnly(hop, file, opened);
}

/** The public half, without any passphrase; undefined where it lies nowhere in the open. */
export async function readPublicKey(file: string): Promise<Buffer | undefined> {
  for (const path of [`${file}.pub`, file]) {
    const text = await readFile(path, 'latin1').catch(() => undefined);
    const key = text === undefined ? undefined : await parse(text);
    if (key && !(key instanceof Error)) return key.getPublicSSH();
  }
  return undefined;
}

async function open(text: string, passphrase: string, signal: AbortSignal): Promise<ParsedKey | Error> {
  try {
    const plain = await unlocked(text, passphrase, signal);
    return await (plain === undefined ? parse(text, passphrase) : parse(plain));
  } catch (error) {
    return asError(error);
  }
}

async function parse(text: string, passphrase?: string): Promise<ParsedKey | Error> {
  const { utils } = await loadSsh2();
  try {
    const pem = /-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text) ? fromPkcs8(text, passphrase) : text;
    const parsed = utils.parseKey(pem, passphrase) as ParsedKey | ParsedKey[] | Error;
    return Array.isArray(parsed) ? (parsed[0] ?? new Error('There is no key in it')) : parsed;
  } catch (error) {
    return asError(error);
  }
}

/** What OpenSSL writes today; ssh2 reads the older forms. */
function fromPkcs8(text: string, passphrase: string | undefined): string {
  const key = createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  const type =
    key.asymmetricKeyType === 'rsa' ? 'pkcs1' : key.asymmetricKeyType === 'ec' ? 'sec1' : undefined;
  if (!type) throw new Error(`Unsupported key type in PKCS#8: ${key.asymmetricKeyType}`);
  return key.export({ type, format: 'pem' }).toString();
}

const isLocked = (text: string, error: Error): boolean =>
  text.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----') || /no passphrase given/.test(error.message);

function privateOnly(hop: Hop, file: string, key: ParsedKey): ParsedKey {
  if (key.isPrivateKey()) return key;
  throw keyFormat(hop, file, 'It is a public key', 'Choose the private key: the file without .pub.');
}

const formatHint = (text: string): string =>
  text.startsWith('PuTTY-User-Key-File')
    ? 'Export it from PuTTYgen as an OpenSSH key, or run: puttygen key.ppk -O private-openssh -o key'
    : 'Keys in the format of OpenSSH, in PEM, and RSA keys of PuTTY (version 2) can be read.';
